"""One run of the drift job: look, write the reports, remember the result, tell people. Nothing is printed here."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.app import notifying, past, reporting
from reconciler.app.drifting import Asked, drift
from reconciler.app.notifying import Recipient
from reconciler.app.offline import Request
from reconciler.app.online import Progress
from reconciler.aws.session import Client, Target
from reconciler.core.drift import Drift, FailOn
from reconciler.core.errors import OutOfTime, ReconcileError
from reconciler.core.history import Past, result
from reconciler.report.drift_message import Told, change_message, result_message
from reconciler.report.drift_prometheus import Ran

_SUMMARY = "GITHUB_STEP_SUMMARY"
# A format, and a file; none for GitHub's annotations on standard output.
Report = tuple[str, Path | None]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to: a run, or the error for which nothing could be looked at."""

    found: Drift | None
    error: ReconcileError | None
    ran: Ran


@dataclass(frozen=True, slots=True)
class Job:
    """What a job is asked for."""

    request: Request
    asked: Asked
    fail_on: FailOn
    reports: tuple[Report, ...] = ()
    history: Path | None = None
    recipients: tuple[Recipient, ...] = ()

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from other jobs, for the history."""
        return (*self.request.paths, *self.request.only)

    def last(self) -> Past:
        """What the last run came to, as the history has it.

        Raises:
            PlanError: it is no history, or that of another job.
        """
        return past.read(self.history, self.name) if self.history else Past()

    def look(self, client: Client, progress: Progress) -> Looked:
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
        return Looked(found, failed, Ran(time.time(), time.monotonic() - began))

    def result(self, looked: Looked, before: Past) -> Past:
        """What is to be remembered of it."""
        return result(looked.found, self.fail_on, before)

    def keep(self, looked: Looked, now: Past) -> list[ReconcileError]:
        """Write the reports and the history; the errors of what can't be written."""
        errors: list[ReconcileError] = []
        for format_, file in self.reports:
            try:
                self._write(format_, file, looked)
            except ReconcileError as error:
                errors.append(error)
        try:
            if self.history:
                past.write(self.history, self.name, now)
        except ReconcileError as error:
            errors.append(error)
        return errors

    def _write(self, format_: str, file: Path | None, looked: Looked) -> None:
        if file is not None:
            reporting.written(format_, file, looked.found, self.fail_on, looked.ran)
        elif looked.found is not None and os.environ.get(_SUMMARY):
            reporting.summarised(Path(os.environ[_SUMMARY]), looked.found, self.fail_on)

    def tell(self, looked: Looked, known: Sequence[Past], now: Past, target: Target, *, changes: bool) -> list[ReconcileError | None]:  # fmt: skip
        """Tell each of the recipients what changed since what it knew, or the result where that is not clean.

        For each the error where that could not be sent.
        """
        made = change_message if changes else result_message
        places = tuple(str(file.absolute()) for _, file in self.reports if file is not None)
        name = " ".join(self.name)
        told = [Told(looked.found, looked.error, before, now, name, places) for before in known]
        return notifying.send(self.recipients, [made(one, self.fail_on) for one in told], target)
