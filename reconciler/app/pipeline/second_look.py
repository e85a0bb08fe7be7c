"""The look right before the first write: whether what is to be changed is still as the plan knows it."""

import json
from collections.abc import Iterable, Iterator, Mapping

from reconciler.app.observe.progress import Progress
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.pipeline.deletions import add_deletions
from reconciler.app.pipeline.review import Planned
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.change import Change, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError, StalePlan
from reconciler.core.observed import Observed
from reconciler.core.text import escaped
from reconciler.kinds import KINDS
from reconciler.plan import meanwhile, planner
from reconciler.plan.deletion.context import Deletion
from reconciler.plan.guard import ALLOWABLE, Consent

_KINDS = {kind.KIND: kind for kind in KINDS}
# The guards have been asked; what no consent lifts is an obstacle.
_ANYTHING = Consent(adopt=True, take_over=True, force=True, allow=frozenset(ALLOWABLE))
_LONGEST = 200


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
    going = {deletion.address for deletion in planned.deletions if deletion.deletes}
    remaining = (tuple(d for d in planned.described if d.address not in going), planned.drafts)
    again = add_deletions(again, deleted, remaining, planned.today, reader, _ANYTHING, is_all=True)
    if again.unread:
        raise PlanError(
            f"{again.unread[0].address} could not be read again, so nothing is changed:"
            f" {again.unread[0].message}",
            "plan again",
        )
    now = {change.address: change for change in again.changes}
    new = _sent(change.calls for change in now.values())
    old = _sent(change.calls for change in planned.plan.changes)
    if new == old:
        return
    live = {draft.change.address: planner.live_snapshot(draft) for draft in drafts}
    live.update((d.address, _live(d, observed)) for d, observed in _read(deleted, reader))
    differing = [change for change in planned.plan.changes if change.calls]
    lines = [line for change in differing for line in _changed(change, live, now.get(change.address))]
    if not lines:
        lines = [f"  no longer {_call(*sent)}" for sent in sorted(old - new)]
        lines += [f"  now {_call(*sent)}" for sent in sorted(new - old)]
    raise StalePlan(
        "live IAM was changed after it was read, so nothing is changed:\n" + "\n".join(lines),
        "plan again, look at it, and apply that",
    )


def _read(deleted: tuple[Deletion, ...], reader: Reader) -> Iterator[tuple[Deletion, Observed]]:
    """What was read of them a moment ago."""
    yield from zip(deleted, reader.resources(deleted), strict=True)


def _live(deletion: Deletion, observed: Observed) -> Snapshot | None:
    have = deletion.kind.from_answers(deletion.state, observed.answers)
    return None if have is None else planner.snapshot(deletion.kind, have)


def _sent(calls: Iterable[tuple[Call, ...]]) -> frozenset[tuple[str, str]]:
    """What is sent: one call of two resources is sent once."""
    return frozenset((call.operation, call.body) for of_one in calls for call in of_one)


def _call(operation: str, body: str) -> str:
    """The call with what it is about."""
    values = [str(value) for value in json.loads(body).values() if isinstance(value, str)]
    return escaped(" ".join([operation, *(value for value in values if len(value) < _LONGEST)]))


def _changed(change: Change, live: Mapping[Address, Snapshot | None], now: Change | None) -> Iterator[str]:
    """What somebody else has changed of a resource, and what stands in the way now."""
    address = change.address
    was = change.before if change.action != "create" else None
    texts = meanwhile.between(_KINDS[address.kind], address.name, was, live.get(address))
    obstacles = [text for text in now.obstacles if text not in change.obstacles] if now else []
    yield from (f"  {address}: {escaped(text)}" for text in (*texts, *obstacles))
