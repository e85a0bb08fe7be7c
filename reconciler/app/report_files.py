"""Reports of a drift run into files: which formats there are, and how a file is put in its place."""

from collections.abc import Callable
from pathlib import Path

from reconciler import __version__
from reconciler.app.files import put
from reconciler.core.errors import ReconcileError
from reconciler.core.results.drift import Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.report.drift.as_json import drift_data
from reconciler.report.drift.github import drift_github
from reconciler.report.drift.junit import drift_junit
from reconciler.report.drift.markdown import drift_markdown
from reconciler.report.drift.prometheus import RunTimes, drift_prometheus
from reconciler.report.drift.sarif import drift_sarif
from reconciler.report.drift.text import drift_text
from reconciler.report.plan.as_json import dumped
from reconciler.report.words.style import Style

# A format, and a file; none for a format that may stand alone.
Report = tuple[str, Path | None]
_Made = Callable[[Drift, FailOn, RunTimes], str]


def html_of(drift: Drift, fail_on: FailOn, ran: RunTimes) -> str:
    """A drift run as a page."""
    # The template engine, for those who ask for it.
    from reconciler.report.html import drift_html  # noqa: PLC0415
    from reconciler.report.html.run import PageRun  # noqa: PLC0415

    return drift_html(drift, fail_on, PageRun(ran.ended, __version__, ran.paths))


_FORMATS: dict[str, _Made] = {
    "text": lambda drift, fail_on, _ran: drift_text(drift, Style(), fail_on),
    "json": lambda drift, fail_on, _ran: dumped(drift_data(drift, fail_on)),
    "markdown": lambda drift, fail_on, _ran: drift_markdown(drift, fail_on),
    "junit": lambda drift, _fail_on, ran: drift_junit(drift, ran.seconds),
    "sarif": lambda drift, _fail_on, _ran: dumped(drift_sarif(drift, __version__)),
    "github": lambda drift, _fail_on, _ran: drift_github(drift),
    "html": html_of,
}
PROMETHEUS = "prometheus"
FORMATS = (*_FORMATS, PROMETHEUS)


def written(
    format_: str,
    file: Path,
    drift: Drift | None,
    fail_on: FailOn,
    ran: RunTimes,
    unseen: tuple[Finding, ...] = (),
) -> None:
    """Write one report. Of a run that failed as a whole (None) there are metrics alone.

    An older report is taken away.

    `unseen` is what is known from before and could not be looked at: no alert may end because nobody sees.

    Raises:
        ReconcileError: the file can't be written.
    """
    if format_ == PROMETHEUS:
        before = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        put_report(file, drift_prometheus(drift, ran, before, unseen))
    elif drift is None:
        withdraw(file)
    else:
        put_report(file, _FORMATS[format_](drift, fail_on, ran))


def put_report(file: Path, text: str) -> None:
    """Write one report in one step.

    Raises:
        ReconcileError: the file can't be written.
    """
    try:
        put(file, text)
    except OSError as error:
        raise ReconcileError(f"the report {file} can't be written: {error.strerror}") from None


def withdraw(file: Path) -> None:
    """Take away what an older run reported.

    Raises:
        ReconcileError: it can't be.
    """
    try:
        if file.is_file() and not file.is_symlink():
            file.unlink()
    except OSError as error:
        raise ReconcileError(f"the report {file} can't be taken away: {error.strerror}") from None


def summarised(file: Path, drift: Drift, fail_on: FailOn) -> None:
    """Add the run to GitHub's step summary.

    Raises:
        ReconcileError: the file can't be written.
    """
    try:
        with file.open("a", encoding="utf-8") as summary:
            summary.write(drift_markdown(drift, fail_on))
    except OSError as error:
        raise ReconcileError(f"the step summary {file} can't be written: {error.strerror}") from None
