"""Which users are in which groups, live and as the specs say, as far as it was read in any case."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.plan.access import memberships
from reconciler.plan.access.memberships import LiveMemberships, Sides
from reconciler.plan.comparison import Comparison

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MembershipView:
    """Either end of a membership may say it: the user's spec, or the group's."""

    users: tuple[Comparison, ...]
    sides: Mapping[str, Sides]
    live: LiveMemberships

    @classmethod
    def of(cls, drafts: tuple[Comparison, ...], live: LiveMemberships) -> "MembershipView":
        """Of a plan's users and groups; `live` are others that were read."""
        users = tuple(d for d in drafts if d.change.address.kind == "user")
        return cls(users, memberships.belonging(drafts, live.users), live)

    def groups(self, user: Comparison) -> Sides:
        """A user's groups."""
        return self.sides[user.want.name]

    def members(self, group: Comparison) -> Sides:
        """A group's users; IAM tells them with the group."""
        before = group.have.users if group.have else _NONE
        after = set(before if group.want.members is None else group.want.members)
        for user in self.users:
            if user.want.groups is not None:
                (after.add if group.want.name in user.want.groups else after.discard)(user.want.name)
        return before, frozenset(after)

    def has_all_groups(self, user: Comparison) -> bool:
        """Whether it is known that the user is in no other group."""
        return user.have is None or user.want.name in self.live.users or user.have.groups is not None
