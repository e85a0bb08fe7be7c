"""`reconcile schema`."""

import click

from reconciler.cli import terminal
from reconciler.report.plan.as_json import dumped
from reconciler.spec.json_schema import json_schema, project_schema


@click.command(
    "schema",
    epilog="""\b
Example:
  reconcile schema > reconcile.schema.json
  reconcile schema --project > project.schema.json
  reconcile schema --report > drift.schema.json
  reconcile schema --plan > reconcile.plan.schema.json
\b
Exit codes: 0 done.""",
)
@click.option("--report", is_flag=True, help="That of drift --format json instead.")
@click.option("--plan", is_flag=True, help="That of plan --format json instead.")
@click.option("--project", is_flag=True, help="That of reconcile.yaml instead.")
def command(report: bool, plan: bool, project: bool) -> None:
    """Print the JSON Schema of the spec language, for editors."""
    if report + plan + project > 1:
        raise click.UsageError("--report, --plan and --project: one of them")
    if project:
        terminal.result(dumped(project_schema()))
        return
    if plan:
        from reconciler.report.plan.json_schema import schema  # noqa: PLC0415 - start-up: as below

        terminal.result(dumped(schema()))
        return
    if report:
        from reconciler.report.drift import as_json  # noqa: PLC0415 - start-up: editors ask for the language

        terminal.result(dumped(as_json.schema()))
        return
    terminal.result(dumped(json_schema()))
