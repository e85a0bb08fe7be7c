"""Policies that limit and grant nothing."""

from reconciler.plan.desired import Desired


def boundaries_only(desired: tuple[Desired, ...]) -> frozenset[str]:
    """Policies that serve as boundaries and nothing else grant nothing."""
    limits = {getattr(d.state, "boundary", "") for d in desired}
    attached = {arn for d in desired for arn in getattr(d.state, "attached", ())}
    return frozenset(limits - attached - {""})
