"""A drift run as metrics in Prometheus' text format, for node_exporter's textfile collector."""

import re
from dataclasses import dataclass

from reconciler.core.drift import Drift
from reconciler.core.finding import Finding

_LAST_SUCCESS = re.compile(r"^reconciler_last_success_timestamp_seconds (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ran:
    """When the run ended, in seconds since 1970, and how long it took."""

    ended: float
    seconds: float


def drift_prometheus(drift: Drift | None, ran: Ran, before: str = "") -> str:
    """Metrics of a run, or of one that failed as a whole (None). `before` is what the file said, for the last success.

    A run is a success when everything could be looked at, whatever it found.
    """
    success = drift is not None and not drift.unread and not drift.failures
    last = _LAST_SUCCESS.search(before)
    when = f"{ran.ended:.0f}" if success else last[1] if last else "0"
    lines = [
        *_metric("reconciler_last_run_timestamp_seconds", "When the job last ran.", f"{ran.ended:.0f}"),
        *_metric(
            "reconciler_last_success_timestamp_seconds", "When the job could last look at everything.", when
        ),
        *_metric("reconciler_success", "Whether the last run could look at everything.", str(int(success))),
        *_metric("reconciler_duration_seconds", "How long the last run took.", f"{ran.seconds:.3f}"),
    ]
    if drift is not None:
        lines += _metric("reconciler_calls", "AWS calls of the last run.", str(drift.calls))
        lines += _metric(
            "reconciler_resources", "Resources that the specs describe.", str(len(drift.resources))
        )
        lines += _metric("reconciler_unread", "Resources that could not be read.", str(len(drift.unread)))
        lines += _metric(
            "reconciler_failed_specs", "Specs that could not be compared.", str(len(drift.failures))
        )
        lines += _findings(drift)
    return "\n".join(lines) + "\n"


def _metric(name: str, about: str, value: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} gauge", f"{name} {value}"]


def _findings(drift: Drift) -> list[str]:
    counts: dict[str, int] = {}
    for finding in drift.findings:
        labels = _labels(drift.header.account, finding)
        counts[labels] = counts.get(labels, 0) + 1
    head = ["# HELP reconciler_drift Findings of a resource.", "# TYPE reconciler_drift gauge"]
    return [*head, *(f"reconciler_drift{{{labels}}} {number}" for labels, number in counts.items())]


def _labels(account: str, finding: Finding) -> str:
    values = {
        "account": account,
        "spec": finding.spec,
        "address": str(finding.address),
        "severity": finding.severity,
    }
    return ",".join(f'{name}="{_value(text)}"' for name, text in values.items())


def _value(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
