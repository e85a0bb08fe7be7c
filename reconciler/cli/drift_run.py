"""One run of the drift job from the command line: look, keep and tell what came of it, say it."""

from dataclasses import dataclass

from reconciler.app.drift.job import Job
from reconciler.cli import pager, terminal
from reconciler.cli.inputs import Inputs
from reconciler.cli.report_option import GITHUB, complain
from reconciler.core.results.drift import IN_SYNC, PARTLY, Drift
from reconciler.core.results.history import LastResult, changed_lines, transition
from reconciler.core.text import escaped
from reconciler.report.drift.as_json import drift_data
from reconciler.report.drift.github import drift_github
from reconciler.report.drift.text import drift_text, result_line
from reconciler.report.plan.as_json import dumped


@dataclass(frozen=True, slots=True)
class DriftJob:
    """What the command line asks for."""

    inputs: Inputs
    job: Job
    changed_only: bool
    format: str

    def run(self) -> int:
        """Do it; the exit code.

        What was found is said, and counts, also where a report can't be written or sent.

        Raises:
            ReconcileError: nothing could be looked at.
        """
        job = self.job
        known = job.last()
        with terminal.progressing() as progress:
            looked = job.look(self.inputs.client(), progress)
        memory = job.result(looked, known)
        before, now, found = known.past, memory.past, looked.found
        unwritten = job.keep(looked, memory)
        if found is not None and (not self.changed_only or transition(before, now)):
            self._annotate(found)
            self._say(found, before, now)
        complain(unwritten)
        complain(job.tell(looked, memory, self.inputs.target, changes=job.history is not None)[1])
        if found is None:
            if looked.error is None or (self.changed_only and before.failed):
                return 1
            raise looked.error
        code = found.verdict(job.fail_on)
        return 1 if unwritten and code in (IN_SYNC, PARTLY) else code

    def _annotate(self, found: Drift) -> None:
        if (GITHUB, None) in self.job.reports:
            say = terminal.aside if self.format == "json" else terminal.result
            say(drift_github(found))

    def _say(self, found: Drift, before: LastResult, now: LastResult) -> None:
        """Everything; before it what changed since the last run, where only that is asked for."""
        what = transition(before, now) if self.changed_only else ""
        if self.format == "json":
            first = {"transition": what} if what else {}
            pager.show(dumped({**first, **drift_data(found, self.job.fail_on)}))
            return
        if not self.changed_only:
            for note in found.notes:
                terminal.aside(note)
        lines = [what, *changed_lines(before, now)] if what else []
        if what == "recovered":
            text = f"{result_line(found, self.job.fail_on)}\n"
        else:
            text = ("\n" if lines else "") + drift_text(found, self.inputs.style, self.job.fail_on)
        pager.show("".join(f"{escaped(line)}\n" for line in lines) + text)
