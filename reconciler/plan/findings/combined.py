"""Differences that are worse together than each by itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.address import Address
from reconciler.core.results.finding import SEVERITIES, Finding, Severity
from reconciler.facets.identity_documents import arns_of, holdings, is_identity
from reconciler.plan.comparison import Comparison
from reconciler.plan.findings.severity import Context, impact_of
from reconciler.plan.ignore import with_live
from reconciler.policy.compare.identity import IdentityPolicies

# What changes what a principal may do.
ACCESS = ("attached", "inline", "boundary")
_GAINS: tuple[Severity, ...] = ("critical", "gained")
_TAKES_PART = (*ACCESS, "groups")


def together(findings: list[Finding], context: Context) -> list[Finding]:
    """What is harmless by itself may not be so with another.

    A limit taken away, and what it limited attached.

    Each is as bad as what it gives to the role as it is, with all the others; and where the role gains more
    by all of them than by any, each is as bad as all.
    """
    policies = {d.change.address: d for d in context.drafts if hasattr(d.want, "document")}
    for draft in context.drafts:
        if draft.have is None or not is_identity(draft.have):
            continue
        parts = [finding for finding in findings if _takes_part(finding, draft, policies)]
        if len(parts) < 2:
            continue
        as_is = context.as_is(draft, draft.have)
        severity, gained, _, details = impact_of(context.desired(draft, draft.want), as_is, context.live)
        if severity not in _GAINS:
            continue
        note = f"together with the other differences of {draft.change.address}"
        worse: dict[str, Finding] = {}
        for part in parts:
            by_it, more, _, remarks = impact_of(_without(part, draft, policies, context), as_is, context.live)
            if by_it in _GAINS and _rank(by_it) < _rank(part.severity):
                worse[part.id] = _raised(part, by_it, more, (note, *remarks))
        if _rank(severity) < min(_rank(worse.get(part.id, part).severity) for part in parts):
            # Each does what another does too: none of them matters by itself.
            worse = {part.id: _raised(part, severity, gained, (note, *details)) for part in parts}
        findings = [worse.get(finding.id, finding) for finding in findings]
    return findings


def _takes_part(finding: Finding, role: Comparison, policies: Mapping[Address, Comparison]) -> bool:
    if finding.address == role.change.address:
        return finding.rule in _TAKES_PART
    held = arns_of(role.want) | arns_of(role.have)
    policy = policies.get(finding.address)
    return finding.rule in ("document", "absent") and policy is not None and policy.want.arn in held


def _without(
    part: Finding, role: Comparison, policies: Mapping[Address, Comparison], context: Context
) -> IdentityPolicies:
    """What the role as it is would hold if this one difference were mended."""
    if part.address != role.change.address:
        want = policies[part.address].want
        have = _holding(role, want.arn) if part.rule == "absent" else role.have
        return context.as_is(role, have, {**context.live, want.arn: want.document})
    if part.field is None:
        return context.as_is(role, role.have)
    if part.rule == "groups":
        return holdings(role.have, context.live, context.groups.mended(role.want.name, part.field))
    mended = replace(part.field, before=part.field.after, after=part.field.before)
    return context.as_is(role, with_live(role.have, role.want, mended))


def _holding(role: Comparison, arn: str) -> Any:
    """The role as it is, with a policy that is not there, where it is to hold that: it is attached then."""
    have, want = role.have, role.want
    if arn in want.attached:
        have = replace(have, attached=have.attached | {arn})
    if getattr(want, "boundary", "") == arn:
        have = replace(have, boundary=arn)
    return have


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def _raised(finding: Finding, severity: Severity, gained: AccessDelta, details: tuple[str, ...]) -> Finding:
    return replace(finding, severity=severity, gained=gained, details=(*finding.details, *details))
