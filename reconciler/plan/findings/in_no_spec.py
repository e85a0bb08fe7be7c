"""What of an account is in no loaded spec: findings, what is known of, what belongs to other specs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.call import Answers
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.observed import Observed
from reconciler.core.plan import Unread
from reconciler.core.principal_view import PrincipalView
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.results.unmanaged import (
    Coverage,
    LeftInNoSpec,
    Unmanaged,
    UnmanagedRules,
)
from reconciler.kinds import KINDS
from reconciler.plan.access.memberships import LiveMemberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.findings.severity import Effect
from reconciler.plan.findings.unmanaged import Undescribed, UndescribedResources, effect_of, finding_of
from reconciler.plan.principal_views import principal_views

# A page with more pictures is read by nobody.
_MOST_PICTURES = 100


@dataclass(frozen=True, slots=True)
class InNoSpec:
    """The findings, worst first, what is beside them, and pictures of the principals that they are about."""

    findings: tuple[Finding, ...]
    unmanaged: Unmanaged
    unread: tuple[Unread, ...]
    pictures: tuple[PrincipalView, ...]
    effects: Mapping[Address, Effect]
    unproven: Mapping[Address, str]

    def judged(self, orphan: Finding) -> Finding:
        """The finding of an orphan, at least as bad as what that lets somebody do."""
        if orphan.address not in self.effects:
            return orphan
        severity, gained, _, details = self.effects[orphan.address]
        details = (*details, *((self.unproven[orphan.address],) if self.unproven[orphan.address] else ()))
        worst = min(severity, orphan.severity, key=SEVERITIES.index)
        return replace(orphan, severity=worst, gained=gained, details=(*orphan.details, *details))


def in_no_spec(
    undescribed: UndescribedResources,
    counts: tuple[int, int],
    coverage: Coverage,
    rules: UnmanagedRules,
    today: date,
    *,
    is_whole: bool,
) -> InNoSpec:
    """All of it. `counts` are of AWS's own and of what loaded specs describe.

    `is_whole` is whether all specs that were named are loaded: else what belongs to others may be theirs.
    """
    findings, ignored, outside = _sorted_out(undescribed, coverage, rules, today)
    if coverage.complete and is_whole:
        findings += _orphans(undescribed, coverage)
    findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), finding.address))
    unmanaged = Unmanaged(
        undescribed.addresses,
        *counts,
        tuple(undescribed.owned[address] for address in sorted(undescribed.owned)),
        ignored,
        outside,
        rules.fail_on,
    )
    effects = {orphan.address: effect_of(orphan, undescribed.live) for orphan in undescribed.orphans}
    pictures = _pictures(findings, undescribed)
    unproven = {orphan.address: orphan.unproven for orphan in undescribed.orphans}
    return InNoSpec(tuple(findings), unmanaged, undescribed.unread, pictures, effects, unproven)


def _sorted_out(
    undescribed: UndescribedResources, coverage: Coverage, rules: UnmanagedRules, today: date
) -> tuple[list[Finding], tuple[LeftInNoSpec, ...], int]:
    """The findings, what is known of, and how many are outside what the specs are about."""
    findings: list[Finding] = []
    ignored: list[LeftInNoSpec] = []
    outside = 0
    for resource in undescribed.resources:
        if resource.address in undescribed.owned:
            continue
        if not coverage.has(resource.address.kind, resource.path) and not undescribed.live.holds_ours(
            resource
        ):
            outside += 1
            continue
        known = next((entry for entry in rules.ignore if entry.fits(resource.address, today)), None)
        if known is not None:
            ignored.append(LeftInNoSpec(str(resource.address), known.reason))
        else:
            ended = tuple(
                f"was known until {entry.until}: {entry.reason}"
                for entry in rules.ignore
                if resource.address.matches(entry.match)
            )
            finding = finding_of(resource, undescribed.live)
            findings.append(replace(finding, details=(*finding.details, *ended)))
    return findings, tuple(ignored), outside


def _orphans(undescribed: UndescribedResources, coverage: Coverage) -> Iterator[Finding]:
    """What belongs to specs that are not loaded, where nothing should."""
    for resource in undescribed.resources:
        owner = undescribed.owned.get(resource.address)
        if owner is None or owner.is_of_project or not coverage.has(resource.address.kind, resource.path):
            continue
        severity, gained, _, details = effect_of(resource, undescribed.live)
        least = next(kind.ORPHAN_SEVERITY for kind in KINDS if resource.address.kind == kind.KIND)
        yield Finding(
            resource.address,
            owner.spec,
            "orphan",
            min(severity, least, key=SEVERITIES.index),
            "unknown",
            text=owner.words,
            gained=gained,
            details=details,
        )


def _pictures(findings: list[Finding], undescribed: UndescribedResources) -> tuple[PrincipalView, ...]:
    by_address = {resource.address: resource for resource in undescribed.resources}
    shown = [by_address[finding.address] for finding in findings if by_address[finding.address].state]
    live = undescribed.live
    drafts = tuple(map(_unchanged, shown[:_MOST_PICTURES]))
    return principal_views(drafts, live.documents, LiveMemberships({}, live.groups))


def _unchanged(resource: Undescribed) -> Comparison:
    kind = next(kind for kind in KINDS if resource.address.kind == kind.KIND)
    state: Any = resource.state
    desired = Desired(resource.address, kind, state, "", Source("", 0))
    return Comparison(Observed(desired, Answers({})), state, state, Change(resource.address, "none"))
