"""What users hold through their groups, before and after a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import FieldChange
from reconciler.facets.identity_documents import arns_of
from reconciler.facets.inline_policies import denies
from reconciler.plan.access.gaining_policies import gaining
from reconciler.plan.access.identities import changed_policies, is_settled
from reconciler.plan.comparison import Comparison
from reconciler.policy.catalogue import limits
from reconciler.policy.document.document import Document

States = tuple[Any, ...]
TAKES_IN, LETS_GO, DENIES_LESS, GIVES_MORE = "takes in", "lets go of", "denies less to", "gives more to"
_Names = frozenset[str]
# Before and after.
Sides = tuple[_Names, _Names]
# What changes what a user may do.
_ACCESS = frozenset({"attached", "inline", "boundary", "groups"})


@dataclass(frozen=True, slots=True)
class LiveMemberships:
    """Users and groups as they are, by name; without those that are not there or could not be read."""

    users: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outsider:
    """A user outside the plan who comes into a group of it, leaves it, is denied less by it, or given more.

    `address` is the group's, `how` says which of these. `state` is None where it could not be read.
    """

    name: str
    address: Address
    state: Any
    how: str


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of users whose access changes, as states, before and after, by the user's name.

    `moving` are users of the plan who are in other groups than before, or in one that holds other policies.
    """

    before: Mapping[str, States] = field(default_factory=dict)
    after: Mapping[str, States] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    outsiders: tuple[Outsider, ...] = ()

    @classmethod
    def of(cls, drafts: tuple[Comparison, ...], live: LiveMemberships) -> "Groups":
        """`live` are users, and groups that no draft describes."""
        groups = _of_kind(drafts, "group")
        old = {**live.groups, **{d.have.name: d.have for d in groups if d.have}}
        new = {**old, **{d.want.name: d.want for d in groups if is_settled(d)}}
        names, touched = _changing(drafts, live.users), _touched(drafts)
        return cls(
            {user: tuple(old[g] for g in sorted(before) if g in old) for user, (before, _) in names.items()},
            {user: tuple(new[g] for g in sorted(after) if g in new) for user, (_, after) in names.items()},
            frozenset(d.want.name for d in _of_kind(drafts, "user") if _moves(names, touched, d.want.name)),
            tuple(
                Outsider(user, address, live.users.get(user), how)
                for user, address, how in _outsiders(drafts)
            ),
        )

    def mended(self, user: str, change: FieldChange) -> States:
        """The groups that it is in before, without what this change takes away and with what it adds."""
        kept = (group for group in self.before.get(user, ()) if group.name not in change.removed)
        return (*kept, *(group for group in self.after.get(user, ()) if group.name in change.added))

    def states(self, user: str) -> States:
        """All groups that it is in before or after."""
        return (*self.before.get(user, ()), *self.after.get(user, ()))


def users(drafts: tuple[Comparison, ...], *, outsiders: bool = True) -> tuple[str, ...]:
    """The names of live users whose access changes: of them it takes to know all their groups."""
    touched = _touched(drafts)
    moved = {name for group in _of_kind(drafts, "group") for name in _exchanged(group)}
    moved |= {name for g in _of_kind(drafts, "group") if g.want.name in touched for name in _members(g)}
    policies = changed_policies(drafts)
    own = {
        d.want.name
        for d in _of_kind(drafts, "user")
        if d.have and is_settled(d) and (d.want.name in moved or _changes(d, policies))
    }
    return tuple(sorted(own | ({user for user, _, _ in _outsiders(drafts)} if outsiders else set())))


def given_more(
    drafts: tuple[Comparison, ...], holders: tuple[Comparison, ...], policies: tuple[Comparison, ...]
) -> tuple[str, ...]:
    """The names of users outside the drafts whose groups have more, live, than they should.

    `policies` are those that say more than they should, `holders` who holds these outside the drafts.
    """
    described = {d.want.name for d in _of_kind((*drafts, *holders), "user")}
    arns = {draft.want.arn for draft in policies}
    groups = [
        g
        for g in _of_kind(drafts, "group")
        if g.have and (_has_more(g) or not arns.isdisjoint(g.have.attached))
    ]
    groups += _of_kind(holders, "group")
    return tuple(sorted({name for group in groups for name in group.have.users} - described))


def _has_more(group: Comparison) -> bool:
    """Whether it is live with an attachment or an inline policy that is not as it should be."""
    return any(
        (f.field == "attached" and f.removed) or (f.field == "inline" and f.before)
        for f in group.change.fields
    )


def known(drafts: tuple[Comparison, ...]) -> dict[str, Any]:
    """Live users of which a plan knows all groups."""
    return {d.want.name: d.have for d in _of_kind(drafts, "user") if d.have and d.have.groups is not None}


def groups(drafts: tuple[Comparison, ...], live: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of groups that these users are in, before or after, and that no draft describes."""
    described = {d.want.name for d in _of_kind(drafts, "group")}
    named = {name for sides in _changing(drafts, live).values() for side in sides for name in side}
    return tuple(sorted(named - described))


def unseen(
    drafts: tuple[Comparison, ...], live: LiveMemberships, *, outsiders: bool = True
) -> dict[Address, str]:
    """Notes on users and groups of the plan: what could not be read of memberships, and so is not judged."""
    notes = dict(_unseen_of_users(drafts, live))
    for user, address, _ in _outsiders(drafts) if outsiders else ():
        if user not in live.users:
            notes[address] = (
                f"what {user} holds beside could not be read (iam:GetUser, iam:ListGroupsForUser): it is"
                " taken for nothing"
            )
    return notes


def _unseen_of_users(drafts: tuple[Comparison, ...], live: LiveMemberships) -> Iterator[tuple[Address, str]]:
    names, wanted = _changing(drafts, live.users), set(users(drafts))
    read = {*live.groups, *(d.want.name for d in _of_kind(drafts, "group"))}
    for draft in _of_kind(drafts, "user"):
        user, address = draft.want.name, draft.change.address
        blind = sorted({name for side in names.get(user, ()) for name in side} - read)
        if user in wanted and user not in live.users:
            yield (
                address,
                "its groups could not be read (iam:ListGroupsForUser): what it holds by them is not judged",
            )
        elif blind:
            yield (
                address,
                (
                    f"what is attached to {', '.join(blind)} could not be read (iam:GetGroup,"
                    " iam:ListAttachedGroupPolicies, iam:ListGroupPolicies, iam:GetGroupPolicy): it is not"
                    " judged"
                ),
            )


def belonging(drafts: tuple[Comparison, ...], live: Mapping[str, Any]) -> dict[str, Sides]:
    """The names of the groups of each user of the plan and of each outsider, before and after.

    `live` are users.
    """
    members = [g for g in _of_kind(drafts, "group") if is_settled(g) and g.want.members is not None]
    own = {d.want.name: d for d in _of_kind(drafts, "user")}
    groups_of = {}
    for user in {*own, *(name for name, _, _ in _outsiders(drafts))}:
        draft = own.get(user)
        before = _before(user, draft, drafts, live)
        after = before
        if draft and is_settled(draft) and draft.want.groups is not None:
            after = draft.want.groups
        after |= {g.want.name for g in members if user in g.want.members}
        after -= {g.want.name for g in members if user not in g.want.members}
        groups_of[user] = (before, after)
    return groups_of


def crowded(drafts: tuple[Comparison, ...], live: Mapping[str, Any]) -> Iterator[tuple[Address, str]]:
    """Groups that take in somebody who would be in more groups than IAM allows.

    `live` are users with all their groups.
    """
    for user, (before, after) in sorted(belonging(drafts, live).items()):
        if user not in live or len(after) <= limits.GROUPS_PER_USER:
            continue
        for group in _of_kind(drafts, "group"):
            if group.want.name in after - before:
                yield (
                    group.change.address,
                    (
                        f"takes in {user}, who would be in {len(after)} groups: a user is in"
                        f" {limits.GROUPS_PER_USER} at most"
                    ),
                )


def _changing(drafts: tuple[Comparison, ...], live: Mapping[str, Any]) -> dict[str, Sides]:
    """The same of those whose access changes."""
    return {
        user: both for user, both in belonging(drafts, live).items() if user in live or both[0] != both[1]
    }


def _before(
    user: str, draft: Comparison | None, drafts: tuple[Comparison, ...], live: Mapping[str, Any]
) -> _Names:
    """All its groups where it was read, else those of which the plan knows."""
    if user in live:
        all_: _Names = live[user].groups
        return all_
    own: _Names = (draft and draft.have and draft.have.groups) or frozenset()
    return own | {g.want.name for g in _of_kind(drafts, "group") if g.have and user in g.have.users}


def _moves(names: Mapping[str, Sides], touched: _Names, user: str) -> bool:
    before, after = names.get(user, (frozenset(), frozenset()))
    return before != after or not touched.isdisjoint(before)


def _touched(drafts: tuple[Comparison, ...]) -> _Names:
    """The groups whose members hold something else afterwards."""
    policies = changed_policies(drafts)
    return frozenset(
        g.want.name for g in _of_kind(drafts, "group") if g.have and is_settled(g) and _changes(g, policies)
    )


def _members(group: Comparison) -> _Names:
    members: _Names = (group.have.users if group.have else frozenset()) | (group.want.members or frozenset())
    return members


def _outsiders(drafts: tuple[Comparison, ...]) -> Iterator[tuple[str, Address, str]]:
    """Users outside the plan whom a group of the plan lets do more, or who leave it, with the first group."""
    known = {d.want.name for d in _of_kind(drafts, "user")}
    groups = tuple(filter(is_settled, _of_kind(drafts, "group")))
    policies = frozenset(d.want.arn for d in gaining(drafts)) if groups else frozenset()
    for group in groups:
        entering, moving = group.want.members or frozenset(), _exchanged(group)
        frees = _frees(group)
        touched = _members(group) if frees or _gives(group, policies) else frozenset()
        for user in sorted((moving | touched) - known):
            known.add(user)
            still = DENIES_LESS if frees else GIVES_MORE
            how = still if user not in moving else TAKES_IN if user in entering else LETS_GO
            yield user, group.change.address, how


def _gives(group: Comparison, policies: frozenset[str]) -> bool:
    """Whether it may give more to those who are in it; `policies` are those that give more themselves."""
    if not group.have:
        return False
    if not policies.isdisjoint(group.have.attached | group.want.attached):
        return True
    return any(
        (f.field == "attached" and f.added) or (f.field == "inline" and f.after) for f in group.change.fields
    )


def _frees(group: Comparison) -> bool:
    """Whether it may deny less to those who are in it."""
    for f in group.change.fields if group.have else ():
        if f.field == "inline" and isinstance(f.before, str) and denies(Document(f.before)):
            return True
        if f.field == "attached" and not group.have.denying.union(group.want.denying).isdisjoint(f.removed):
            return True
    return False


def _exchanged(group: Comparison) -> frozenset[str]:
    """Who comes into a group or leaves it."""
    wanted: _Names | None = group.want.members
    return frozenset() if wanted is None else wanted ^ (group.have.users if group.have else frozenset())


def _changes(draft: Comparison, policies: frozenset[str]) -> bool:
    fields = {f.field for f in draft.change.fields}
    return not fields.isdisjoint(_ACCESS) or not policies.isdisjoint(arns_of(draft.want))


def _of_kind(drafts: tuple[Comparison, ...], kind: str) -> tuple[Comparison, ...]:
    return tuple(draft for draft in drafts if draft.change.address.kind == kind)
