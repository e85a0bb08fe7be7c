"""Which users are in which groups, live and as the specs say, as far as it was read in any case."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.plan.access import memberships
from reconciler.plan.access.memberships import Live, Sides
from reconciler.plan.comparison import Draft

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Belonging:
    """Either end of a membership may say it: the user's spec, or the group's."""

    users: tuple[Draft, ...]
    sides: Mapping[str, Sides]
    live: Live

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], live: Live) -> "Belonging":
        """Of a plan's users and groups; `live` are others that were read."""
        users = tuple(d for d in drafts if d.change.address.kind == "user")
        return cls(users, memberships.belonging(drafts, live.users), live)

    def groups(self, user: Draft) -> Sides:
        """A user's groups."""
        return self.sides[user.want.name]

    def members(self, group: Draft) -> Sides:
        """A group's users; IAM tells them with the group."""
        before = group.have.users if group.have else _NONE
        after = set(before if group.want.members is None else group.want.members)
        for user in self.users:
            if user.want.groups is not None:
                (after.add if group.want.name in user.want.groups else after.discard)(user.want.name)
        return before, frozenset(after)

    def has_all_groups(self, user: Draft) -> bool:
        """Whether it is known that the user is in no other group."""
        return user.have is None or user.want.name in self.live.users or user.have.groups is not None
