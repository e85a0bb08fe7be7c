"""`reconcile drift`."""

import os
import time
from pathlib import Path

import click

from reconciler.app import past, reporting
from reconciler.app.drifting import Asked, drift
from reconciler.cli import terminal
from reconciler.cli.connecting import Inputs, reading
from reconciler.cli.settling import settled
from reconciler.core.drift import FAIL_ON, IN_SYNC, PARTLY, Drift, FailOn
from reconciler.core.errors import ReconcileError
from reconciler.core.history import Past, changed_lines, result, transition
from reconciler.core.text import escaped
from reconciler.report.as_json import dumped
from reconciler.report.drift_github import drift_github
from reconciler.report.drift_json import drift_data
from reconciler.report.drift_prometheus import Ran
from reconciler.report.drift_text import drift_text, result_line

_GITHUB = "github"
_SUMMARY = "GITHUB_STEP_SUMMARY"
Report = tuple[str, Path | None]


def _reports(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[Report, ...]:
    found: list[Report] = []
    for value in values:
        format_, sign, file = value.partition("=")
        if format_ not in reporting.FORMATS:
            raise click.BadParameter(f"{format_!r} is no format: {', '.join(reporting.FORMATS)}")
        if not file and (sign or format_ != _GITHUB):
            raise click.BadParameter(f"write {format_}=FILE")
        found.append((format_, Path(file) if file else None))
    return tuple(found)


@click.command(
    "drift",
    epilog="""\b
Example:
  reconcile drift specs/
  reconcile drift specs/ --fail-on drift --report sarif=drift.sarif --report github
  reconcile drift specs/ --history drift.json --changed-only
\b
Exit codes: 0 nothing differs, 2 a difference was proven, 1 failed,
3 nothing read differs, but not everything could be read.""",
)
@reading
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="any", show_default=True, help="Which findings lead to exit code 2; drift leaves out what the tags prove to be pending.")  # fmt: skip
@click.option("--no-orphans", is_flag=True, help="Don't look for resources that a spec describes no more.")
@click.option("--unmanaged", is_flag=True, help="List what is in the account and in no spec.")
@click.option("--report", "reports", multiple=True, callback=_reports, metavar="FORMAT=FILE", help=f"Write a report too: {', '.join(reporting.FORMATS)}. github alone prints annotations and adds to the step summary. Repeatable.")  # fmt: skip
@click.option("--history", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep the last result there.")  # fmt: skip
@click.option(
    "--changed-only", is_flag=True, help="Say something only when it is another result than the last."
)
@click.option(
    "--accept", default="", metavar="ID", help="Write the live value of this difference into the spec file."
)
@click.option(
    "--revert", default="", metavar="ID", help="Plan to mend this difference alone; changes nothing yet."
)
@click.option("--ignore", default="", metavar="ID", help="Write into the spec file that this difference is left alone; needs --reason.")  # fmt: skip
@click.option("--reason", default="", metavar="TEXT", help="Why, for --ignore.")
@click.option("--until", default="", metavar="DATE", help="The last day, for --ignore: YYYY-MM-DD.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    inputs: Inputs,
    fail_on: FailOn,
    no_orphans: bool,
    unmanaged: bool,
    reports: tuple[Report, ...],
    history: Path | None,
    changed_only: bool,
    format_: str,
    accept: str,
    revert: str,
    ignore: str,
    reason: str,
    until: str,
) -> int:
    """Find differences between the specs and live IAM, who caused them and how bad they are; changes nothing.

    PATH is a spec file or a folder of them; specs/ where none is given.
    """
    if accept or revert or ignore:
        return settled(inputs, accept, revert, ignore, (reason, until))
    if changed_only and history is None:
        raise click.UsageError("--changed-only needs --history FILE, to know the last result")
    job = (*inputs.request.paths, *inputs.request.only)
    before = past.read(history, job) if history else Past()
    began = time.monotonic()
    try:
        with terminal.progressing() as progress:
            found = drift(inputs.request, inputs.client(), Asked(not no_orphans, unmanaged), progress)
    except ReconcileError:
        unwritten = _written(reports, None, fail_on, began)
        unwritten += _kept(history, job, result(None, fail_on, before))
        _complain(unwritten)
        if changed_only and before.failed:
            return 1
        raise
    now = result(found, fail_on, before)
    unwritten = _written(reports, found, fail_on, began) + _kept(history, job, now)
    what = transition(before, now) if changed_only else None
    if (_GITHUB, None) in reports and what != "":
        say = terminal.aside if format_ == "json" else terminal.result
        say(drift_github(found))
    _say(inputs, found, fail_on, format_, (before, now) if changed_only else None)
    # What was found is said first, and outweighs a report that has no place.
    _complain(unwritten)
    code = found.verdict(fail_on)
    return 1 if unwritten and code in (IN_SYNC, PARTLY) else code


def _written(reports: tuple[Report, ...], found: Drift | None, fail_on: FailOn, began: float) -> list[ReconcileError]:  # fmt: skip
    """Write what can be written; the errors of what can't."""
    ran = Ran(time.time(), time.monotonic() - began)
    errors: list[ReconcileError] = []
    for format_, file in reports:
        try:
            if file is not None:
                reporting.written(format_, file, found, fail_on, ran)
            elif found is not None and os.environ.get(_SUMMARY):
                reporting.summarised(Path(os.environ[_SUMMARY]), found, fail_on)
        except ReconcileError as error:
            errors.append(error)
    return errors


def _kept(history: Path | None, job: tuple[str, ...], now: Past) -> list[ReconcileError]:
    try:
        if history:
            past.write(history, job, now)
    except ReconcileError as error:
        return [error]
    return []


def _complain(errors: list[ReconcileError]) -> None:
    for error in errors:
        terminal.fail(error.message, error.advice)


def _say(inputs: Inputs, found: Drift, fail_on: FailOn, format_: str, runs: tuple[Past, Past] | None) -> None:
    """Everything, or what changed since the last run."""
    if runs is None:
        for note in found.notes:
            terminal.aside(note)
        terminal.result(dumped(drift_data(found, fail_on)) if format_ == "json" else drift_text(found, inputs.style, fail_on))  # fmt: skip
        return
    what = transition(*runs)
    if not what:
        return
    lines = [what, *changed_lines(*runs)]
    if format_ == "json":
        terminal.result(dumped({"transition": what, **drift_data(found, fail_on)}))
    elif what == "recovered":
        terminal.result("\n".join(map(escaped, [*lines, result_line(found, fail_on)])) + "\n")
    else:
        terminal.result("\n".join(map(escaped, lines)) + "\n\n" + drift_text(found, inputs.style, fail_on))
