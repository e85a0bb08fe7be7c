"""Reads what is desired and compares: a difference is shown only as the resource itself tells it."""

from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.core.plan import Header, Plan
from reconciler.plan import planner, recheck
from reconciler.plan.comparison import Draft, Seen


def look(header: Header, desired: tuple[Desired, ...], reader: Reader) -> tuple[Plan, tuple[Draft, ...]]:
    """The plan, and the drafts that it is made of.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    seen = reader.resources(desired)
    drafts = planner.drafted(seen)
    doubted = tuple(draft.seen.desired for draft in recheck.doubtful(drafts))
    if doubted:
        asked = {one.desired.address: one for one in reader.again(doubted)}
        seen = tuple(asked.get(one.desired.address, one) for one in seen)
        known = {draft.seen.desired.address: draft for draft in drafts}
        drafts = tuple(_draft(one, known) for one in seen if one.error is None)
    return planner.assembled(header, seen, drafts)


def _draft(seen: Seen, known: dict[Address, Draft]) -> Draft:
    draft = known[seen.desired.address]
    return draft if draft.seen is seen else planner.drafted((seen,))[0]
