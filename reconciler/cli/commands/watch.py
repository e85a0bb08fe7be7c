"""`reconcile watch`."""

import os
import re
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import click

from reconciler.app.drift.job import Job, RunResult
from reconciler.app.request import SpecSelection
from reconciler.app.watch.loop import WatchLoop
from reconciler.app.watch.metrics import WatchMetrics
from reconciler.app.watch.server import serving
from reconciler.cli import options, terminal
from reconciler.cli.drift_options import looking
from reconciler.cli.inputs import Inputs, reading
from reconciler.cli.report_option import check_outputs, complain
from reconciler.core.errors import ReconcileError, SpecError
from reconciler.core.host_header import is_loopback
from reconciler.core.results.history import LastResult, changed_lines, transition
from reconciler.core.text import escaped, plural
from reconciler.language import durations
from reconciler.report.drift.text import result_line

# Containers are killed ten seconds after they are told to stop.
_SECONDS_TO_LEAVE = 6
_LOOKS_EVERY = 1.0
# In seconds: a shorter interval is warned of.
_SHORT = 60


def _place(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise click.BadParameter("write HOST:PORT, 127.0.0.1:9469 or [::1]:9469")
    return host, int(port)


@click.command(
    "watch",
    epilog="""\b
Example:
  reconcile watch specs/ --every 15m
  reconcile watch specs/ --history last.json --report json=drift.json --listen 127.0.0.1:9469
\b
Exit codes: 0 stopped by SIGTERM or Ctrl-C, 1 could not begin.""",
)
@reading
@looking
@click.option(
    "--every",
    default="15m",
    show_default=True,
    callback=options.interval,
    metavar="TIME",
    help="From the beginning of a run to that of the next, give or take a tenth: 90s, 15m, 1h30m.",
)
@click.option(
    "--listen",
    "place",
    default="127.0.0.1:9469",
    show_default=True,
    callback=_place,
    metavar="HOST:PORT",
    help="Where / (the last report), /metrics and /healthz are served; port 0 is a free one.",
)
def command(
    inputs: Inputs, job_of: Callable[[SpecSelection], Job], every: float, place: tuple[str, int]
) -> None:
    """Run the drift job over and over, in the foreground, with metrics; changes nothing.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. The first run is at once, two never overlap, and specs are loaded anew for each. Says what
    changes, and tells it with --notify; with --history also what changed while it was not running.
    /healthz answers 503 after three runs in a row, or three intervals, in which not everything could be
    looked at.
    """
    job = job_of(inputs.request)
    check_outputs(inputs.request, job.reports, history=job.history)
    if any(file is None for _, file in job.reports):
        raise click.UsageError("github alone is for runs on GitHub: write github=FILE")
    pipes = [str(file) for _, file in job.reports if file is not None and file.is_fifo()]
    if pipes:
        raise click.UsageError(
            f"a watch writes no report into a pipe, where it might wait for a reader: {', '.join(pipes)}"
        )
    watched = WatchMetrics(every, job.fail_on)
    rounds = WatchLoop(job, inputs.target, inputs.client, every, watched, _warning_of(every))
    with serving(*place, watched) as url, _signals() as signalled:
        shared = "" if is_loopback(place[0]) else "; whoever reaches it can read the report"
        terminal.aside(
            f"watch: every {durations.written(int(every))}, {url}, /metrics and /healthz until Ctrl-C{shared}"
        )
        worker = _Worker(rounds.run)
        worker.start()
        while worker.is_alive() and not select.select([signalled], [], [], _LOOKS_EVERY)[0]:
            pass
        rounds.stop()
        worker.join(_SECONDS_TO_LEAVE)
    if worker.is_alive():
        # It waits for an answer that doesn't come; reading changes nothing, and files are put in place whole.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(0)
    if worker.error is not None:
        raise worker.error


class _Worker(threading.Thread):
    """Does one thing beside the main thread, which waits for signals; `error` is what ended it."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self.error: Exception | None = None

    def run(self) -> None:
        """Do it."""
        try:
            self._act()
        except Exception as error:  # noqa: BLE001 - raised again by the main thread
            self.error = error


@contextmanager
def _signals() -> Iterator[int]:
    """A pipe that can be read once SIGTERM or SIGINT has come.

    A handler takes no lock: the thread that it interrupts may hold it.
    """
    out, into = os.pipe()
    os.set_blocking(into, False)

    def note_signal(_number: int, _frame: object) -> None:
        os.write(into, b"!")

    before = {number: signal.signal(number, note_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield out
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(out)
        os.close(into)


def _warning_of(every: float) -> Callable[[RunResult, LastResult, LastResult, list[ReconcileError]], None]:
    """What says a line for each run, and once how many calls so short an interval makes."""
    is_warned = every >= _SHORT

    def say(run_result: RunResult, before: LastResult, now: LastResult, wrong: list[ReconcileError]) -> None:
        nonlocal is_warned
        if not is_warned and run_result.drift is not None:
            is_warned = True
            calls = run_result.drift.header.reads
            terminal.aside(
                f"warning: a run makes {plural(calls, 'call')}, so --every {durations.written(int(every))}"
                f" makes about {round(calls * 3600 / every)} an hour, of a budget that the account shares"
            )
        _say(run_result, before, now, wrong)

    return say


def _say(run_result: RunResult, before: LastResult, now: LastResult, wrong: list[ReconcileError]) -> None:
    """A line for each run; what changed, and what went wrong, below it."""
    when = datetime.fromtimestamp(run_result.ran.ended, UTC)
    summary = result_line(run_result.drift) if run_result.drift is not None else "result: failed"
    what = transition(before, now)
    lines = [f"{when:%Y-%m-%dT%H:%M:%SZ} {summary}"]
    if what:
        lines += [what, *changed_lines(before, now)]
    # A full disk below a log must not end the watch.
    with suppress(ReconcileError):
        terminal.result("".join(f"{escaped(line)}\n" for line in lines))
    if run_result.drift is not None:
        for failure in run_result.drift.failures:
            complain([ReconcileError("\n".join(failure.problems))])
    if isinstance(run_result.error, SpecError):
        terminal.warnings(run_result.error.problems)
    else:
        complain([run_result.error])
    complain(wrong)
