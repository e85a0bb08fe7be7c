"""What a plan is made of: each resource as it is desired and as it is, with what would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import Change
from reconciler.core.desired import Desired, boundaries_only
from reconciler.core.observed import Observed


@dataclass(frozen=True, slots=True)
class Comparison:
    """A change with the states it comes from; `have` is None where nothing is there yet."""

    seen: Observed
    want: Any
    have: Any
    change: Change


def live_boundaries_only(
    desired: tuple[Desired, ...], drafts: Iterable[Comparison], blind: frozenset[Address]
) -> frozenset[str]:
    """Those that no live holder has attached either.

    `drafts` are all live holders that are known; `blind` are policies of which they are not.
    """
    attached = {arn for d in drafts for arn in getattr(d.have, "attached", ())}
    unknown = {d.state.arn for d in desired if d.address in blind}
    return boundaries_only(desired) - attached - unknown
