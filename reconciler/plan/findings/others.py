"""Findings that are no difference of a resource that a spec describes: failed expectations, and orphans."""

from collections.abc import Iterable, Iterator

from reconciler.core.address import Address, Source
from reconciler.core.expectation import Judged
from reconciler.core.problems import Located
from reconciler.core.results.finding import Finding
from reconciler.core.text import owned_by
from reconciler.kinds import KINDS
from reconciler.plan.deletion.orphans import Orphan


def of_expectations(judged: tuple[Judged, ...], account: str) -> Iterator[Finding]:
    """Those that don't hold."""
    for failed in judged:
        if failed.answer != "no":
            continue
        expectation = failed.expectation
        yield Finding(
            Address(account, "role", expectation.role_name),
            expectation.spec,
            "expectation",
            "gained" if expectation.wanted == "denied" else "lost",
            "unknown",
            item=str(expectation),
            text=f"expected {expectation}, and it is not: {failed.why}",
            source=_source(expectation.place),
        )


def _source(place: Located) -> Source:
    """Where it is said: of a template, where that is used."""
    if not place.used_at:
        return Source(place.file, place.line)
    file, line, _ = place.used_at.rsplit(":", 2)
    return Source(file, int(line), f"{place.file}:{place.line}")


def of_orphans(orphans: Iterable[Orphan]) -> Iterator[Finding]:
    """What carries the tag of a loaded spec that no longer describes it."""
    for orphan in orphans:
        words = (
            "which lets go of it: apply takes the tag off"
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
            text=f"{owned_by(orphan.spec)}, {words}",
            source=orphan.source,
        )
