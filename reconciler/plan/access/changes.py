"""What a plan gives and takes: each role's access over all its documents together, and who may assume it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address
from reconciler.plan.access.identities import arns_of, changed_policies, is_identity, is_settled
from reconciler.plan.access.memberships import Groups, Outsider, States
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare import concerned_statements
from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.delta import delta
from reconciler.policy.compare.identity import IdentityPolicies, Written, written
from reconciler.policy.compare.witness import as_people_write, better_delta, narrowed, request_data
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, compact
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.risk.broad import ADMINISTRATOR, EVERYTHING

Documents = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Policies:
    """Managed policies before and after the plan, by ARN: those of the drafts, and others that were read.

    With them the groups of users who come into other ones.
    """

    before: Documents
    after: Documents
    groups: Groups = field(default_factory=Groups)

    @classmethod
    def of(cls, drafts: tuple[Comparison, ...], others: Documents, groups: Groups) -> "Policies":
        """The plan's own, and the others as they are."""
        live = {d.have.arn: d.have.document for d in drafts if d.have and hasattr(d.have, "document")}
        new = {d.want.arn: d.want.document for d in drafts if is_settled(d) and hasattr(d.want, "document")}
        return cls({**others, **live}, {**others, **live, **new}, groups)

    def of_outsider(self, one: Outsider) -> tuple[IdentityPolicies, IdentityPolicies]:
        """What a user outside the plan holds before and after, with what its groups hold."""
        return self._both(one.name, one.state, one.state)

    def sides(self, draft: Comparison) -> tuple[IdentityPolicies, IdentityPolicies]:
        """What a principal of the plan holds before and after, for a user with what its groups hold."""
        user = draft.want.name if draft.change.address.kind == "user" else ""
        return self._both(user, draft.have, draft.want)

    def _both(self, user: str, have: Any, want: Any) -> tuple[IdentityPolicies, IdentityPolicies]:
        groups = self.groups
        return holdings(have, self.before, groups.before.get(user, ())), holdings(
            want, self.after, groups.after.get(user, ())
        )


def needed(drafts: tuple[Comparison, ...], groups: Groups) -> tuple[str, ...]:
    """The ARNs of managed policies that no draft is of, held by roles with a change and groups with other members."""
    own = {d.want.arn for d in drafts} | {d.have.arn for d in drafts if d.have}
    users = {d.want.name: d for d in changed_roles(drafts, groups) if d.change.address.kind == "user"}
    states = [state for d in changed_roles(drafts, groups) for state in (d.have, d.want) if state]
    states += [d.want for d in drafts if any(f.field == "members" for f in d.change.fields)]
    states += [one.state for one in groups.outsiders if one.state]
    names = (*users, *(one.name for one in groups.outsiders))
    states += [state for name in names for state in groups.states(name)]
    return tuple(sorted({arn for state in states for arn in arns_of(state)} - own))


def changes(
    drafts: tuple[Comparison, ...], policies: Policies, blind: frozenset[Address] = frozenset()
) -> tuple[AccessChange, ...]:
    """Role by role in the order of the plan, then policies by themselves, where not all their holders are among these.

    `blind` are policies of which it is not known who holds them.
    """
    changed = {draft.change.address for draft in changed_roles(drafts, policies.groups)}
    found: list[AccessChange] = []
    for draft in drafts:
        found += _of_trust(draft)
        if draft.change.address in changed:
            found += _of_role(draft, policies)
    return (*found, *_of_loose_policies(drafts, blind))


def holdings(state: Any, documents: Documents, groups: States = ()) -> IdentityPolicies:
    """A principal's documents, and those of its groups; what can't be read, or is no document, is unseen.

    `state` is None for one that is not there, or of which nothing is known.
    """
    own = _holdings(state, documents) if state else IdentityPolicies(())
    through = [(f"group {group.name}", _holdings(group, documents)) for group in groups]
    return replace(
        own,
        identity=(
            *own.identity,
            *((f"{where}, {name}", made) for where, held in through for name, made in held.identity),
        ),
        unseen=(*own.unseen, *(f"{name} of the {where}" for where, held in through for name in held.unseen)),
        own=tuple(dict.fromkeys((*own.own, *(arn for _, held in through for arn in held.own)))),
    )


def _holdings(state: Any, documents: Documents) -> IdentityPolicies:
    account = state.arn.split(":")[4]
    attached = sorted(state.attached)
    limit = state.boundary
    known = {arn: EVERYTHING for arn in arns_of(state) if arn.endswith(ADMINISTRATOR)}
    held = {**known, **{arn: documents[arn] for arn in arns_of(state) if arn in documents}}
    usable = {arn: made for arn, made in held.items() if _is_usable(made)}
    return IdentityPolicies(
        identity=(
            *((arns.short(arn, account), usable[arn]) for arn in attached if arn in usable),
            *((f"inline policy {name}", made) for name, made in state.inline),
        ),
        boundary=(arns.short(limit, account), usable[limit]) if limit in usable else None,
        unseen=tuple(arns.short(arn, account) for arn in attached if arn not in usable),
        unseen_boundary=arns.short(limit, account) if limit and limit not in usable else "",
        own=(state.arn, *attached),
        limit=limit,
        tags=tuple(sorted(getattr(state, "tags", ()))),
    )


@lru_cache(maxsize=4096)
def _is_usable(made: Document) -> bool:
    """Whether it can be judged: it says nothing, or is a document that IAM takes."""
    return not (made.statements and shape_verdicts(made.data, identity=True))


def changed_roles(drafts: tuple[Comparison, ...], groups: Groups) -> tuple[Comparison, ...]:
    """The roles whose documents change: their own, or those of a policy that they hold.

    Users with other groups.
    """
    changed = changed_policies(drafts)
    return tuple(d for d in drafts if is_identity(d.want) and is_settled(d) and _changes(d, changed, groups))


def _changes(draft: Comparison, policies: frozenset[str], groups: Groups) -> bool:
    if draft.change.address.kind == "user" and draft.want.name in groups.moving:
        return True
    fields = {f.field for f in draft.change.fields}
    return (
        draft.have is None
        or not fields.isdisjoint(("attached", "inline", "boundary"))
        or not policies.isdisjoint(arns_of(draft.want))
    )


def _of_role(draft: Comparison, policies: Policies) -> Iterator[AccessChange]:
    before, after = policies.sides(draft)
    gained, lost = gained_and_lost(before, after)
    unseen = tuple(
        sorted({*before.unseen, *after.unseen, before.unseen_boundary, after.unseen_boundary} - {""})
    )
    found = AccessChange(draft.change.address, "access", gained, lost, unseen)
    if draft.have is None or not found.is_silent:
        yield found


def gained_and_lost(before: IdentityPolicies, after: IdentityPolicies) -> tuple[AccessDelta, AccessDelta]:
    """What the second of two holdings of a principal allows beyond the first, and the other way round."""
    gained, lost = concerned_statements.gained_and_lost(before, after)
    return (
        _unless_unseen(side_of(gained, written(after) if gained.by else ()), after, before),
        _unless_unseen(side_of(lost, written(before) if lost.by else ()), before, after),
    )


def _unless_unseen(side: AccessDelta, has: IdentityPolicies, lacks: IdentityPolicies) -> AccessDelta:
    """What a document that could not be read allows can't be told, where only one side has it.

    Nor can what a boundary kept.
    """
    unread = [name for name in has.unseen if name not in lacks.unseen]
    if lacks.unseen_boundary and lacks.unseen_boundary != has.unseen_boundary:
        unread.append(lacks.unseen_boundary)
    if side.answer != "no" or not unread:
        return side
    return AccessDelta("unknown", why=f"{', '.join(unread)} could not be read")


def _of_trust(draft: Comparison) -> Iterator[AccessChange]:
    if not is_settled(draft) or not draft.have or not any(f.field == "trust" for f in draft.change.fields):
        return
    old, new = draft.have.trust, draft.want.trust
    if shape_verdicts(old.data, identity=False):
        return
    gained, lost = between(old, new, draft.want.arn.split(":")[1])
    yield AccessChange(draft.change.address, "trust", gained, lost)


def _of_loose_policies(drafts: tuple[Comparison, ...], blind: frozenset[Address]) -> Iterator[AccessChange]:
    held = {arn for d in drafts if is_identity(d.want) for s in (d.want, d.have) if s for arn in arns_of(s)}
    for draft in drafts:
        changed = any(f.field == "document" for f in draft.change.fields)
        is_held = draft.want.arn in held and draft.change.address not in blind
        if not changed or not draft.have or is_held or not is_settled(draft):
            continue
        old, new = draft.have.document, draft.want.document
        if shape_verdicts(old.data, identity=True):
            continue
        gained, lost = between(old, new)
        yield AccessChange(draft.change.address, "access", gained, lost)


def between(old: Document, new: Document, partition: str = "aws") -> tuple[AccessDelta, AccessDelta]:
    """What one document allows beyond another, and the other way round."""
    found = better_delta(delta(old, new, partition), old, new, partition)
    return side_of(found.gained, tuple(new.statements)), side_of(found.lost, tuple(old.statements))


def side_of(verdict: AccessVerdict, made: Written) -> AccessDelta:
    """A verdict as plain data; `made` are the statements that it counts."""
    return AccessDelta(
        answer=verdict.answer,
        statements=tuple(compact(narrowed(made[index], *part)) for index, part in verdict.parts),
        witness=json.dumps(request_data(verdict.witness)) if verdict.witness else "",
        why=verdict.why,
        undecided=as_people_write(verdict.undecided),
    )
