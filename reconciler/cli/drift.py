"""`reconcile drift`."""

from pathlib import Path

import click

from reconciler.app import reporting
from reconciler.app.drifting import Asked
from reconciler.cli.connecting import Inputs, reading
from reconciler.cli.drift_job import DriftJob
from reconciler.cli.reports import Report, option
from reconciler.cli.settling import settled
from reconciler.core.drift import FAIL_ON, FailOn


@click.command(
    "drift",
    epilog="""\b
Example:
  reconcile drift specs/
  reconcile drift specs/ --fail-on drift --report sarif=drift.sarif --report github
  reconcile drift specs/ --history drift.json --changed-only
\b
Exit codes: 0 nothing differs, 2 a difference was proven, 1 failed,
3 nothing read differs, but not everything could be read.""",
)
@reading
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="any", show_default=True, help="Which findings lead to exit code 2; drift leaves out what the tags prove to be pending.")  # fmt: skip
@click.option("--no-orphans", is_flag=True, help="Don't look for resources that a spec describes no more.")
@click.option("--unmanaged", is_flag=True, help="List what is in the account and in no spec.")
@option(reporting.FORMATS, "github alone prints annotations and adds to the step summary. ")
@click.option("--history", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep the last result there.")  # fmt: skip
@click.option(
    "--changed-only", is_flag=True, help="Say something only when it is another result than the last."
)
@click.option(
    "--accept", default="", metavar="ID", help="Write the live value of this difference into the spec file."
)
@click.option(
    "--revert", default="", metavar="ID", help="Plan to mend this difference alone; changes nothing yet."
)
@click.option("--ignore", default="", metavar="ID", help="Write into the spec file that this difference is left alone; needs --reason.")  # fmt: skip
@click.option("--reason", default="", metavar="TEXT", help="Why, for --ignore.")
@click.option("--until", default="", metavar="DATE", help="The last day, for --ignore: YYYY-MM-DD.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    inputs: Inputs,
    fail_on: FailOn,
    no_orphans: bool,
    unmanaged: bool,
    reports: tuple[Report, ...],
    history: Path | None,
    changed_only: bool,
    format_: str,
    accept: str,
    revert: str,
    ignore: str,
    reason: str,
    until: str,
) -> int:
    """Find differences between the specs and live IAM, who caused them and how bad they are; changes nothing.

    PATH is a spec file or a folder of them; specs/ where none is given.
    """
    if accept or revert or ignore:
        return settled(inputs, accept, revert, ignore, (reason, until))
    if changed_only and history is None:
        raise click.UsageError("--changed-only needs --history FILE, to know the last result")
    asked = Asked(orphans=not no_orphans, unmanaged=unmanaged)
    return DriftJob(inputs, asked, fail_on, reports, history, changed_only, format_).run()
