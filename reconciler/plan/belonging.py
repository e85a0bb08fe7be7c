"""Which users are in which groups, live and as the specs say, as far as it was read in any case."""

from dataclasses import dataclass

from reconciler.plan.memberships import Live
from reconciler.plan.planner import Draft

# Names, live and as desired.
Both = tuple[frozenset[str], frozenset[str]]
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Belonging:
    """Either end of a membership may say it: the user's spec, or the group's."""

    described_users: tuple[Draft, ...]
    described_groups: tuple[Draft, ...]
    live: Live

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], live: Live) -> "Belonging":
        """Of a plan's users and groups; `live` are others that were read."""
        users, groups = (
            tuple(d for d in drafts if d.change.address.kind == kind) for kind in ("user", "group")
        )
        return cls(users, groups, live)

    def groups(self, user: Draft) -> Both:
        """A user's groups."""
        name = user.want.name
        before = {g.want.name for g in self.described_groups if g.have and name in g.have.users}
        before |= (user.have and user.have.groups) or _NONE
        before |= self.live.users[name].groups if name in self.live.users else _NONE
        after = set(before if user.want.groups is None else user.want.groups)
        for group in self.described_groups:
            _put(after, group.want.name, name, group.want.members)
        return frozenset(before), frozenset(after)

    def members(self, group: Draft) -> Both:
        """A group's users; IAM tells them with the group."""
        before = group.have.users if group.have else _NONE
        after = set(before if group.want.members is None else group.want.members)
        for user in self.described_users:
            _put(after, user.want.name, group.want.name, user.want.groups)
        return before, frozenset(after)

    def has_all_groups(self, user: Draft) -> bool:
        """Whether it is known that the user is in no other group."""
        return user.have is None or user.want.name in self.live.users or user.have.groups is not None


def _put(found: set[str], name: str, other: str, said: frozenset[str] | None) -> None:
    """What the other end says of it, if it says anything."""
    if said is not None:
        (found.add if other in said else found.discard)(name)
