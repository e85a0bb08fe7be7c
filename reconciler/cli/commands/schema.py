"""`reconcile schema`."""

import click

from reconciler.cli import terminal
from reconciler.report.plan.as_json import dumped
from reconciler.spec.json_schema import json_schema


@click.command(
    "schema",
    epilog="""\b
Example:
  reconcile schema > reconcile.schema.json
  reconcile schema --report > drift.schema.json
\b
Exit codes: 0 done.""",
)
@click.option("--report", is_flag=True, help="That of drift --format json instead.")
def command(report: bool) -> None:
    """Print the JSON Schema of the spec language, for editors."""
    if report:
        from reconciler.report.drift import as_json  # noqa: PLC0415 - start-up: editors ask for the language

        terminal.result(dumped(as_json.schema()))
        return
    terminal.result(dumped(json_schema()))
