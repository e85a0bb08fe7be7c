"""Differences as findings: each by itself, with the access that it alone gives beyond the spec or takes away.

A difference is judged against the desired state with live's value for that one difference, everything else
being as desired. So what one role has too much is not hidden by what another difference takes from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.change import FieldChange
from reconciler.core.results.finding import NOTHING, SEVERITIES, Finding, Severity
from reconciler.core.text import owner_words
from reconciler.facets import password_policy
from reconciler.facets.identity_documents import arns_of, holdings, is_identity
from reconciler.facets.inline_policies import denies
from reconciler.facets.trusted_principals import deleted_ids
from reconciler.plan.access.changes import between
from reconciler.plan.access.memberships import Groups
from reconciler.plan.comparison import Comparison
from reconciler.plan.findings.combined import ACCESS, together
from reconciler.plan.findings.severity import Context, Effect, Outside, impact_of, severity_of
from reconciler.plan.ignore import with_live
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.risk.broad import open_doors
from reconciler.policy.risk.identity_risks import risks

# Who is judged, and the effect on it.
Judgement = tuple[str, Effect]
_NOTHING_HELD = Document('{"Version":"2012-10-17","Statement":[]}')


def findings(
    drafts: tuple[Comparison, ...], others: Mapping[str, Document], groups: Groups, outside: Outside
) -> tuple[Finding, ...]:
    """Every difference once, in the order of the specs.

    What only follows from another one is a detail of that.
    """
    context = Context.of(drafts, others, groups, outside)
    absent = {d.want.arn: d for d in drafts if d.have is None}
    collected: list[Finding] = []
    follow: dict[str, list[str]] = {}
    for draft in drafts:
        for finding in _of(draft, context):
            causes = _causes(draft, finding, absent)
            for cause in causes:
                follow.setdefault(cause, []).append(f"so {draft.change.address} lacks it")
            if not causes:
                collected.append(finding)
    collected = together(collected, context)
    by_address = {d.change.address: arn for arn, d in absent.items()}
    return tuple(
        replace(f, details=(*f.details, *follow.get(by_address.get(f.address, ""), ()))) for f in collected
    )


def _causes(draft: Comparison, finding: Finding, absent: Mapping[str, Comparison]) -> tuple[str, ...]:
    """The ARNs of the absent resources from which this difference follows, if it is nothing else."""
    field = finding.field
    if field is None or draft.have is None or field.shape != "set" or field.removed:
        return ()
    missing = {draft.want.role_arn} if field.field == "roles" else set(field.added)
    return tuple(sorted(missing)) if missing <= absent.keys() else ()


def _of(draft: Comparison, context: Context) -> Iterator[Finding]:
    change = draft.change
    if draft.have is None:
        yield _absent(draft, context)
        return
    if change.action == "adopt":
        whose = owner_words(change.owner, change.foreign)
        yield _finding(draft, "not-owned", "metadata", text=f"{whose}, not by this one")
    for field in change.fields:
        yield _of_field(draft, field, context)
    for number, obstacle in enumerate(change.obstacles):
        yield _finding(draft, "blocked", "metadata", item=str(number or ""), text=obstacle)


def _finding(draft: Comparison, rule: str, severity: Severity, **more: Any) -> Finding:
    change, desired = draft.change, draft.seen.desired
    origin = dict(change.origins).get(rule, "new" if draft.have is None else "unknown")
    return Finding(change.address, desired.spec, rule, severity, origin, source=change.source, **more)


def _absent(draft: Comparison, context: Context) -> Finding:
    """What is not there: access is lost, unless it was there to deny."""
    text = "; ".join(["does not exist", *draft.change.obstacles])
    if not hasattr(draft.want, "document"):
        return _finding(draft, "absent", "lost", text=text)
    severity, gained, lost, details = _of_policy(draft, _NOTHING_HELD, context)
    return _finding(
        draft,
        "absent",
        "lost" if severity == "metadata" else severity,
        text=text,
        gained=gained,
        lost=lost,
        details=details,
    )


# Sets of which each member lets somebody in; by memberships users hold what groups hold.
_ADMITTING = ("roles", "audiences", "thumbprints")
_MEMBERSHIPS = ("groups", "members")
_NO_EFFECT: Effect = ("metadata", NOTHING, NOTHING, ())


def _of_field(draft: Comparison, field: FieldChange, context: Context) -> Finding:
    name = field.field
    effect = _NO_EFFECT
    if name in ACCESS and is_identity(draft.want):
        effect = _of_role(draft, field, context)
    elif name == "document":
        effect = _of_policy(draft, draft.have.document, context)
    elif name == "trust":
        effect = _of_trust(draft)
    elif name in draft.seen.desired.kind.SEVERITIES:
        effect = (draft.seen.desired.kind.SEVERITIES[name], NOTHING, NOTHING, ())
    elif name == "password_policy":
        weaker = password_policy.is_weaker(draft.have.password_policy, draft.want.password_policy)
        effect = ("gained" if weaker else "metadata", NOTHING, NOTHING, ())
    elif name in _MEMBERSHIPS:
        effect = _of_membership(draft, field, context)
    elif name in _ADMITTING:
        effect = ("gained" if field.removed else "lost", NOTHING, NOTHING, ())
    severity, gained, lost, details = effect
    return _finding(
        draft, name, severity, item=field.item, field=field, gained=gained, lost=lost, details=details
    )


def _of_role(draft: Comparison, field: FieldChange, context: Context) -> Effect:
    live = with_live(draft.want, draft.have, field)
    own = impact_of(context.desired(draft, draft.want), context.desired(draft, live), context.live)
    members = [
        (
            str(user.change.address),
            impact_of(context.desired(user, user.want), context.in_group(user, live), context.live),
        )
        for user in context.members(draft)
    ]
    if draft.change.address.kind == "group":
        members += _of_outside_members(draft.want, live, context)
    worse = [(who, effect) for who, effect in members if _rank(effect) < _rank(own)]
    return _worst(worse) if worse else own


def _of_outside_members(want: Any, live: Any, context: Context) -> list[Judgement]:
    """Of members whom no spec describes: all else being as it is."""
    return [
        (
            f"user.{user.name}, outside the specs,",
            impact_of(
                context.member(user, want, context.live),
                context.member(user, live, context.live),
                context.live,
            ),
        )
        for user in context.outside_members(live)
    ]


def _of_membership(draft: Comparison, field: FieldChange, context: Context) -> Effect:
    """What those who are in a group beyond the spec hold by it.

    What those who are not in it may do without it.
    """
    if field.field == "groups":
        wanted, live = (
            side.get(draft.want.name, ()) for side in (context.groups.after, context.groups.before)
        )
        beyond = tuple(group for group in live if group.name in field.removed)
        there = tuple(group for group in wanted if group.name not in field.added)
        after = holdings(draft.want, context.documents, (*there, *beyond))
        severity, gained, lost, details = impact_of(context.desired(draft, draft.want), after, context.live)
    else:
        by_it = holdings(draft.want, context.documents)
        severity, gained, lost, details = (
            impact_of(IdentityPolicies(()), by_it, context.live) if field.removed else _NO_EFFECT
        )
        if field.added and any(denies(document) for _, document in by_it.identity) and severity != "critical":
            severity, gained = (
                "gained",
                AccessDelta(
                    "unknown", why="the group denies something, and those who are not in it may do that"
                ),
            )
    least: Severity = "gained" if field.removed else "lost"
    return min(severity, least, key=SEVERITIES.index), gained, lost, details


def _of_policy(draft: Comparison, live: Document, context: Context) -> Effect:
    """By the roles of the specs that hold the policy; by itself where none does."""
    arn = draft.want.arn
    if shape_verdicts(live.data, identity=True) and live != _NOTHING_HELD:
        return (
            "gained",
            AccessDelta("unknown", why="the live document is none that can be judged"),
            NOTHING,
            (),
        )
    other = {**context.documents, arn: live}
    judgements: list[Judgement] = [
        (
            str(d.change.address),
            impact_of(context.desired(d, d.want), context.desired(d, d.want, other), context.live),
        )
        for d in context.drafts
        if is_identity(d.want) and arn in arns_of(d.want)
    ]
    judgements += _of_outside_holders(draft, live, context)
    why = context.outside.blind.get(draft.change.address, "")
    if why or not judgements:
        judgements.append(("", _by_itself(draft, live, context, why)))
    return _worst(judgements)


def _of_outside_holders(draft: Comparison, live: Document, context: Context) -> list[Judgement]:
    """By those outside the specs who hold it, and who are in a group that does: all else being as it is."""
    arn = draft.want.arn
    before, after = {**context.live, arn: draft.want.document}, {**context.live, arn: live}
    judgements: list[Judgement] = []
    for holder in context.outside.holders:
        state = holder.have
        if arn in arns_of(state):
            groups = context.groups.before.get(state.name, ()) if holder.change.address.kind == "user" else ()
            was, is_ = holdings(state, before, groups), holdings(state, after, groups)
            judgements.append(
                (f"{holder.change.address}, outside the specs,", impact_of(was, is_, context.live))
            )
    groups_ = (
        d.have for d in (*context.drafts, *context.outside.holders) if d.change.address.kind == "group"
    )
    for group in (g for g in groups_ if g and arn in g.attached):
        for user in context.outside_members(group):
            was, is_ = context.member(user, group, before), context.member(user, group, after)
            judgements.append((f"user.{user.name}, outside the specs,", impact_of(was, is_, context.live)))
    return judgements


def _by_itself(draft: Comparison, live: Document, context: Context, why: str) -> Effect:
    """As if somebody held nothing else: users, groups and other specs' roles may hold it."""
    gained, lost = between(draft.want.document, live)
    wanted = IdentityPolicies((("", draft.want.document),), own=(draft.want.arn,))
    there = IdentityPolicies((("", live),), own=(draft.want.arn,))
    worst = risks(wanted, there, context.live) if gained.answer != "no" else ()
    details = (*(message for _, message in worst), *((why,) if why else ()))
    return severity_of(gained, lost, critical=bool(worst)), gained, lost, details


def _rank(effect: Effect) -> int:
    return SEVERITIES.index(effect[0])


def _worst(judgements: list[Judgement]) -> Effect:
    """The first of the worst; the others' words go with it."""
    _, worst = min(judgements, key=lambda pair: _rank(pair[1]))
    details = [f"{who} {text}".strip() for who, effect in judgements for text in effect[3]]
    return worst[0], worst[1], worst[2], tuple(details)


def _of_trust(draft: Comparison) -> Effect:
    want, have = draft.want.trust, draft.have.trust
    if shape_verdicts(have.data, identity=False):
        return (
            "gained",
            AccessDelta("unknown", why="the live trust is no document that can be judged"),
            NOTHING,
            (),
        )
    gained, lost = between(want, have, draft.want.arn.split(":")[1])
    public = bool(open_doors(have) - open_doors(want))
    details = ["anyone can assume the role"] if public else []
    details += [
        f"{unique_id} is the id of a role or user that was deleted: apply names the one of today again"
        for unique_id in sorted(deleted_ids(have) - deleted_ids(want))
    ]
    return severity_of(gained, lost, critical=public), gained, lost, tuple(details)
