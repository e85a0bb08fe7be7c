"""What users hold through their groups, before and after a plan that changes who is in which."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.plan.planner import Draft

States = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of each user of the plan whose groups change, as states, before and after; by the user's name."""

    before: Mapping[str, States] = field(default_factory=dict)
    after: Mapping[str, States] = field(default_factory=dict)

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], others: Mapping[str, Any]) -> "Groups":
        """`others` are groups by name that no draft describes, as they are; one that is in neither is left out."""
        live = {**others, **{d.have.name: d.have for d in _of_kind(drafts, "group") if d.have}}
        new = {**live, **{d.want.name: d.want for d in _of_kind(drafts, "group") if _is_done(d)}}
        changing = _changing(drafts)
        return cls(
            {user: tuple(live[g] for g in sorted(names[0]) if g in live) for user, names in changing.items()},
            {user: tuple(new[g] for g in sorted(names[1]) if g in new) for user, names in changing.items()},
        )

    def states(self, user: str) -> States:
        """All groups that it is in before or after."""
        return (*self.before.get(user, ()), *self.after.get(user, ()))


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Users, described by no spec of the plan, who come into a group of it."""

    group: Draft
    users: tuple[str, ...]


def others(drafts: tuple[Draft, ...]) -> tuple[str, ...]:
    """The names of groups that users with other groups than before are or were in, and that no draft describes."""
    described = {d.want.name for d in _of_kind(drafts, "group")}
    named = {name for sides in _changing(drafts).values() for side in sides for name in side}
    return tuple(sorted(named - described))


def unseen(draft: Draft, read: Container[str], names: tuple[str, ...]) -> str:
    """A note that what these groups give a user of the plan could not be read, "" where it was."""
    fields = draft.change.fields if draft.change.address.kind == "user" else ()
    changed = {name for f in fields if f.field == "groups" for name in (*f.added, *f.removed)}
    blind = sorted(name for name in changed.intersection(names) if name not in read)
    if not blind:
        return ""
    return f"what is held by being in {', '.join(blind)} could not be read (iam:ListAttachedGroupPolicies, iam:ListGroupPolicies): what that gives or takes is not judged"  # fmt: skip


def newcomers(drafts: tuple[Draft, ...]) -> tuple[Newcomers, ...]:
    """Those who come into the plan's groups, without the users of the plan."""
    own = {d.want.name for d in _of_kind(drafts, "user")}
    found = []
    for group in _of_kind(drafts, "group"):
        come = [user for user in _entering(group) if user not in own] if _is_done(group) else []
        if come:
            found.append(Newcomers(group, tuple(sorted(come))))
    return tuple(found)


def _changing(drafts: tuple[Draft, ...]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each user of the plan with other groups than before, their names before and after."""
    groups = _of_kind(drafts, "group")
    found = {}
    for draft in _of_kind(drafts, "user"):
        user = draft.want.name
        before = (draft.have and draft.have.groups) or frozenset()
        before |= {g.want.name for g in groups if g.have and user in g.have.users}
        after = before
        if _is_done(draft) and draft.want.groups is not None:
            after = draft.want.groups
        for group in filter(_is_done, groups):
            if group.want.members is not None:
                after = after | {group.want.name} if user in group.want.members else after - {group.want.name}
        if before != after:
            found[user] = (before, after)
    return found


def _entering(group: Draft) -> frozenset[str]:
    wanted: frozenset[str] = group.want.members or frozenset()
    return wanted - (group.have.users if group.have else frozenset())


def _of_kind(drafts: tuple[Draft, ...], kind: str) -> tuple[Draft, ...]:
    return tuple(draft for draft in drafts if draft.change.address.kind == kind)


def _is_done(draft: Draft) -> bool:
    return not draft.change.obstacles
