"""`reconcile schema`."""

import os
from pathlib import Path

import click

from reconciler.cli import terminal
from reconciler.core.text import escaped
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
        _say_editor_line(Path(), "reconcile.yaml")
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
    specs = Path("specs")
    _say_editor_line(
        specs if specs.is_dir() else Path(), f"a spec in {specs}/" if specs.is_dir() else "a spec"
    )


def _say_editor_line(folder: Path, what: str) -> None:
    """Say with which line a file of this folder begins, where the schema is written into a file."""
    try:
        file = Path("/dev/fd/1").readlink()
        if not file.is_file():
            return
    except OSError:
        return
    path = os.path.relpath(file, folder)
    terminal.aside(f"begin {what} with: # yaml-language-server: $schema={escaped(path)}")
