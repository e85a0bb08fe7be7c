"""Findings that are no difference of a resource that a spec describes: failed expectations, and orphans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.address import Address, Source
from reconciler.core.expectation import Judged
from reconciler.core.finding import Finding


@dataclass(frozen=True, slots=True)
class Owned:
    """A live resource that carries our tag: of which spec, by its kind and name."""

    kind: str
    name: str
    spec: str


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


def of_orphans(owned: tuple[Owned, ...], described: frozenset[tuple[str, str]], specs: Mapping[str, str], account: str) -> Iterator[Finding]:  # fmt: skip
    """What carries the tag of a loaded spec that describes it no more.

    `described` are the kinds and names that the loaded specs describe, `specs` the loaded specs by their files.
    """
    files = {spec: file for file, spec in specs.items()}
    for one in sorted(owned, key=lambda o: (o.kind, o.name)):
        if one.spec not in files or (one.kind, one.name) in described:
            continue
        yield Finding(
            Address(account, one.kind, one.name),
            one.spec,
            "orphan",
            "gained" if one.kind in ("role", "user") else "metadata",
            # The tag proves that the spec described it once, and moved on.
            "pending",
            text=f"belongs to the spec {one.spec}, which describes it no more",
            source=Source(files[one.spec], 1),
        )
