"""`reconcile schema`."""

import click

from reconciler.cli import terminal
from reconciler.report.as_json import dumped
from reconciler.spec.json_schema import json_schema


@click.command(
    "schema",
    epilog="""\b
Example:
  reconcile schema > reconcile.schema.json
\b
Exit codes: 0 done.""",
)
def command() -> None:
    """Print the JSON Schema of the spec language, for editors."""
    terminal.result(dumped(json_schema()))
