"""Orphans: what carries the tag of a spec that no longer describes it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.address import Address, Source
from reconciler.core.desired import Removed
from reconciler.facets import tags
from reconciler.facets.mark import NO_MARKS, SpecMarks
from reconciler.facets.reads.sweep import Tagged


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live resource that its spec no longer describes; `is_released` where `removed:` names it.

    `whose` says whose it is by its mark, if not this spec's own.
    """

    address: Address
    arn: str
    spec: str
    source: Source
    is_released: bool
    whose: str = ""


def orphans(
    owned: Iterable[Tagged],
    described: Mapping[tuple[str, str], str],
    specs: Mapping[str, str],
    removed: tuple[Removed, ...],
    account: str,
    marks: Mapping[str, SpecMarks],
) -> Iterator[Orphan]:
    """Those of the specs in `specs`, which has their files; `marks` are those that they may bear.

    `described` has the ARN of what any spec describes, by kind and name. A policy on another path is not that
    which is described: IAM finds policies by their ARNs.
    """
    for resource in sorted(set(owned)):
        arn = described.get((resource.kind, resource.name))
        if resource.spec not in specs or (
            arn is not None and (resource.kind != "policy" or arn == resource.arn)
        ):
            continue
        address = Address(account, resource.kind, resource.name)
        released = [r for r in removed if r.spec == resource.spec and address.matches(r.pattern)]
        source = released[0].source if released else Source(specs[resource.spec], 1)
        whose = marks.get(resource.spec, NO_MARKS).whose_else(tags.mark_of(resource.applied))
        yield Orphan(address, resource.arn, resource.spec, source, bool(released), whose)
