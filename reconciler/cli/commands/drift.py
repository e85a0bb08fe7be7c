"""`reconcile drift`."""

from collections.abc import Callable

import click

from reconciler.app.drift.job import Job
from reconciler.app.request import SpecSelection
from reconciler.cli import pager
from reconciler.cli.drift_options import looking
from reconciler.cli.drift_run import DriftJob
from reconciler.cli.inputs import Inputs, reading
from reconciler.cli.report_option import check_outputs
from reconciler.cli.resolve_finding import settled


@click.command(
    "drift",
    epilog="""\b
Example:
  reconcile drift specs/
  reconcile drift specs/ --fail-on drift --report sarif=drift.sarif --report github
  reconcile drift specs/ --history drift.json --changed-only
  reconcile drift specs/ --history drift.json --notify slack://TOKEN-A/TOKEN-B/TOKEN-C
\b
Exit codes: 0 nothing differs, 2 a difference was proven, 1 failed,
3 nothing read differs, but not everything could be read.""",
)
@reading
@pager.option
@looking
@click.option(
    "--changed-only", is_flag=True, help="Say something only when it is another result than the last."
)
@click.option(
    "--accept", default="", metavar="ID", help="Write the live value of this difference into the spec file."
)
@click.option(
    "--revert", default="", metavar="ID", help="Plan to mend this difference alone; changes nothing yet."
)
@click.option(
    "--ignore",
    default="",
    metavar="ID",
    help="Write into the spec file that this difference is left alone; needs --reason.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for --ignore.")
@click.option("--until", default="", metavar="DATE", help="The last day, for --ignore: YYYY-MM-DD.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is for machines.",
)
def command(
    inputs: Inputs,
    job_of: Callable[[SpecSelection], Job],
    changed_only: bool,
    format_: str,
    accept: str,
    revert: str,
    ignore: str,
    reason: str,
    until: str,
) -> int:
    """Find differences between the specs and live IAM, who caused them and how bad they are; changes nothing.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else specs/.
    """
    if accept or revert or ignore:
        return settled(inputs, accept, revert, ignore, (reason, until))
    job = job_of(inputs.request)
    check_outputs(inputs.request, job.reports, history=job.history)
    if changed_only and job.history is None:
        raise click.UsageError("--changed-only needs --history FILE, to know the last result")
    return DriftJob(inputs, job, changed_only, format_).run()
