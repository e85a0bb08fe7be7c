"""`reconcile plan`."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from reconciler.app.pipeline.review import Planned
from reconciler.app.request import Report
from reconciler.cli import options, pager, terminal
from reconciler.cli.inputs import Inputs, consenting, finding, reading, rewriting
from reconciler.cli.report_option import check_outputs, none_outdated, option, written
from reconciler.core.errors import PlanError
from reconciler.core.plan import Plan
from reconciler.plan.guard import Consent
from reconciler.report.plan import FORMATS, REPORTS

CHANGES = 2


@click.command(
    "plan",
    epilog="""\b
Example:
  reconcile plan specs/ecr.yaml
  reconcile plan specs/ --only role.CustomRWECRRole --format json
  reconcile plan specs/ecr.yaml --out ecr.plan.json --report html=plan.html
\b
Exit codes: 0 planned, also where apply would refuse it,
1 failed, can't be done, or not everything could be read;
with --detailed-exitcode 2 when something differs.""",
)
@reading
@pager.option
@consenting
@rewriting
@finding
@options.prune
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="cli is a script of AWS CLI calls.",
)
@option(REPORTS)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something differs.")
@click.option(
    "--out",
    type=options.PlaceType(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save the plan, for apply FILE to carry out if it is still the same.",
)
def command(
    inputs: Inputs,
    consent: Consent,
    rewrite: bool,
    format_: str,
    detailed_exitcode: bool,
    out: Path | None,
    reports: tuple[Report, ...],
    finding: str,
    prune: bool,
) -> int:
    """Show what apply would do: every difference and every call.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. Reads AWS, changes nothing. What guards refuse is shown, with the option that consents to it:
    it is apply that refuses.
    """
    if prune and finding:
        raise click.UsageError("--finding is one difference, and --prune is about what no spec describes")
    inputs = replace(inputs, request=replace(inputs.request, finding=finding, prune=prune))
    check_outputs(inputs.request, reports, out=out)
    with none_outdated(reports):
        planned = inputs.planned(consent, rewrite=rewrite)
    terminal.warnings(planned.warnings)
    pager.show(FORMATS[format_](planned.plan, planned.warnings, inputs.style))
    is_written = _kept(planned, reports, out, inputs, consent, rewrite=rewrite)
    code = exit_code(planned.plan, detailed=detailed_exitcode)
    return code if is_written else code or 1


def exit_code(plan: Plan, *, detailed: bool) -> int:
    """A difference outweighs a failure, when asked for; what can't be done or read is a failure."""
    if detailed and plan.differing:
        return CHANGES
    blocked = any(change.obstacles for change in plan.changes)
    return 1 if blocked or plan.unread else 0


def _kept(
    planned: Planned,
    reports: tuple[Report, ...],
    out: Path | None,
    inputs: Inputs,
    consent: Consent,
    *,
    rewrite: bool,
) -> bool:
    """Write the reports and save the plan; whether the reports could be written."""
    if not reports and out is None:
        return True
    # Start-up: few plans are kept, and the others need nothing of this.
    from reconciler.app import saved_folder, saved_plan  # noqa: PLC0415
    from reconciler.app.apply import check_may_apply  # noqa: PLC0415
    from reconciler.app.output.pages import report_of  # noqa: PLC0415
    from reconciler.app.output.plan_reports import text_of  # noqa: PLC0415

    report = report_of(planned, time.time())
    is_written = written(reports, partial(text_of, report))
    if out is not None:
        try:
            check_may_apply(planned.plan)
        except PlanError as error:
            message = error.message.replace("nothing is changed", "the plan is not saved")
            raise PlanError(message, error.advice) from None
        folder = saved_folder.described_as(out)
        saved_plan.write(out, report, inputs.request, consent, folder, rewrite=rewrite)
        terminal.aside(f"saved as {out}: reconcile apply {out}")
    return is_written
