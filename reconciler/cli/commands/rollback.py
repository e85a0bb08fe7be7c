"""`reconcile rollback`."""

import time
from pathlib import Path

import click

from reconciler.app.apply import check_may_apply
from reconciler.app.rollback import journal as journals
from reconciler.app.rollback import plan as rolling_back
from reconciler.cli import options, terminal
from reconciler.cli.apply_freeze import check_not_frozen
from reconciler.cli.execution import ask, carry_out, carrying, left, shown
from reconciler.cli.inputs import Inputs, consenting, reading_without_specs
from reconciler.cli.report_option import check_outputs
from reconciler.core.text import escaped
from reconciler.plan.guard import Consent


@click.command(
    "rollback",
    epilog="""\b
Example:
  reconcile rollback ~/.local/state/reconcile/journal/20261124T090000000000Z-123456789012.jsonl
  reconcile rollback ecr.jsonl --dry-run
  reconcile rollback ecr.jsonl --only role.CustomRWECRRole --yes
\b
Exit codes: 0 done, or nothing to do; 1 failed or refused; 130 interrupted.
The rollback has a journal of its own, so it can be rolled back too.""",
)
@click.argument("record", type=options.PlaceType(dir_okay=False, path_type=Path), metavar="JOURNAL")
@reading_without_specs
@consenting
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@carrying
def command(
    record: Path,
    inputs: Inputs,
    consent: Consent,
    dry_run: bool,
    yes: bool,
    journal: Path | None,
    format_: str,
    timeout: float | None,
) -> int:
    """Restore what an apply removed or changed: plan, show, ask, write, look again.

    JOURNAL is what that apply wrote: its end says where. Of several applies in one file the last is taken
    back. What it created stays; what others changed since is left alone, or refused where it would be
    overwritten.
    """
    check_outputs(inputs.request, journal=journal)
    applied = journals.read(record)
    if not dry_run:
        check_not_frozen((str(record), *applied.folders))
    began = time.monotonic()
    with terminal.progressing() as progress:
        planned = rolling_back.plan(
            applied, record.name, inputs.request.only, inputs.client(timeout), consent, progress
        )
    terminal.aside(
        f"the apply of {escaped(applied.begun)}: {applied.done} of {applied.calls} calls are known to be done"
    )
    code = shown(planned.plan, format_, inputs.style, dry_run=dry_run)
    if code is not None:
        return code
    check_may_apply(planned.plan)
    asked = bool(planned.plan.calls) and ask(planned.plan, yes=yes)
    return carry_out(planned, journal, format_, inputs.style, left(timeout, began), asked=asked)
