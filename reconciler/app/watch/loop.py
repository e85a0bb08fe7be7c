"""The drift job over and over: one run at a time, at intervals that are never quite the same."""

import gc
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from reconciler.app import defect_report
from reconciler.app.drift.job import Job, RunResult
from reconciler.app.observe.progress import silent
from reconciler.app.watch.metrics import WatchMetrics
from reconciler.aws.client import Client, Target
from reconciler.core.errors import OutOfTime, ReconcileError
from reconciler.core.results.drift import RunTimes, unseen
from reconciler.core.results.finding import Finding
from reconciler.core.results.history import LastResult

JITTER = 0.1
# A run, what was known before it and what is known now, and what went wrong beside it.
Say = Callable[[RunResult, LastResult, LastResult, list[ReconcileError]], None]


class WatchLoop:
    """Runs until it is stopped. Specs and credentials are loaded anew for each run."""

    def __init__(
        self,
        job: Job,
        target: Target,
        client_of: Callable[[], Client],
        every: float,
        watched: WatchMetrics,
        say: Say,
    ) -> None:
        self._job, self._target, self._client_of = job, target, client_of
        self._every, self._watched, self._say = every, watched, say
        self._memory = job.last()
        self._known: tuple[Finding, ...] = ()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._client: Client | None = None

    def stop(self) -> None:
        """Begin no further run; a run under way stops reading, and counts as never begun."""
        with self._lock:
            self._stopping.set()
            if self._client is not None:
                self._client.leave()

    def run(self) -> None:
        """Go on until stopped. A run that takes longer than the interval delays the next."""
        while not self._stopping.is_set():
            began = time.monotonic()
            self._watched.next_in(self._every)
            self._round()
            # What a run leaves are clients, answers and documents that name each other.
            gc.collect()
            pause = self._every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
            pause = max(0.0, pause - (time.monotonic() - began))
            self._watched.next_in(pause)
            self._stopping.wait(pause)

    def _round(self) -> None:
        run_result = self._run_once()
        if run_result is None:
            return
        run_result = replace(run_result, unseen=unseen(run_result.drift, self._known))
        self._known = (*(run_result.drift.findings if run_result.drift else ()), *run_result.unseen)
        before = self._memory.past
        self._memory = self._job.result(run_result, self._memory)
        now = self._memory.past
        try:
            wrong = self._job.keep(run_result, self._memory)
        finally:
            self._watched.ended(run_result)
        self._memory, unsent = self._job.tell(run_result, self._memory, self._target, changes=True)
        self._say(run_result, before, now, [*wrong, *unsent])

    def _run_once(self) -> RunResult | None:
        """What a run came to; None if it was stopped."""
        began = time.monotonic()
        with self._lock:
            if self._stopping.is_set():
                return None
            client = self._client = self._client_of()
        try:
            run_result = self._job.look(client, silent)
        except OutOfTime:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the next run may go well
            run_result = RunResult(
                None, defect_report.as_error(error), RunTimes(time.time(), time.monotonic() - began)
            )
        finally:
            client.close()
        return None if self._stopping.is_set() else run_result
