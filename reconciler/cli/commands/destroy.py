"""`reconcile destroy`."""

import time
from pathlib import Path

import click

from reconciler.app import destroy
from reconciler.app.apply import check_may_apply
from reconciler.app.project import input_files
from reconciler.cli import terminal
from reconciler.cli.apply_freeze import check_not_frozen
from reconciler.cli.execution import ask_for_names, carry_out, carrying, left, shown
from reconciler.cli.inputs import Inputs, consenting, reading
from reconciler.cli.report_option import check_outputs
from reconciler.plan.guard import Consent


@click.command(
    "destroy",
    epilog="""\b
Example:
  reconcile destroy specs/ecr.yaml --dry-run
  reconcile destroy specs/ecr.yaml
\b
Exit codes: 0 done, or nothing to do; 1 failed or refused; 130 interrupted.
What was deleted can be made again from the specs, or with rollback.""",
)
@reading
@consenting
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@carrying
def command(
    inputs: Inputs,
    consent: Consent,
    dry_run: bool,
    yes: bool,
    journal: Path | None,
    format_: str,
    timeout: float | None,
) -> int:
    """Delete all that the specs own, and nothing else: show it, ask for the specs' names, write, look again.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. What carries another owner's tags, or none, stays. What is in use outside the specs, or was
    used within 30 days, takes --force.
    """
    check_outputs(inputs.request, journal=journal)
    if not dry_run:
        check_not_frozen(inputs.request.paths or input_files(inputs.request))
    began = time.monotonic()
    with terminal.progressing() as progress:
        planned = destroy.plan(inputs.request, inputs.client(timeout), consent, progress)
    terminal.warnings(planned.warnings)
    code = shown(planned.plan, format_, inputs.style, dry_run=dry_run)
    if code is not None:
        return code
    # A spec may have parts in other folders than the one that was named.
    check_not_frozen(planned.folders)
    check_may_apply(planned.plan)
    asked = bool(planned.plan.calls) and ask_for_names(planned.plan, yes=yes)
    return carry_out(planned, journal, format_, inputs.style, left(timeout, began), asked=asked)
