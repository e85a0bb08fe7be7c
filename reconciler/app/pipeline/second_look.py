"""The look right before the first write: whether what is to be changed is still as the plan knows it."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.app.observe.progress import Progress
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.pipeline.deletions import read_departures
from reconciler.app.pipeline.review import Planned
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.change import Change, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError, StalePlan
from reconciler.core.text import escaped
from reconciler.kinds import KINDS
from reconciler.plan import meanwhile, planner
from reconciler.plan.access import lockout
from reconciler.plan.deletion.context import Deletion
from reconciler.plan.deletion.planner import calls_of

_KINDS = {kind.KIND: kind for kind in KINDS}


def what_is_written(planned: Planned) -> tuple[tuple[Desired, ...], tuple[Deletion, ...]]:
    """The resources that the plan has calls for: as they shall be, and those that go."""
    changed = {change.address for change in planned.plan.changes if change.calls}
    return (
        tuple(desired for desired in planned.desired if desired.address in changed),
        tuple(deletion for deletion in planned.deletions if deletion.address in changed),
    )


def check_unchanged(planned: Planned, progress: Progress) -> None:
    """Raise where other calls than the plan's would be sent now.

    Raises:
        StalePlan: somebody else has changed what the plan changes; what, is named.
        PlanError: some of it can't be read any more.
        AwsError: nothing can be read at all.
    """
    progress("looking again at what is to be changed")
    written, deleted = what_is_written(planned)
    reader = Reader(planned.client, specs=planned.tagging)
    again, drafts = compare_with_live(planned.plan.header, written, reader)
    departures, _ = read_departures(deleted, lockout.caller(planned.plan.header.caller), reader)
    unread = (*again.unread, *departures.unread)
    if unread:
        raise PlanError(
            f"{unread[0].address} could not be read again, so nothing is changed: {unread[0].message}",
            "plan again",
        )
    calls: dict[Address, tuple[Call, ...]] = {draft.change.address: draft.change.calls for draft in drafts}
    calls.update((departure.leaving.address, calls_of(departure)) for departure in departures.observed)
    if _sent(calls.values()) == _sent(change.calls for change in planned.plan.changes):
        return
    live = {draft.change.address: planner.live_snapshot(draft) for draft in drafts}
    live.update((d.leaving.address, planner.snapshot(d.leaving.kind, d.have)) for d in departures.observed)
    differing = [change for change in planned.plan.changes if change.calls]
    lines = [line for change in differing for line in _lines(change, live, calls)]
    raise StalePlan(
        "live IAM was changed after it was read, so nothing is changed:\n" + "\n".join(lines),
        "plan again, look at it, and apply that",
    )


def _sent(calls: Iterable[tuple[Call, ...]]) -> frozenset[tuple[str, str]]:
    """What is sent: one call of two resources is sent once."""
    return frozenset((call.operation, call.body) for of_one in calls for call in of_one)


def _lines(
    change: Change, live: Mapping[Address, Snapshot | None], calls: Mapping[Address, tuple[Call, ...]]
) -> Iterator[str]:
    """What somebody else has changed of a resource; where that does not show, what is to be done instead."""
    address = change.address
    was = change.before if change.action != "create" else None
    texts = meanwhile.between(_KINDS[address.kind], address.name, was, live.get(address))
    before, now = _sent([change.calls]), _sent([calls.get(address, ())])
    if not texts and before != now:
        gone, new = sorted(before - now), sorted(now - before)
        texts = (*(f"no longer {name}" for name, _ in gone), *(f"now {name}" for name, _ in new))
    yield from (f"  {address}: {escaped(text)}" for text in texts)
