"""The use case of `reconcile apply`: sends the calls of a plan, then reads back what was written."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reconciler.app.observe.progress import Progress
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.pipeline.deletions import add_deletions
from reconciler.app.pipeline.later_changes import changed_since, versions_of_others
from reconciler.app.pipeline.review import Planned
from reconciler.app.pipeline.second_look import what_is_written
from reconciler.aws.executor import execute
from reconciler.aws.journal import Journal, default_path
from reconciler.aws.reader import Reader
from reconciler.core.errors import AwsError, PlanError, UnsafePlan
from reconciler.core.plan import Plan
from reconciler.core.results.outcome import Applied, CallOutcome
from reconciler.core.text import plural
from reconciler.plan import guard, stand_in_servers

_READ_BACK_PAUSES: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass(frozen=True, slots=True)
class Result:
    """What an apply came to. `left` is the plan of the last read: empty when all is as the specs say.

    `others` is what somebody else has changed meanwhile, in words, as far as it shows.
    """

    applied: Applied
    journal: Path
    left: Plan | None
    others: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.applied.interrupted:
            return "interrupted"
        if not self.applied.complete:
            return "failed"
        if self.denied:
            return "not read back"
        if self.left is None or not (self.left.calls or self.left.unread):
            return "done"
        if stand_in_servers.stays(self.left):
            return "kept otherwise"
        return "changed meanwhile" if self.others else "not yet visible"

    @property
    def denied(self) -> tuple[str, ...]:
        """The permissions that were missing for reading back."""
        return denied(self.left) if self.left else ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """What a server that is not AWS may store differently, where nothing else differs."""
        return stand_in_servers.explain(self.left) if self.left else ()


def denied(plan: Plan) -> tuple[str, ...]:
    """The permissions that are missing, so that not everything could be read."""
    return tuple(sorted({unread.permission for unread in plan.unread if unread.permission}))


def apply(
    planned: Planned,
    journal_path: Path | None,
    stop: threading.Event,
    progress: Progress,
    report: Callable[[CallOutcome], None],
) -> Result:
    """Carry the plan out, then read back until live is as desired or the deadline is over.

    Raises:
        PlanError: a guard refuses, or not everything could be read.
    """
    check_may_apply(planned.plan)
    path = journal_path or default_path(planned.plan.header.account)
    total, done = len(planned.plan.calls), 0

    def counted(outcome: CallOutcome) -> None:
        nonlocal done
        done += 1
        progress(f"writing {done} of {total} calls")
        report(outcome)

    with Journal(path) as journal:
        journal.plan(planned.plan, planned.folders)
        applied = execute(planned.plan.calls, planned.client, journal, stop, counted)
    if not applied.complete or applied.interrupted:
        return Result(applied, path, None)
    left, others = _read_back(planned, stop, progress)
    return Result(applied, path, left, (*versions_of_others(planned, applied), *others))


def check_may_apply(plan: Plan) -> None:
    """Raise if the plan must not be carried out as it is.

    Raises:
        PlanError: not everything could be read.
        UnsafePlan: a guard objects.
    """
    if plan.unread:
        missing = denied(plan)
        raise PlanError(
            f"{plural(len(plan.unread), 'resource')} could not be read, so nothing is changed",
            f"allow {', '.join(missing)} to the caller" if missing else "see the plan for the reason",
        )
    if plan.refusals:
        wanted = sorted({r.consent for r in plan.refusals if r.consent})
        advice = (
            f"if that is what you want: {' '.join(wanted)}"
            if wanted
            else "change the spec, or the account by hand"
        )
        raise UnsafePlan(f"{plural(len(plan.refusals), 'objection')}, so nothing is changed", advice)


def _read_back(planned: Planned, stop: threading.Event, progress: Progress) -> tuple[Plan, tuple[str, ...]]:
    """The plan for what still differs after the writes, of what was written; and what others have changed.

    IAM may take a while until it shows writes.
    """
    left = planned.plan
    others: tuple[str, ...] = ()
    written, deleted = what_is_written(planned)
    for pause in _READ_BACK_PAUSES:
        if stop.wait(pause):
            break
        progress("reading back what was written")
        try:
            reader = Reader(planned.client, specs=planned.tagging)
            left, drafts = compare_with_live(planned.plan.header, written, reader)
            left = add_deletions(left, deleted, ((), ()), date.max, reader, guard.Consent(), is_all=True)
        except AwsError:
            continue  # what was done is reported all the same
        others = () if stand_in_servers.stays(left) else changed_since(planned.plan, drafts)
        # Waiting brings no permission, teaches no server what it does not do, and takes back nothing.
        if denied(left) or others or not (left.calls or left.unread) or stand_in_servers.stays(left):
            break
    return left, others
