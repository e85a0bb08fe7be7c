"""`reconcile show`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.app import saved_plan, shown_plan
from reconciler.app.output.plan_reports import SHOWN, text_of
from reconciler.cli import options, pager, terminal
from reconciler.core.results.reviewed import PlanReport
from reconciler.core.text import escaped


@click.command(
    "show",
    epilog="""\b
Example:
  reconcile show ecr.plan.json
  reconcile show ecr.plan.json --format markdown
  reconcile show ecr.plan.json --format html > plan.html
\b
Exit codes: 0 shown; 1 it is no saved plan, or was changed.""",
)
@click.argument("file", metavar="PLAN", type=options.PlaceType(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(SHOWN),
    default="text",
    show_default=True,
    help="json is for machines, markdown for a pull request.",
)
@pager.option
@click.option("--no-color", is_flag=True, help="No colour, as with NO_COLOR set.")
def command(file: Path, format_: str, no_color: bool) -> None:
    """Show a saved plan as it was when it was made. AWS is not asked, and the specs are not read.

    PLAN is a file that `plan --out` wrote.
    """
    report = shown_plan.shown(saved_plan.read(file), file)
    terminal.aside(_origin(report))
    terminal.warnings(report.warnings)
    pager.show(text_of(report, format_, terminal.style(no_color=no_color)))


def _origin(report: PlanReport) -> str:
    """When and where it was made, and what was agreed to."""
    time = datetime.fromtimestamp(report.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if report.saved is None:
        return f"saved {time}"
    specs = ", ".join(report.saved.paths) or "the project"
    environment = f" -e {report.saved.environment}" if report.saved.environment else ""
    agreed = f", agreed: {' '.join(report.saved.agreed)}" if report.saved.agreed else ""
    return escaped(f"saved {time} from {specs}{environment} in {report.saved.folder}{agreed}")
