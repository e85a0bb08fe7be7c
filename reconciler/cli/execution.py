"""Carries a plan out from the command line: the question, the progress, signals, the time limit."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from reconciler.app.apply import Result, apply
from reconciler.app.pipeline.review import Planned
from reconciler.app.pipeline.second_look import check_unchanged
from reconciler.cli import INTERRUPTED, TERMINATED, options, terminal
from reconciler.core.errors import PlanError
from reconciler.core.plan import Header, Plan
from reconciler.core.results.outcome import CallOutcome
from reconciler.core.text import escaped, plural
from reconciler.report.apply_text import outcome_line, result_text
from reconciler.report.plan.as_json import applied_data, dumped, plan_data
from reconciler.report.plan.text import plan_text
from reconciler.report.words.style import Style

carrying: Callable[[Callable[..., Any]], Callable[..., Any]] = options.stacked(
    click.option("--yes", is_flag=True, help="Don't ask."),
    click.option(
        "--journal",
        type=options.PlaceType(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Where every call is recorded; a new file in the state directory where not given.",
    ),
    click.option(
        "--timeout",
        callback=options.duration,
        metavar="TIME",
        help="Begin no call after so long: 90s, 15m, 1h.",
    ),
    click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="json is for machines.",
    ),
)


def shown(plan: Plan, format_: str, style: Style, *, dry_run: bool = False) -> int | None:
    """Show the plan, with `dry_run` as the result; then, where that is all, the exit code."""
    if format_ == "text":
        terminal.result(plan_text(plan, style))
    elif dry_run:
        terminal.result(dumped(plan_data(plan)))
    else:
        terminal.aside(plan_text(plan, Style()))
    return (1 if plan.unread or plan.refusals else 0) if dry_run else None


def ask(plan: Plan, *, yes: bool) -> bool:
    """Ask whether to go on, unless that was said already; whether it was asked.

    Raises:
        PlanError: the answer is no, or there is nobody to answer.
    """
    if yes:
        return False
    if not terminal.can_ask():
        raise PlanError("nobody can be asked", "add --yes to apply without a question")
    if not terminal.confirmed(f"Send {plural(len(plan.calls), 'call')} to account {plan.header.account}?"):
        raise PlanError("not confirmed, so nothing was changed")
    return True


def ask_for_names(plan: Plan, *, yes: bool) -> bool:
    """Ask for the name of every spec whose resources are deleted; whether it was asked.

    Raises:
        PlanError: another was given, or there is nobody to answer.
    """
    if yes:
        return False
    if not terminal.can_ask():
        raise PlanError("nobody can be asked", "add --yes to delete without a question")
    for name in plan.header.specs:
        if (
            terminal.answer(
                f"Deletes all that {name} owns in account {plan.header.account}. Its name, to go on:"
            )
            != name
        ):
            raise PlanError("that is not its name, so nothing was changed")
    return True


def left(seconds: float | None, began: float) -> float | None:
    """What is left of the time that the user gave, from `began` on."""
    return None if seconds is None else seconds - (time.monotonic() - began)


def say_already_done(format_: str) -> int:
    """Say that nothing is left to do of a saved plan; the exit code."""
    if format_ == "json":
        terminal.result(dumped({"format": 1, "verdict": "already done", "calls": []}))
    else:
        terminal.result("already done: nothing is left to do of this plan\n")
    return 0


def carry_out(
    planned: Planned, journal: Path | None, format_: str, style: Style, seconds: float | None, *, asked: bool
) -> int:
    """Send the plan's calls, print the outcome of each, and the result; the exit code.

    Where a question was `asked`, or reading is a while ago, somebody may have changed what is to be changed:
    it is read once more.
    """
    if not planned.plan.calls:
        if format_ == "json":
            terminal.result(dumped({"format": 1, "verdict": "done", "calls": []}))
        return 0
    if seconds is not None and seconds <= 0:
        raise PlanError(
            "planning took all the time that --timeout gives, so nothing was changed", "give it more"
        )
    planned.client.give_up_after(None)
    progress = terminal.Progress()

    def report(outcome: CallOutcome) -> None:
        progress.clear()
        terminal.aside(outcome_line(outcome))

    with _stopping(seconds) as stop:
        try:
            if asked or time.monotonic() - planned.read_at > _FRESH:
                check_unchanged(planned, progress)
            result = apply(planned, journal, stop, progress, report)
        finally:
            progress.clear()
    _show_result(planned.plan, result, format_, style)
    if stop.by == _OUT_OF_TIME:
        terminal.aside("out of time: --timeout is over, and no further call was begun")
        return 1 if result.applied.interrupted or result.verdict not in _DONE else 0
    if result.applied.interrupted:
        return TERMINATED if stop.by == signal.SIGTERM else INTERRUPTED
    return 0 if result.verdict in _DONE else 1


def _show_result(plan: Plan, result: Result, format_: str, style: Style) -> None:
    """Print what came of every call, and what to do about what is left."""
    if format_ == "json":
        terminal.result(
            dumped(applied_data(plan, result.applied, str(result.journal), result.verdict, result.others))
        )
    else:
        terminal.result(
            result_text(
                result.applied,
                result.verdict,
                escaped(str(result.journal)),
                style,
                _command(plan.header),
                result.others,
            )
        )
    if result.denied:
        terminal.aside(f"allow {', '.join(result.denied)} to the caller, and look again with verify")
    for line in result.lacking:
        terminal.aside(f"this endpoint differs from AWS: {escaped(line)}")


def _command(header: Header) -> str:
    """What can be run again."""
    return "rollback" if header.takes_back else "destroy" if header.destroys else "apply"


# Verdicts after which nothing is left to do.
_DONE = ("done", "kept otherwise")
# In seconds: for so long what was read counts as it is.
_FRESH = 5.0
# In the place of a signal's number.
_OUT_OF_TIME = -1


class _Stop(threading.Event):
    """Set by a signal, or when the time is over; `by` is which."""

    by: int = 0


@contextmanager
def _stopping(seconds: float | None) -> Iterator[_Stop]:
    """An event that Ctrl-C, SIGTERM or the end of the time sets: calls in flight end, none is begun."""
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
