"""One run of the drift job from the command line: look, write the reports, remember the result, say it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from reconciler.app import past, reporting
from reconciler.app.drifting import Asked, drift
from reconciler.cli import terminal
from reconciler.cli.connecting import Inputs
from reconciler.cli.reports import GITHUB, Report, complain
from reconciler.core.drift import IN_SYNC, PARTLY, Drift, FailOn
from reconciler.core.errors import ReconcileError
from reconciler.core.history import Past, changed_lines, result, transition
from reconciler.core.text import escaped
from reconciler.report.as_json import dumped
from reconciler.report.drift_github import drift_github
from reconciler.report.drift_json import drift_data
from reconciler.report.drift_prometheus import Ran
from reconciler.report.drift_text import drift_text, result_line

_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class DriftJob:
    """What the command line asks for."""

    inputs: Inputs
    asked: Asked
    fail_on: FailOn
    reports: tuple[Report, ...]
    history: Path | None
    changed_only: bool
    format: str

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from other jobs, for the history."""
        return (*self.inputs.request.paths, *self.inputs.request.only)

    def run(self) -> int:
        """Do it; the exit code. What was found is said, and counts, also where a report can't be written.

        Raises:
            ReconcileError: nothing could be looked at.
        """
        before = past.read(self.history, self.name) if self.history else Past()
        began = time.monotonic()
        try:
            with terminal.progressing() as progress:
                found = drift(self.inputs.request, self.inputs.client(), self.asked, progress)
        except ReconcileError:
            complain([*self._written(None, began), *self._kept(result(None, self.fail_on, before))])
            if self.changed_only and before.failed:
                return 1
            raise
        now = result(found, self.fail_on, before)
        unwritten = [*self._written(found, began), *self._kept(now)]
        if not self.changed_only or transition(before, now):
            self._annotate(found)
            self._say(found, before, now)
        complain(unwritten)
        code = found.verdict(self.fail_on)
        return 1 if unwritten and code in (IN_SYNC, PARTLY) else code

    def _written(self, found: Drift | None, began: float) -> list[ReconcileError]:
        """Write what can be written; the errors of what can't."""
        ran = Ran(time.time(), time.monotonic() - began)
        errors: list[ReconcileError] = []
        for format_, file in self.reports:
            try:
                if file is not None:
                    reporting.written(format_, file, found, self.fail_on, ran)
                elif found is not None and os.environ.get(_SUMMARY):
                    reporting.summarised(Path(os.environ[_SUMMARY]), found, self.fail_on)
            except ReconcileError as error:
                errors.append(error)
        return errors

    def _kept(self, now: Past) -> list[ReconcileError]:
        try:
            if self.history:
                past.write(self.history, self.name, now)
        except ReconcileError as error:
            return [error]
        return []

    def _annotate(self, found: Drift) -> None:
        if (GITHUB, None) in self.reports:
            say = terminal.aside if self.format == "json" else terminal.result
            say(drift_github(found))

    def _say(self, found: Drift, before: Past, now: Past) -> None:
        """Everything; before it what changed since the last run, where only that is asked for."""
        what = transition(before, now) if self.changed_only else ""
        if self.format == "json":
            first = {"transition": what} if what else {}
            terminal.result(dumped({**first, **drift_data(found, self.fail_on)}))
            return
        if not self.changed_only:
            for note in found.notes:
                terminal.aside(note)
        lines = [what, *changed_lines(before, now)] if what else []
        if what == "recovered":
            text = f"{result_line(found, self.fail_on)}\n"
        else:
            text = ("\n" if lines else "") + drift_text(found, self.inputs.style, self.fail_on)
        terminal.result("".join(f"{escaped(line)}\n" for line in lines) + text)
