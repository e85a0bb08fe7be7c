"""What `plan --report` writes beside what it prints, and what `show` makes of a saved plan."""

from datetime import UTC, datetime
from typing import Any

from reconciler.core.results.reviewed import PlanReport
from reconciler.report.plan import FORMATS, REPORTS
from reconciler.report.words.style import Style

SHOWN = ("text", *REPORTS)


def text_of(report: PlanReport, format_: str, style: Style | None = None) -> str:
    """The report in one of these formats."""
    if format_ == "html":
        # Start-up: the template engine, for those who ask for it.
        from reconciler.report.html import plan_html  # noqa: PLC0415
        from reconciler.report.html.run import PageRun  # noqa: PLC0415

        return plan_html(report.plan, report.views, PageRun(report.ended, report.version, report.paths))
    if format_ == "json":
        from reconciler.report.plan.as_json import dumped, report_data  # noqa: PLC0415 - as above

        return dumped(report_data(report.plan, report.warnings, _saved(report)))
    return FORMATS[format_](report.plan, report.warnings, style or Style())


def _saved(report: PlanReport) -> dict[str, Any] | None:
    """Where and how a saved plan was made."""
    saved = report.saved
    if saved is None:
        return None
    return {
        "at": datetime.fromtimestamp(report.ended, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "version": report.version,
        "folder": saved.folder,
        "paths": list(saved.paths),
        "environment": saved.environment or None,
        "agreed": list(saved.agreed),
    }
