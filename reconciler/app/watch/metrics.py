"""What `reconcile watch` knows of its runs: as metrics, as a verdict on its health and as a page.

The loop writes it, the server's threads read it.
"""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from reconciler.app.drift.job import RunResult
from reconciler.app.output.drift_reports import html_of
from reconciler.core.results.drift import DIFFERS, FAILED, IN_SYNC, PARTLY, Drift, FailOn, RunTimes
from reconciler.core.text import plural
from reconciler.report.drift.prometheus import drift_metrics, is_success

# So many runs in a row that could not look at everything, or so many intervals without one that could.
MISSED = 3
RESULTS = {IN_SYNC: "in_sync", DIFFERS: "drift", FAILED: "failed", PARTLY: "partial"}
_BUCKETS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900)


class WatchMetrics(Collector):
    """The runs so far, and when the next is due."""

    def __init__(self, every: float, fail_on: FailOn) -> None:
        self._every, self._fail_on = every, fail_on
        self._lock = threading.Lock()
        self._last: RunResult | None = None
        self._seen: tuple[Drift, RunTimes] | None = None
        self._blind = 0
        self._page: tuple[RunTimes, str] | None = None
        self._last_success = 0.0
        self._seen_well = time.monotonic()
        self._missed = 0
        self._next = 0.0
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._runs = Counter("reconciler_runs", "Runs so far.", ["result"], registry=self._registry)
        for result in RESULTS.values():
            self._runs.labels(result)
        self._seconds = Histogram(
            "reconciler_run_seconds", "How long runs took.", buckets=_BUCKETS, registry=self._registry
        )
        self._registry.register(self)

    def ended(self, run_result: RunResult) -> None:
        """Take note of a run."""
        code = FAILED if run_result.drift is None else run_result.drift.verdict(self._fail_on)
        with self._lock:
            self._last = run_result
            if run_result.drift is None:
                self._blind += 1
            else:
                self._seen, self._blind = (run_result.drift, run_result.ran), 0
            self._runs.labels(RESULTS[code]).inc()
            self._seconds.observe(run_result.ran.seconds)
            if is_success(run_result.drift):
                self._missed, self._seen_well = 0, time.monotonic()
                self._last_success = run_result.ran.ended
            else:
                self._missed += 1

    def next_in(self, seconds: float) -> None:
        """Take note of when the next is due."""
        with self._lock:
            self._next = time.time() + seconds

    def collect(self) -> Iterable[Metric]:
        """What the last run came to, as the registry asks for it."""
        with self._lock:
            last, last_success, due = self._last, round(self._last_success), self._next
        yield GaugeMetricFamily(
            "reconciler_next_run_timestamp_seconds", "When the next run is due.", round(due)
        )
        for metric in drift_metrics(last.drift, last.ran, last_success, last.unseen) if last else ():
            labels = tuple(metric.values[0][0]) if metric.values else ()
            family = GaugeMetricFamily(metric.name, metric.about, labels=labels)
            for values, number in metric.values:
                family.add_metric(tuple(values.values()), number)
            yield family

    def metrics(self, accepted: str) -> tuple[bytes, str]:
        """The metrics in the format that is asked for, and its name."""
        try:
            encoder, name = choose_encoder(accepted)
        except ValueError:
            encoder, name = choose_encoder("")
        return encoder(self._registry), name

    def health(self) -> tuple[bool, str]:
        """Whether runs can look at everything, and what to say of that."""
        with self._lock:
            last, missed, since = self._last, self._missed, time.monotonic() - self._seen_well
        if missed >= MISSED:
            return False, f"the last {plural(missed, 'run')} could not look at everything"
        allowed = MISSED * self._every + (last.ran.seconds if last else 0)
        if since > allowed:
            return False, f"for {since:.0f} s no run could look at everything"
        return True, "well" if last else "the first run is under way"

    def page(self) -> str:
        """The last report for a browser, below a line on later runs that could not look at anything."""
        with self._lock:
            last, seen, blind = self._last, self._seen, self._blind
        if last is None:
            return _remark("the first run is under way")
        if seen is None:
            return _remark(f"{_time(last.ran)} could not look at anything: {last.error}")
        report = self._report(*seen)
        if not blind:
            return report
        runs = "The run" if blind == 1 else f"The {blind} runs"
        message = (
            f"This report was made {_time(seen[1])}. {runs} since could not look at anything; the last,"
            f" {_time(last.ran)}: {last.error}"
        )
        head, main, after = report.partition("<main>\n")
        # In the words of the page's own style: another one its policy does not let in.
        return (
            f'{head}{main}<section class="glance unsure" role="alert"><p'
            f' class="gist">{escape(message)}</p></section>\n{after}'
        )

    def _report(self, drift: Drift, ran: RunTimes) -> str:
        """The page of a run, made once and only when asked for: a large one takes a second."""
        with self._lock:
            kept = self._page
        if kept is None or kept[0] is not ran:
            kept = (ran, html_of(drift, self._fail_on, ran))
            with self._lock:
                self._page = kept
        return kept[1]


def _time(ran: RunTimes) -> str:
    return f"{datetime.fromtimestamp(ran.ended, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _remark(message: str) -> str:
    """What there is to say where there is no report."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>reconcile</title></head>'
        f"<body><p>{escape(message)}</p></body></html>\n"
    )
