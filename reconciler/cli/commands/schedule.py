"""`reconcile schedule`."""

from pathlib import Path

import click

from reconciler import __version__
from reconciler.app import permissions
from reconciler.app.project import environment_of
from reconciler.app.request import SpecSelection
from reconciler.cli import options, terminal
from reconciler.core.errors import PlanError
from reconciler.report.schedules import KINDS, WATCHES, ScheduledJob, scheduled, unfit


@click.command(
    "schedule",
    epilog="""\b
Example:
  reconcile schedule github specs/ --account 123456789012 > .github/workflows/reconcile-drift.yml
  reconcile schedule systemd specs/
  reconcile schedule watch-container specs/ --account 123456789012 > Dockerfile
\b
Exit codes: 0 done, 1 the specs are wrong.""",
)
@click.argument("kind", type=click.Choice([*KINDS, *WATCHES]), metavar="KIND")
@options.specs
@options.account
@options.partition
def command(kind: str, request: SpecSelection, account: str | None, partition: str) -> None:
    """Print a ready drift job for a scheduler, or a service that runs `watch`, with the least policy that it
    needs.

    KIND is cron, systemd, github, gitlab, kubernetes or eventbridge; watch-systemd and watch-container run
    `watch`. PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml,
    else specs/.
    """  # noqa: D205 - click joins the lines of its help
    environment_of(request)
    policy = permissions.permissions(request, account, partition, "drift", unmanaged=True)
    if policy is None:
        raise PlanError(
            "the account is not known, and ARNs need it", "say --account ID, or account: in the spec"
        )
    known = account or permissions.account_of(request) or ""
    job = ScheduledJob(
        request.arguments,
        str(Path.cwd()),
        known,
        partition or permissions.partition_of(request),
        policy,
        __version__,
        places=request.paths or (request.project.shown if request.project else ".",),
    )
    wrong = unfit(kind, job)
    if wrong:
        raise PlanError(wrong)
    terminal.result(scheduled(kind, job))
