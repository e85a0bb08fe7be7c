"""Differences as findings: each by itself, with the access that it alone gives beyond the spec or takes away.

A difference is judged against the desired state with live's value for that one difference, everything else being as
desired. So what one role has too much is not hidden by what another difference takes from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.access import Side
from reconciler.core.address import Address
from reconciler.core.change import FieldChange
from reconciler.core.finding import NOTHING, SEVERITIES, Finding, Severity
from reconciler.parts import password_policy
from reconciler.parts.trusted_roles import deleted_ids
from reconciler.plan.access import between, gained_and_lost, holdings
from reconciler.plan.effects import risks
from reconciler.plan.holders import arns_of, is_holder
from reconciler.plan.ignoring import with_live
from reconciler.plan.planner import Draft
from reconciler.policy.broad import is_public
from reconciler.policy.document import Document
from reconciler.policy.role_access import Holdings, sides
from reconciler.policy.search import Sides
from reconciler.policy.shape import shape_verdicts
from reconciler.policy.statements import statements

_ACCESS = ("attached", "inline", "boundary")
_NOTHING_HELD = Document('{"Version":"2012-10-17","Statement":[]}')


@dataclass(frozen=True, slots=True)
class Context:
    """All drafts of the run; managed policies by ARN as desired, else as they are; and the live ones of the drafts."""

    drafts: tuple[Draft, ...]
    documents: Mapping[str, Document]
    live: Mapping[str, Document]

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], others: Mapping[str, Document]) -> "Context":
        """`others` are policies that roles hold and no spec describes, as they are."""
        wanted = {d.want.arn: d.want.document for d in drafts if hasattr(d.want, "document")}
        live = {d.have.arn: d.have.document for d in drafts if d.have and hasattr(d.have, "document")}
        return cls(drafts, {**others, **wanted}, {**others, **live})


def findings(drafts: tuple[Draft, ...], others: Mapping[str, Document]) -> tuple[Finding, ...]:
    """Every difference once, in the order of the specs. What only follows from another one is a detail of that."""
    context = Context.of(drafts, others)
    absent = {d.want.arn: d for d in drafts if d.have is None}
    found: list[Finding] = []
    follow: dict[str, list[str]] = {}
    for draft in drafts:
        for finding in _of(draft, context):
            causes = _causes(draft, finding, absent)
            for cause in causes:
                follow.setdefault(cause, []).append(f"so {draft.change.address} lacks it")
            if not causes:
                found.append(finding)
    found = _together(found, context)
    by_address = {d.change.address: arn for arn, d in absent.items()}
    return tuple(replace(f, details=(*f.details, *follow.get(by_address.get(f.address, ""), ()))) for f in found)  # fmt: skip


def _causes(draft: Draft, finding: Finding, absent: Mapping[str, Draft]) -> tuple[str, ...]:
    """The ARNs of the absent resources from which this difference follows, if it is nothing else."""
    field = finding.field
    if field is None or draft.have is None or field.shape != "set" or field.removed:
        return ()
    missing = {draft.want.role_arn} if field.field == "roles" else set(field.added)
    return tuple(sorted(missing)) if missing <= absent.keys() else ()


def _together(found: list[Finding], context: Context) -> list[Finding]:
    """What is harmless by itself may not be so with another: a limit taken away, and what it limited attached.

    Where a role as it is gains more by all of its differences than by any, each of them is as bad as all.
    """
    policies = {d.change.address: d.want.arn for d in context.drafts if hasattr(d.want, "document")}
    for draft in context.drafts:
        if draft.have is None or not is_holder(draft.have):
            continue
        parts = [finding for finding in found if _takes_part(finding, draft, policies)]
        if len(parts) < 2:
            continue
        before = holdings(draft.want, context.documents)
        severity, gained, _, details = _effect(draft.want.arn, before, holdings(draft.have, context.live))
        if SEVERITIES.index(severity) < min(SEVERITIES.index(part.severity) for part in parts):
            note = f"together with the other differences of {draft.change.address}"
            worse = {part.id: _raised(part, severity, gained, (note, *details)) for part in parts}
            found = [worse.get(finding.id, finding) for finding in found]
    return found


def _takes_part(finding: Finding, role: Draft, policies: Mapping[Address, str]) -> bool:
    if finding.address == role.change.address:
        return finding.rule in _ACCESS
    held = arns_of(role.want) | arns_of(role.have)
    return finding.rule in ("document", "absent") and policies.get(finding.address, "") in held


def _raised(finding: Finding, severity: Severity, gained: Side, details: tuple[str, ...]) -> Finding:
    return replace(finding, severity=severity, gained=gained, details=(*finding.details, *details))


def _of(draft: Draft, context: Context) -> Iterator[Finding]:
    change = draft.change
    if draft.have is None:
        yield _absent(draft, context)
        return
    if change.action == "adopt":
        whose = (
            f"owned by the spec {change.owner}" if change.owner else f"owned by {change.foreign or 'no spec'}"
        )
        yield _finding(draft, "not-owned", "metadata", text=f"{whose}, not by this one")
    for field in change.fields:
        yield _of_field(draft, field, context)
    for number, obstacle in enumerate(change.obstacles):
        yield _finding(draft, "blocked", "metadata", item=str(number or ""), text=obstacle)


def _finding(draft: Draft, rule: str, severity: Severity, **more: Any) -> Finding:
    change, desired = draft.change, draft.seen.desired
    origin = dict(change.origins).get(rule, "new" if draft.have is None else "unknown")
    return Finding(change.address, desired.spec, rule, severity, origin, source=change.source, **more)


def _absent(draft: Draft, context: Context) -> Finding:
    """What is not there: access is lost, unless it was there to deny."""
    text = "; ".join(["does not exist", *draft.change.obstacles])
    if not hasattr(draft.want, "document"):
        return _finding(draft, "absent", "lost", text=text)
    severity, gained, lost, details = _of_policy(draft, _NOTHING_HELD, context)
    return _finding(draft, "absent", "lost" if severity == "metadata" else severity, text=text, gained=gained, lost=lost, details=details)  # fmt: skip


# Sets of which each member lets somebody in; by memberships users hold what groups hold.
_ADMITTING = ("roles", "audiences", "thumbprints")
_MEMBERSHIPS = ("groups", "members")
# Other metadata lets others in; without its alias nobody finds the account's sign-in page.
_WORTH: dict[str, Severity] = {"metadata": "gained", "alias": "lost"}
_Effect = tuple[Severity, Side, Side, tuple[str, ...]]


def _of_field(draft: Draft, field: FieldChange, context: Context) -> Finding:
    name = field.field
    effect: _Effect = ("metadata", NOTHING, NOTHING, ())
    if name in _ACCESS and is_holder(draft.want):
        effect = _of_role(draft, field, context)
    elif name == "document":
        effect = _of_policy(draft, draft.have.document, context)
    elif name == "trust":
        effect = _of_trust(draft)
    elif name in _WORTH:
        effect = (_WORTH[name], NOTHING, NOTHING, ())
    elif name == "password_policy":
        weaker = password_policy.is_weaker(draft.have.password_policy, draft.want.password_policy)
        effect = ("gained" if weaker else "metadata", NOTHING, NOTHING, ())
    elif name in _MEMBERSHIPS:
        effect = _of_membership(draft, field, context)
    elif name in _ADMITTING:
        effect = ("gained" if field.removed else "lost", NOTHING, NOTHING, ())
    severity, gained, lost, details = effect
    return _finding(draft, name, severity, item=field.item, field=field, gained=gained, lost=lost, details=details)  # fmt: skip


def _of_role(draft: Draft, field: FieldChange, context: Context) -> _Effect:
    before = holdings(draft.want, context.documents)
    after = holdings(with_live(draft.want, draft.have, field), context.documents)
    return _effect(draft.want.arn, before, after)


def _of_membership(draft: Draft, field: FieldChange, context: Context) -> _Effect:
    """What those who are in a group beyond the spec hold by it, as far as the specs describe it."""
    if not field.removed:
        return "lost", NOTHING, NOTHING, ()
    if field.field == "members":
        before, after = Holdings(()), holdings(draft.want, context.documents)
    else:
        entered = [
            d.want
            for d in context.drafts
            if d.change.address.kind == "group" and d.want.name in field.removed
        ]
        before = holdings(draft.want, context.documents)
        after = holdings(draft.want, context.documents, tuple(entered))
    severity, gained, _, details = _effect(draft.want.arn, before, after)
    return "critical" if severity == "critical" else "gained", gained, NOTHING, details


def _effect(arn: str, before: Holdings, after: Holdings) -> _Effect:
    gained, lost = gained_and_lost(before, after)
    worst = risks(arn, sides(before, after)) if gained.answer != "no" else ()
    return _severity(gained, lost, critical=bool(worst)), gained, lost, tuple(message for _, message in worst)


def _severity(gained: Side, lost: Side, *, critical: bool) -> Severity:
    if critical:
        return "critical"
    if gained.answer != "no":
        return "gained"
    return "lost" if lost.answer != "no" else "metadata"


def _of_policy(draft: Draft, live: Document, context: Context) -> _Effect:
    """By the roles of the specs that hold the policy; by itself where none does."""
    arn = draft.want.arn
    if shape_verdicts(live.data, identity=True) and live != _NOTHING_HELD:
        return "gained", Side("unknown", why="the live document is none that can be judged"), NOTHING, ()
    holders = [d for d in context.drafts if is_holder(d.want) and arn in arns_of(d.want)]
    if not holders:
        # Users, groups and other specs' roles may hold it.
        gained, lost = between(draft.want.document, live)
        both = Sides(statements(draft.want.document), statements(live))
        worst = risks(arn, both) if gained.answer != "no" else ()
        details = tuple(message for _, message in worst)
        return _severity(gained, lost, critical=bool(worst)), gained, lost, details
    other = {**context.documents, arn: live}
    effects = [
        (d, _effect(d.want.arn, holdings(d.want, context.documents), holdings(d.want, other)))
        for d in holders
    ]
    return _worst(effects)


def _worst(effects: list[tuple[Draft, _Effect]]) -> _Effect:
    """The first of the worst; the others' words go with it."""
    _, worst = min(effects, key=lambda pair: SEVERITIES.index(pair[1][0]))
    details = [f"{draft.change.address} {text}" for draft, effect in effects for text in effect[3]]
    return worst[0], worst[1], worst[2], tuple(details)


def _of_trust(draft: Draft) -> _Effect:
    want, have = draft.want.trust, draft.have.trust
    if shape_verdicts(have.data, identity=False):
        return "gained", Side("unknown", why="the live trust is no document that can be judged"), NOTHING, ()
    gained, lost = between(want, have, draft.want.arn.split(":")[1])
    public = is_public(have) and not is_public(want)
    details = ["anyone can assume the role"] if public else []
    details += [
        f"{found} is the id of a role or user that was deleted: apply names the one of today again"
        for found in sorted(deleted_ids(have) - deleted_ids(want))
    ]
    return _severity(gained, lost, critical=public), gained, lost, tuple(details)
