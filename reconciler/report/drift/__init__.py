"""Drift runs in each format, one file per format. A format is loaded when it is used: start-up needs none.

Pages are in `report.html`. Metrics are not in this list: they need what the file said before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler import __version__
from reconciler.core.results.drift import Drift, FailOn, RunTimes
from reconciler.report.words.style import Style

DriftWriter = Callable[[Drift, FailOn, RunTimes, Style], str]


@dataclass(frozen=True, slots=True)
class DriftFormat:
    """How a run is written, and, as a pattern, how a file of the format begins: no other is overwritten."""

    write: DriftWriter
    beginning: bytes


def _text(drift: Drift, fail_on: FailOn, _ran: RunTimes, style: Style) -> str:
    from reconciler.report.drift.text import drift_text  # noqa: PLC0415 - see above

    return drift_text(drift, style, fail_on)


def _json(drift: Drift, fail_on: FailOn, _ran: RunTimes, _style: Style) -> str:
    from reconciler.report.drift.as_json import drift_data  # noqa: PLC0415 - see above
    from reconciler.report.plan.as_json import dumped  # noqa: PLC0415

    return dumped(drift_data(drift, fail_on))


def _markdown(drift: Drift, fail_on: FailOn, _ran: RunTimes, _style: Style) -> str:
    from reconciler.report.drift.markdown import drift_markdown  # noqa: PLC0415 - see above

    return drift_markdown(drift, fail_on)


def _junit(drift: Drift, _fail_on: FailOn, ran: RunTimes, _style: Style) -> str:
    from reconciler.report.drift.junit import drift_junit  # noqa: PLC0415 - see above

    return drift_junit(drift, ran.seconds)


def _sarif(drift: Drift, _fail_on: FailOn, _ran: RunTimes, _style: Style) -> str:
    from reconciler.report.drift.sarif import drift_sarif  # noqa: PLC0415 - see above
    from reconciler.report.plan.as_json import dumped  # noqa: PLC0415

    return dumped(drift_sarif(drift, __version__))


def _github(drift: Drift, _fail_on: FailOn, _ran: RunTimes, _style: Style) -> str:
    from reconciler.report.drift.github import drift_github  # noqa: PLC0415 - see above

    return drift_github(drift)


# Text and Markdown begin as ours do, a plan's too; the others as all files of the format.
FORMATS: Mapping[str, DriftFormat] = {
    "text": DriftFormat(_text, rb"[^\n]* \xc2\xb7 account [0-9]{12} \xc2\xb7 as "),
    "json": DriftFormat(_json, rb"\s*\{"),
    "markdown": DriftFormat(_markdown, rb"\*\*(result: |[^\n]* \xc2\xb7 account )"),
    "junit": DriftFormat(_junit, rb"\s*<(\?xml|testsuites?\b)"),
    "sarif": DriftFormat(_sarif, rb"\s*\{"),
    "github": DriftFormat(_github, rb"::(error|warning|notice)\b"),
}
