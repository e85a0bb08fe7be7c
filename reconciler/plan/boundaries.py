"""Policies that limit and grant nothing."""

from collections.abc import Iterable

from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.plan.comparison import Comparison


def boundaries_only(desired: tuple[Desired, ...]) -> frozenset[str]:
    """Policies that serve as boundaries and nothing else grant nothing."""
    limits = {getattr(d.state, "boundary", "") for d in desired}
    attached = {arn for d in desired for arn in getattr(d.state, "attached", ())}
    return frozenset(limits - attached - {""})


def live_boundaries_only(
    desired: tuple[Desired, ...], drafts: Iterable[Comparison], blind: frozenset[Address]
) -> frozenset[str]:
    """Those that no live holder has attached either.

    `drafts` are all live holders that are known; `blind` are policies of which they are not.
    """
    attached = {arn for d in drafts for arn in getattr(d.have, "attached", ())}
    unknown = {d.state.arn for d in desired if d.address in blind}
    return boundaries_only(desired) - attached - unknown
