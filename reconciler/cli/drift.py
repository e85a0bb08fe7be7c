"""`reconcile drift`."""

import click

from reconciler.cli import terminal
from reconciler.cli.connecting import Inputs, reading
from reconciler.plan.guard import Consent
from reconciler.report.as_json import dumped
from reconciler.report.checklist import drift_data, drift_text, verdict


@click.command(
    "drift",
    epilog="""\b
Example:
  reconcile drift specs/
\b
Exit codes: 0 nothing differs, 2 a difference was proven, 1 failed,
3 nothing read differs, but not everything could be read.""",
)
@reading
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(inputs: Inputs, format_: str) -> int:
    """Find differences between the specs and live IAM, and who caused them; changes nothing.

    PATH is a spec file or a folder of them; specs/ where none is given.
    """
    plan = inputs.planned(Consent(), judge=False).plan
    terminal.result(dumped(drift_data(plan)) if format_ == "json" else drift_text(plan, inputs.style))
    return verdict(plan).code
