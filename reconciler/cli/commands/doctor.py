"""`reconcile doctor`."""

import click

from reconciler.app.doctor import check_setup
from reconciler.app.drift.run import DriftScope
from reconciler.cli import terminal
from reconciler.cli.inputs import Inputs, reading
from reconciler.core.text import escaped


@click.command(
    "doctor",
    epilog="""\b
Example:
  reconcile doctor specs/ --unmanaged
\b
Exit codes: 0 a scheduled drift run has what it needs, 1 something is missing.""",
)
@reading
@click.option("--unmanaged", is_flag=True, help="Also what drift --unmanaged reads.")
def command(inputs: Inputs, unmanaged: bool) -> int:
    """Check that everything is there that a scheduled drift run needs: specs, credentials, account, clock,
    permissions.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. Reads AWS, changes nothing.
    """  # noqa: D205 - click joins the lines of its help
    right = True
    for check in check_setup(inputs.request, inputs.client(), DriftScope(unmanaged=unmanaged)):
        mark = inputs.style.sign("+", "ok  ") if check.is_right else inputs.style.sign("-", "FAIL")
        terminal.result(f"{mark}  {check.name:<12} {escaped(check.seen)}\n")
        if not check.is_right and check.advice:
            terminal.result(f"                   {escaped(check.advice)}\n")
        right = right and check.is_right
    return 0 if right else 1
