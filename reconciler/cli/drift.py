"""`reconcile drift`."""

import click

from reconciler.app.drifting import Asked, drift
from reconciler.cli import terminal
from reconciler.cli.connecting import Inputs, reading
from reconciler.core.drift import FAIL_ON, FailOn
from reconciler.report.as_json import dumped
from reconciler.report.drift_json import drift_data
from reconciler.report.drift_text import drift_text


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
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="any", show_default=True, help="Which findings lead to exit code 2; drift leaves out what the tags prove to be pending.")  # fmt: skip
@click.option("--no-orphans", is_flag=True, help="Don't look for resources that a spec describes no more.")
@click.option("--unmanaged", is_flag=True, help="List what is in the account and in no spec.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(inputs: Inputs, fail_on: FailOn, no_orphans: bool, unmanaged: bool, format_: str) -> int:
    """Find differences between the specs and live IAM, and who caused them; changes nothing.

    PATH is a spec file or a folder of them; specs/ where none is given.
    """
    asked = Asked(orphans=not no_orphans, unmanaged=unmanaged)
    with terminal.progressing() as progress:
        found = drift(inputs.request, inputs.client(), asked, progress)
    for note in found.notes:
        terminal.aside(note)
    shown = (
        dumped(drift_data(found, fail_on)) if format_ == "json" else drift_text(found, inputs.style, fail_on)
    )
    terminal.result(shown)
    return found.verdict(fail_on)
