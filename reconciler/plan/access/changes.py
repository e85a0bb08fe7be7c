"""What a plan gives and takes: each role's access over all its documents together, and who may assume it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address
from reconciler.facets.identity_documents import arns_of, holdings, is_identity
from reconciler.plan.access.identities import changed_policies, is_settled
from reconciler.plan.access.memberships import Groups, Outsider
from reconciler.plan.access.spared import spared
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare import concerned_statements
from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.delta import delta
from reconciler.policy.compare.identity import IdentityPolicies, Written, written
from reconciler.policy.compare.witness import as_people_write, better_delta, narrowed, request_data
from reconciler.policy.document.document import Document, compact
from reconciler.policy.document.readable import shape_verdicts

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

    def of_outsider(self, outsider: Outsider) -> tuple[IdentityPolicies, IdentityPolicies]:
        """What a user outside the plan holds before and after, with what its groups hold."""
        return self._both(outsider.name, outsider.state, outsider.state)

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
    """The ARNs of managed policies outside the plan that are attached to whoever changes."""
    own = {d.want.arn for d in drafts} | {d.have.arn for d in drafts if d.have}
    users = {d.want.name: d for d in changed_roles(drafts, groups) if d.change.address.kind == "user"}
    states = [state for d in changed_roles(drafts, groups) for state in (d.have, d.want) if state]
    states += [d.want for d in drafts if any(f.field == "members" for f in d.change.fields)]
    states += [outsider.state for outsider in groups.outsiders if outsider.state]
    names = (*users, *(outsider.name for outsider in groups.outsiders))
    states += [state for name in names for state in groups.states(name)]
    return tuple(sorted({arn for state in states for arn in arns_of(state)} - own))


def changes(
    drafts: tuple[Comparison, ...], policies: Policies, blind: frozenset[Address] = frozenset()
) -> tuple[AccessChange, ...]:
    """Role by role in the order of the plan, then policies whose identities are not all known.

    `blind` are policies of which it is not known who holds them.
    """
    changed = {draft.change.address for draft in changed_roles(drafts, policies.groups)}
    access: list[AccessChange] = []
    for draft in drafts:
        access += _of_trust(draft)
        if draft.change.address in changed:
            access += _of_role(draft, policies)
    return (*access, *_of_loose_policies(drafts, blind))


def changed_roles(drafts: tuple[Comparison, ...], groups: Groups) -> tuple[Comparison, ...]:
    """Whose documents change, their own or those of an attached policy; and users with other groups."""
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
    change = AccessChange(draft.change.address, "access", gained, lost, unseen)
    if draft.have is None or not change.is_silent:
        yield change


def gained_and_lost(before: IdentityPolicies, after: IdentityPolicies) -> tuple[AccessDelta, AccessDelta]:
    """What the second of two holdings of a principal allows beyond the first, and the other way round."""
    gained, lost = concerned_statements.gained_and_lost(before, after)
    return (
        _side(gained, after, before),
        _side(lost, before, after),
    )


def _side(verdict: AccessVerdict, has: IdentityPolicies, lacks: IdentityPolicies) -> AccessDelta:
    side = side_of(verdict, written(has) if verdict.by else ())
    side = replace(side, spared=spared(lacks, map(json.loads, side.statements)))
    return _unless_unseen(side, has, lacks)


def _unless_unseen(side: AccessDelta, has: IdentityPolicies, lacks: IdentityPolicies) -> AccessDelta:
    """The same, but unknown where a document could not be read that only one side has.

    A boundary that could not be read leaves it unknown too.
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
    # Asked as others ask, whose answer is kept.
    known = delta(old, new) if partition == "aws" else delta(old, new, partition)
    difference = better_delta(known, old, new, partition)
    return side_of(difference.gained, tuple(new.statements)), side_of(difference.lost, tuple(old.statements))


def side_of(verdict: AccessVerdict, written: Written) -> AccessDelta:
    """A verdict as plain data; `written` are the statements that it counts."""
    return AccessDelta(
        answer=verdict.answer,
        statements=tuple(compact(narrowed(written[index], *part)) for index, part in verdict.parts),
        witness=json.dumps(request_data(verdict.witness)) if verdict.witness else "",
        why=verdict.why,
        undecided=as_people_write(verdict.undecided),
    )
