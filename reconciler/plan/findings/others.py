"""Findings that are no difference of a resource that a spec describes: failed expectations, and orphans."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.address import Address, Source
from reconciler.core.expectation import Judged
from reconciler.core.results.finding import Finding
from reconciler.plan.deletion.orphans import Orphan


def of_expectations(judged: tuple[Judged, ...], account: str, specs: Mapping[str, str]) -> Iterator[Finding]:
    """Those that don't hold; `specs` names the spec of each file."""
    for one in judged:
        if one.answer != "no":
            continue
        expectation = one.expectation
        yield Finding(
            Address(account, "role", expectation.role_name),
            specs.get(expectation.place.file, ""),
            "expectation",
            "gained" if expectation.wanted == "denied" else "lost",
            "unknown",
            item=str(expectation),
            text=f"expected {expectation}, and it is not: {one.why}",
            source=Source(expectation.place.file, expectation.place.line),
        )


def of_orphans(found: Iterable[Orphan]) -> Iterator[Finding]:
    """What carries the tag of a loaded spec that describes it no more."""
    for one in found:
        words = (
            "and lets go of it: apply takes the tag off"
            if one.is_released
            else "which describes it no more: plan --prune shows what deleting it takes"
        )
        yield Finding(
            one.address,
            one.spec,
            "orphan",
            "gained" if one.address.kind in ("role", "user") else "metadata",
            # The tag proves that the spec described it once, and moved on.
            "pending",
            text=f"belongs to the spec {one.spec}, {words}",
            source=one.source,
        )
