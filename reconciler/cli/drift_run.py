"""One run of the drift job from the command line: look, write the reports, print, notify."""

from dataclasses import dataclass

from reconciler.app.drift.job import Job
from reconciler.cli import pager, terminal
from reconciler.cli.inputs import Inputs
from reconciler.cli.report_option import GITHUB, complain
from reconciler.core.results.drift import IN_SYNC, PARTLY, Drift, RunTimes
from reconciler.core.results.history import LastResult, changed_lines, transition
from reconciler.core.text import escaped
from reconciler.report.drift import FORMATS
from reconciler.report.drift.as_json import drift_data
from reconciler.report.drift.text import result_line
from reconciler.report.plan.as_json import dumped


@dataclass(frozen=True, slots=True)
class DriftJob:
    """What the command line asks for."""

    inputs: Inputs
    job: Job
    changed_only: bool
    format: str

    def run(self) -> int:
        """Run the job; the exit code.

        Findings are printed, and count, even if a report can't be written or sent.

        Raises:
            ReconcileError: nothing could be looked at.
        """
        job = self.job
        known = job.last()
        with terminal.progressing() as progress:
            run_result = job.look(self.inputs.client(), progress)
        memory = job.result(run_result, known)
        before, now, drift = known.past, memory.past, run_result.drift
        unwritten = job.keep(run_result, memory)
        if drift is not None and (not self.changed_only or transition(before, now)):
            self._annotate(drift, run_result.ran)
            self._say(drift, run_result.ran, before, now)
        complain(unwritten)
        complain(job.tell(run_result, memory, self.inputs.target, changes=job.history is not None)[1])
        if drift is None:
            if run_result.error is None or (self.changed_only and before.failed):
                return 1
            raise run_result.error
        code = drift.verdict(job.fail_on)
        return 1 if unwritten and code in (IN_SYNC, PARTLY) else code

    def _annotate(self, drift: Drift, ran: RunTimes) -> None:
        if (GITHUB, None) in self.job.reports:
            say = terminal.aside if self.format == "json" else terminal.result
            say(FORMATS[GITHUB].write(drift, self.job.fail_on, ran, self.inputs.style))

    def _say(self, drift: Drift, ran: RunTimes, before: LastResult, now: LastResult) -> None:
        """Everything; before it what changed since the last run, where only that is asked for."""
        what = transition(before, now) if self.changed_only else ""
        if self.format == "json":
            first = {"transition": what} if what else {}
            pager.show(dumped({**first, **drift_data(drift, self.job.fail_on)}))
            return
        if not self.changed_only:
            for note in drift.notes:
                terminal.aside(note)
        lines = [what, *changed_lines(before, now)] if what else []
        if what == "recovered":
            text = f"{result_line(drift, self.job.fail_on)}\n"
        else:
            report = FORMATS[self.format].write(drift, self.job.fail_on, ran, self.inputs.style)
            text = ("\n" if lines else "") + report
        pager.show("".join(f"{escaped(line)}\n" for line in lines) + text)
