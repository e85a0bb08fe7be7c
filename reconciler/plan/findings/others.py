"""Findings that are no difference of a resource that a spec describes: failed expectations, and orphans."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.address import Address, Source
from reconciler.core.expectation import Judged
from reconciler.core.results.finding import Finding
from reconciler.kinds import KINDS
from reconciler.plan.deletion.orphans import Orphan


def of_expectations(judged: tuple[Judged, ...], account: str, specs: Mapping[str, str]) -> Iterator[Finding]:
    """Those that don't hold; `specs` names the spec of each file."""
    for failed in judged:
        if failed.answer != "no":
            continue
        expectation = failed.expectation
        yield Finding(
            Address(account, "role", expectation.role_name),
            specs.get(expectation.place.file, ""),
            "expectation",
            "gained" if expectation.wanted == "denied" else "lost",
            "unknown",
            item=str(expectation),
            text=f"expected {expectation}, and it is not: {failed.why}",
            source=Source(expectation.place.file, expectation.place.line),
        )


def of_orphans(orphans: Iterable[Orphan]) -> Iterator[Finding]:
    """What carries the tag of a loaded spec that no longer describes it."""
    for orphan in orphans:
        words = (
            "and lets go of it: apply takes the tag off"
            if orphan.is_released
            else "which no longer describes it: plan --prune shows what deleting it takes"
        )
        yield Finding(
            orphan.address,
            orphan.spec,
            "orphan",
            next(kind.ORPHAN_SEVERITY for kind in KINDS if orphan.address.kind == kind.KIND),
            # The tag proves that the spec described it once, and moved on.
            "pending",
            text=f"belongs to the spec {orphan.spec}, {words}",
            source=orphan.source,
        )
