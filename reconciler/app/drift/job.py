"""One run of the drift job: look, write the reports, remember the result, tell people.

Nothing is printed here.
"""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.app import report_files
from reconciler.app.drift import history_file, notify
from reconciler.app.drift.notify import Recipient
from reconciler.app.drift.run import DriftScope, drift
from reconciler.app.plan import Progress
from reconciler.app.report_files import Report
from reconciler.app.specs import SpecSelection
from reconciler.aws.client import Client, Target
from reconciler.core.errors import OutOfTime, ReconcileError
from reconciler.core.results.drift import Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.core.results.history import LastResult, result, transition
from reconciler.report.drift.message import Notification, change_message, result_message
from reconciler.report.drift.prometheus import RunTimes

_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a look came to: a run, or the error for which nothing could be looked at.

    `unseen` is what runs before it found and it could not look at, for whoever remembers that.
    """

    found: Drift | None
    error: ReconcileError | None
    ran: RunTimes
    unseen: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """The last result, and that of which each recipient knows: what could not be sent is made up for."""

    past: LastResult
    known: tuple[LastResult, ...]
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a job is asked for."""

    request: SpecSelection
    asked: DriftScope
    fail_on: FailOn
    reports: tuple[Report, ...] = ()
    history: Path | None = None
    recipients: tuple[Recipient, ...] = ()

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from other jobs, for the history."""
        return (*self.request.paths, *self.request.only)

    def last(self) -> Memory:
        """What the last run came to, as the history has it.

        Raises:
            PlanError: it is no history, or that of another job.
        """
        kept = history_file.read(self.history, self.name) if self.history else history_file.History()
        salt = kept.salt or os.urandom(16).hex()
        known = tuple(kept.untold.get(one.mark(salt), kept.past) for one in self.recipients)
        return Memory(kept.past, known, salt)

    def look(self, client: Client, progress: Progress) -> RunResult:
        """Look; the specs are loaded for it.

        Raises:
            OutOfTime: the client was told to leave.
        """
        began = time.monotonic()
        found, failed = None, None
        try:
            found = drift(self.request, client, self.asked, progress)
        except OutOfTime:
            raise
        except ReconcileError as error:
            failed = error
        return RunResult(found, failed, RunTimes(time.time(), time.monotonic() - began, self.request.paths))

    def result(self, looked: RunResult, before: Memory) -> Memory:
        """What is to be remembered of it, as long as nobody is told."""
        return replace(before, past=result(looked.found, self.fail_on, before.past))

    def keep(self, looked: RunResult, memory: Memory) -> list[ReconcileError]:
        """Write the reports and the history; the errors of what can't be written."""
        errors: list[ReconcileError] = []
        for format_, file in self.reports:
            try:
                self._write(format_, file, looked)
            except ReconcileError as error:
                errors.append(error)
        return errors + self._remember(memory)

    def _remember(self, memory: Memory) -> list[ReconcileError]:
        """Those who are not yet told are in the history before anything is sent.

        A run that is cut off loses no message.
        """
        untold = {
            one.mark(memory.salt): known
            for one, known in zip(self.recipients, memory.known, strict=True)
            if transition(known, memory.past)
        }
        try:
            if self.history:
                history_file.write(
                    self.history,
                    self.name,
                    history_file.History(memory.past, untold, memory.salt if untold else ""),
                )
        except ReconcileError as error:
            return [error]
        return []

    def _write(self, format_: str, file: Path | None, looked: RunResult) -> None:
        if file is not None:
            report_files.written(format_, file, looked.found, self.fail_on, looked.ran, looked.unseen)
        elif looked.found is not None and os.environ.get(_SUMMARY):
            report_files.summarised(Path(os.environ[_SUMMARY]), looked.found, self.fail_on)

    def tell(
        self, looked: RunResult, memory: Memory, target: Target, *, changes: bool
    ) -> tuple[Memory, list[ReconcileError]]:
        """Tell each of the recipients what changed since what it knew, or the result where that is not clean.

        What each knows then, and the errors of what could not be sent.
        """
        made = change_message if changes else result_message
        places = tuple(str(file.absolute()) for _, file in self.reports if file is not None)
        name, now = " ".join(self.name), memory.past
        told = [
            Notification(looked.found, looked.error, before, now, name, places) for before in memory.known
        ]
        messages = [made(one, self.fail_on) for one in told]
        unsent = notify.send(self.recipients, messages, target)
        known = (before if wrong else now for before, wrong in zip(memory.known, unsent, strict=True))
        after = replace(memory, known=tuple(known))
        errors = [error for error in unsent if error is not None]
        return after, errors + (self._remember(after) if any(messages) else [])
