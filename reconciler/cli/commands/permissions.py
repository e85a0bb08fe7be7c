"""`reconcile permissions`."""

import json

import click

from reconciler.app import permissions
from reconciler.app.project import environment_of
from reconciler.app.request import SpecSelection
from reconciler.cli import options, terminal
from reconciler.core.errors import PlanError
from reconciler.plan.required_permissions import PURPOSES, Purpose


@click.command(
    "permissions",
    epilog="""\b
Example:
  reconcile permissions specs/ --account 123456789012 --for drift
\b
Exit codes: 0 done, 1 the specs are wrong.""",
)
@options.specs
@options.account
@options.partition
@click.option(
    "--for", "purpose", type=click.Choice(PURPOSES), default="drift", show_default=True, help="Which command."
)
@click.option("--unmanaged", is_flag=True, help="Also what drift --unmanaged reads.")
def command(
    request: SpecSelection,
    account: str | None,
    partition: str,
    purpose: Purpose,
    unmanaged: bool,
) -> int:
    """Print the least policy that a command needs for these specs: plan, apply, drift, apply --prune or
    destroy.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. It allows the calls that the command may make, on what the specs describe, and nothing else.
    """  # noqa: D205 - click joins the lines of its help
    environment_of(request)
    policy = permissions.permissions(request, account, partition, purpose, unmanaged=unmanaged)
    if policy is None:
        raise PlanError(
            "the account is not known, and ARNs need it", "say --account ID, or account: in the spec"
        )
    terminal.result(json.dumps(policy.data, indent=2) + "\n")
    return 0
