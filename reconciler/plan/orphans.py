"""Orphans: what carries the tag of a spec that describes it no more."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.address import Address, Source
from reconciler.parts.sweep import Tagged
from reconciler.plan.desired import Removed


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live resource that its spec describes no more; `is_released` where `removed:` names it."""

    address: Address
    arn: str
    spec: str
    source: Source
    is_released: bool


def orphans(owned: Iterable[Tagged], described: Collection[tuple[str, str]], specs: Mapping[str, str], removed: tuple[Removed, ...], account: str) -> Iterator[Orphan]:  # fmt: skip
    """Those of the specs in `specs`, which has their files; `described` are the kinds and names that any spec describes."""
    for one in sorted(set(owned)):
        if one.spec not in specs or (one.kind, one.name) in described:
            continue
        address = Address(account, one.kind, one.name)
        released = [r for r in removed if r.spec == one.spec and address.matches(r.pattern)]
        source = released[0].source if released else Source(specs[one.spec], 1)
        yield Orphan(address, one.arn, one.spec, source, bool(released))
