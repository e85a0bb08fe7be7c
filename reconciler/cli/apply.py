"""`reconcile apply`."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from reconciler.app import online, saved
from reconciler.cli import INTERRUPTED, TERMINATED, options, terminal
from reconciler.cli.connecting import Inputs, consenting, reading, rewriting
from reconciler.cli.freezing import check_not_frozen
from reconciler.core.errors import PlanError
from reconciler.core.outcome import CallOutcome
from reconciler.core.plan import Plan
from reconciler.core.text import escaped, plural
from reconciler.plan.guard import Consent
from reconciler.report.as_json import applied_data, dumped
from reconciler.report.outcomes import outcome_line, result_text
from reconciler.report.style import Style
from reconciler.report.text import plan_text


@click.command(
    "apply",
    epilog="""\b
Example:
  reconcile apply specs/ecr.yaml
  reconcile apply specs/ --yes --adopt
  reconcile apply ecr.plan.json
\b
Exit codes: 0 done, or nothing to do; 1 failed or refused; 130 interrupted.
An apply that was cut short can be run again.""",
)
@reading
@consenting
@rewriting
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where every call is recorded; a new file in the state directory where not given.")  # fmt: skip
@click.option("--timeout", callback=options.duration, metavar="TIME", help="Begin no call after so long: 90s, 15m, 1h.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    inputs: Inputs,
    consent: Consent,
    rewrite: bool,
    yes: bool,
    journal: Path | None,
    format_: str,
    timeout: float | None,
) -> int:
    """Make live IAM as the specs say: plan, show, ask, write, look again.

    PATH is a spec file or a folder of them; specs/ where none is given. A plan that `plan --out` saved is carried out
    without a question if it is still what would be done, and not at all if it isn't.
    """
    plan = _saved(inputs, consent, rewrite=rewrite)
    if plan is not None:
        inputs, consent, rewrite, yes = replace(inputs, request=plan.request), plan.consent, plan.rewrite, True  # fmt: skip
    check_not_frozen(inputs.request.paths)
    began = time.monotonic()
    planned = inputs.planned(consent, rewrite=rewrite)
    terminal.warnings(planned.warnings)
    if format_ == "text":
        terminal.result(plan_text(planned.plan, inputs.style))
    else:
        terminal.aside(plan_text(planned.plan, Style()))
    if plan is not None:
        saved.check(plan, planned.plan)
    online.check_may_apply(planned.plan)
    if planned.plan.calls:
        _ask(planned.plan, yes=yes)
    left = timeout - (time.monotonic() - began) if timeout is not None else None
    return _apply(planned, journal, format_, inputs.style, left)


def _saved(inputs: Inputs, consent: Consent, *, rewrite: bool) -> saved.Saved | None:
    """The saved plan that the only PATH names, if it does."""
    paths = inputs.request.paths
    if not any(path.endswith(".json") for path in paths):
        return None
    if len(paths) > 1 or inputs.request.variables or inputs.request.only or rewrite or consent != Consent():
        raise click.UsageError("a saved plan stands alone: what it was made from and agreed to is in it")
    return saved.read(Path(paths[0]))


def _ask(plan: Plan, *, yes: bool) -> None:
    if yes:
        return
    if not terminal.can_ask():
        raise PlanError("there is nobody to ask", "add --yes to apply without a question")
    if not terminal.confirmed(f"Send {plural(len(plan.calls), 'call')} to account {plan.header.account}?"):
        raise PlanError("not confirmed, so nothing was changed")


def _apply(planned: online.Planned, journal: Path | None, format_: str, style: Style, seconds: float | None) -> int:  # fmt: skip
    if not planned.plan.calls:
        if format_ == "json":
            terminal.result(dumped({"format": 1, "verdict": "done", "calls": []}))
        return 0
    progress = terminal.Progress()

    def report(outcome: CallOutcome) -> None:
        progress.clear()
        terminal.aside(outcome_line(outcome))

    if seconds is not None and seconds <= 0:
        raise PlanError("planning took all the time that --timeout gives, so nothing was changed", "give it more")  # fmt: skip
    with _stopping(seconds) as stop:
        try:
            result = online.apply(planned, journal, stop, progress, report)
        finally:
            progress.clear()
    if format_ == "json":
        terminal.result(
            dumped(applied_data(planned.plan, result.applied, str(result.journal), result.verdict))
        )
    else:
        terminal.result(result_text(result.applied, result.verdict, escaped(str(result.journal)), style))
    if stop.by == _OUT_OF_TIME:
        terminal.aside("out of time: --timeout is over, and no further call was begun")
        return 1 if result.applied.interrupted or result.verdict != "done" else 0
    if result.applied.interrupted:
        return TERMINATED if stop.by == signal.SIGTERM else INTERRUPTED
    return 0 if result.verdict == "done" else 1


# In the place of a signal's number.
_OUT_OF_TIME = -1


class _Stop(threading.Event):
    """Set by a signal, or when the time is over; `by` is which."""

    by: int = 0


@contextmanager
def _stopping(seconds: float | None) -> Iterator[_Stop]:
    """An event that Ctrl-C sets: calls in flight end, none is begun. SIGTERM and the end of the time likewise."""
    stop = _Stop()

    def on_time() -> None:
        if not stop.is_set():
            stop.by = _OUT_OF_TIME
        stop.set()

    timer = threading.Timer(seconds or 0, on_time)
    timer.daemon = True

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.by = number
            terminal.aside_from_signal("stopping: the calls in flight end, no other is begun")
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    if seconds is not None:
        timer.start()
    try:
        yield stop
    finally:
        timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
