"""A drift run as metrics in Prometheus' text format, for node_exporter's textfile collector."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.results.drift import Drift, RunTimes
from reconciler.core.results.finding import Finding

_LAST_SUCCESS = re.compile(r"^reconciler_last_success_timestamp_seconds (\d+(?:\.\d+)?)$", re.MULTILINE)
# Of a finding.
LABELS = ("account", "spec", "address", "severity")


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge: its name, what it is about, its values by their labels."""

    name: str
    about: str
    values: tuple[tuple[Mapping[str, str], float], ...]


def is_success(drift: Drift | None) -> bool:
    """Whether everything could be looked at, whatever was found."""
    return drift is not None and drift.is_whole


def drift_metrics(
    drift: Drift | None, ran: RunTimes, last_success: float, unseen: tuple[Finding, ...] = ()
) -> tuple[Metric, ...]:
    """The metrics of a run. One that failed as a whole (None) has few: when it ran, when one last went well.

    `unseen` are findings of earlier runs that this one could not look at.
    """
    ended = round(ran.ended)
    success = is_success(drift)
    metrics = [
        _single("reconciler_last_run_timestamp_seconds", "When the job last ran.", ended),
        _single(
            "reconciler_last_success_timestamp_seconds",
            "When the job could last look at everything.",
            ended if success else last_success,
        ),
        _single("reconciler_success", "Whether the last run could look at everything.", int(success)),
        _single("reconciler_duration_seconds", "How long the last run took.", round(ran.seconds, 3)),
    ]
    if drift is not None:
        metrics += [
            _single("reconciler_calls", "AWS calls of the last run.", drift.calls),
            _single("reconciler_resources", "Resources that the specs describe.", len(drift.resources)),
            _single("reconciler_unread", "Resources that could not be read.", len(drift.unread)),
            _single("reconciler_failed_specs", "Specs that could not be compared.", len(drift.failures)),
        ]
    if drift is not None or unseen:
        metrics.append(Metric("reconciler_drift", "Findings of a resource.", _findings(drift, unseen)))
    return tuple(metrics)


def drift_prometheus(
    drift: Drift | None, ran: RunTimes, before: str = "", unseen: tuple[Finding, ...] = ()
) -> str:
    """The same as text. `before` is what the file said, for the last success."""
    last = _LAST_SUCCESS.search(before)
    lines = []
    for metric in drift_metrics(drift, ran, float(last[1]) if last else 0, unseen):
        lines += [f"# HELP {metric.name} {metric.about}", f"# TYPE {metric.name} gauge"]
        lines += [f"{metric.name}{_labels(labels)} {_number(value)}" for labels, value in metric.values]
    return "\n".join(lines) + "\n"


def _single(name: str, about: str, value: float) -> Metric:
    return Metric(name, about, (({}, value),))


def _findings(
    drift: Drift | None, unseen: tuple[Finding, ...]
) -> tuple[tuple[Mapping[str, str], float], ...]:
    counts = Counter(
        (finding.address.account, finding.spec, str(finding.address), finding.severity)
        for finding in (*(drift.findings if drift else ()), *unseen)
    )
    return tuple((dict(zip(LABELS, values, strict=True)), number) for values, number in counts.items())


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_value(text)}"' for name, text in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _value(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
