"""Reads what is desired and compares it: a difference counts only if the resource itself shows it."""

from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.core.observed import Observed
from reconciler.core.plan import Header, Plan
from reconciler.plan import planner, recheck
from reconciler.plan.comparison import Comparison


def compare_with_live(
    header: Header, desired: tuple[Desired, ...], reader: Reader
) -> tuple[Plan, tuple[Comparison, ...]]:
    """The plan, and the drafts that it is made of.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    seen = reader.resources(desired)
    drafts = planner.compare(seen)
    doubted = tuple(draft.seen.desired for draft in recheck.doubtful(drafts))
    if doubted:
        asked = {observed.desired.address: observed for observed in reader.again(doubted)}
        seen = tuple(asked.get(observed.desired.address, observed) for observed in seen)
        known = {draft.seen.desired.address: draft for draft in drafts}
        drafts = tuple(_draft(observed, known) for observed in seen if observed.error is None)
    return planner.assemble(header, seen, drafts)


def _draft(seen: Observed, known: dict[Address, Comparison]) -> Comparison:
    draft = known[seen.desired.address]
    return draft if draft.seen is seen else planner.compare((seen,))[0]
