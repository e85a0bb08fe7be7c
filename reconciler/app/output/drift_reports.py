"""The reports of a drift run, in every format."""

from collections.abc import Mapping
from pathlib import Path

from reconciler import __version__
from reconciler.app.output.report_files import put_report, withdraw
from reconciler.core.errors import ReconcileError
from reconciler.core.results.drift import Drift, FailOn, RunTimes
from reconciler.core.results.finding import Finding
from reconciler.report import drift as drift_formats
from reconciler.report.drift import DriftWriter
from reconciler.report.words.style import Style


def html_of(drift: Drift, fail_on: FailOn, ran: RunTimes) -> str:
    """A drift run as a page."""
    # The template engine, for those who ask for it.
    from reconciler.report.html import drift_html  # noqa: PLC0415
    from reconciler.report.html.run import PageRun  # noqa: PLC0415

    return drift_html(drift, fail_on, PageRun(ran.ended, __version__, ran.paths))


_WRITERS: Mapping[str, DriftWriter] = {
    **{name: format_.write for name, format_ in drift_formats.FORMATS.items()},
    "html": lambda drift, fail_on, ran, _style: html_of(drift, fail_on, ran),
}
PROMETHEUS = "prometheus"
FORMATS = (*_WRITERS, PROMETHEUS)


def written(
    format_: str,
    file: Path,
    drift: Drift | None,
    fail_on: FailOn,
    ran: RunTimes,
    unseen: tuple[Finding, ...] = (),
) -> None:
    """Write one report. Of a run that failed as a whole (None) there are only metrics.

    An older report in another format is then deleted. `unseen` are findings of earlier runs that this one
    could not look at: no alert may end because of that.

    Raises:
        ReconcileError: the file can't be written.
    """
    if format_ == PROMETHEUS:
        before = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        from reconciler.report.drift.prometheus import drift_prometheus  # noqa: PLC0415 - start-up

        put_report(file, drift_prometheus(drift, ran, before, unseen))
    elif drift is None:
        withdraw(file)
    else:
        put_report(file, _WRITERS[format_](drift, fail_on, ran, Style()))


def summarised(file: Path, drift: Drift, fail_on: FailOn) -> None:
    """Add the run to GitHub's step summary.

    Raises:
        ReconcileError: the file can't be written.
    """
    try:
        with file.open("a", encoding="utf-8") as summary:
            summary.write(drift_formats.FORMATS["markdown"].write(drift, fail_on, RunTimes(0, 0), Style()))
    except OSError as error:
        raise ReconcileError(f"the step summary {file} can't be written: {error.strerror}") from None
