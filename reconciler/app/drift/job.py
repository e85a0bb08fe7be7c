"""One run of the drift job: look, write the reports, remember the result, tell people.

Nothing is printed here.
"""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.app.drift import history_file, notify
from reconciler.app.drift.notify import Recipient
from reconciler.app.drift.run import DriftScope, drift
from reconciler.app.observe.progress import Progress
from reconciler.app.output import drift_reports
from reconciler.app.request import Report, SpecSelection
from reconciler.aws.client import Client, Target
from reconciler.core.errors import OutOfTime, ReconcileError
from reconciler.core.results.drift import Drift, FailOn, RunTimes
from reconciler.core.results.finding import Finding
from reconciler.core.results.history import LastResult, result, transition
from reconciler.report.drift.message import Notification, change_message, result_message

_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run came to: its differences, or the error for which nothing could be read.

    `unseen` are findings of earlier runs that this run could not look at.
    """

    drift: Drift | None
    error: ReconcileError | None
    ran: RunTimes
    unseen: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """The last result, and the result that each recipient knows: what could not be sent is sent later."""

    past: LastResult
    known: tuple[LastResult, ...]
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a drift job is to do."""

    request: SpecSelection
    asked: DriftScope
    fail_on: FailOn
    reports: tuple[Report, ...] = ()
    history: Path | None = None
    recipients: tuple[Recipient, ...] = ()

    @property
    def name(self) -> tuple[str, ...]:
        """What makes it different from other jobs, for the history."""
        environment = (f"-e {self.request.environment}",) if self.request.environment else ()
        return (*self.request.named, *environment, *self.request.only)

    def last(self) -> Memory:
        """What the last run came to, as the history has it.

        Raises:
            PlanError: it is no history, or that of another job.
        """
        kept = history_file.read(self.history, self.name) if self.history else history_file.History()
        salt = kept.salt or os.urandom(16).hex()
        known = tuple(kept.untold.get(recipient.mark(salt), kept.past) for recipient in self.recipients)
        return Memory(kept.past, known, salt)

    def look(self, client: Client, progress: Progress) -> RunResult:
        """Look; the specs are loaded for it.

        Raises:
            OutOfTime: the client was told to leave.
        """
        began = time.monotonic()
        differences, failure = None, None
        try:
            differences = drift(self.request.anew(), client, self.asked, progress)
        except OutOfTime:
            raise
        except ReconcileError as error:
            failure = error
        return RunResult(
            differences, failure, RunTimes(time.time(), time.monotonic() - began, self.request.arguments)
        )

    def result(self, run_result: RunResult, before: Memory) -> Memory:
        """What to remember of it, before anybody is told."""
        return replace(before, past=result(run_result.drift, self.fail_on, before.past))

    def keep(self, run_result: RunResult, memory: Memory) -> list[ReconcileError]:
        """Write the reports and the history; the errors of what can't be written."""
        errors: list[ReconcileError] = []
        for format_, file in self.reports:
            try:
                self._write(format_, file, run_result)
            except ReconcileError as error:
                errors.append(error)
        return errors + self._remember(memory)

    def _remember(self, memory: Memory) -> list[ReconcileError]:
        """Write the history before anything is sent, with the recipients that are not yet told.

        So a run that is cut off loses no message.
        """
        untold = {
            recipient.mark(memory.salt): known
            for recipient, known in zip(self.recipients, memory.known, strict=True)
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

    def _write(self, format_: str, file: Path | None, run_result: RunResult) -> None:
        if file is not None:
            drift_reports.written(
                format_, file, run_result.drift, self.fail_on, run_result.ran, run_result.unseen
            )
        elif run_result.drift is not None and os.environ.get(_SUMMARY):
            drift_reports.summarised(Path(os.environ[_SUMMARY]), run_result.drift, self.fail_on)

    def tell(
        self, run_result: RunResult, memory: Memory, target: Target, *, changes: bool
    ) -> tuple[Memory, list[ReconcileError]]:
        """Tell each recipient what changed since the result that it knows, or a result that is not clean.

        Returns what each knows then, and the errors of what could not be sent.
        """
        message_of = change_message if changes else result_message
        places = tuple(str(file.absolute()) for _, file in self.reports if file is not None)
        name, now = " ".join(self.name), memory.past
        notifications = [
            Notification(run_result.drift, run_result.error, before, now, name, places)
            for before in memory.known
        ]
        messages = [message_of(notification, self.fail_on) for notification in notifications]
        unsent = notify.send(self.recipients, messages, target)
        known = (before if wrong else now for before, wrong in zip(memory.known, unsent, strict=True))
        after = replace(memory, known=tuple(known))
        errors = [error for error in unsent if error is not None]
        return after, errors + (self._remember(after) if any(messages) else [])
