"""`reconcile plan`."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from reconciler.app.output.report_files import PAGE_FORMATS, Report
from reconciler.app.pipeline.review import Planned
from reconciler.cli import options, pager, terminal
from reconciler.cli.inputs import Inputs, consenting, finding, reading, rewriting
from reconciler.cli.report_option import check_outputs, none_outdated, option, written
from reconciler.core.plan import Plan
from reconciler.plan.guard import Consent
from reconciler.report.plan import FORMATS

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
@option(PAGE_FORMATS)
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
    pager.show(FORMATS[format_](planned.plan, inputs.style))
    is_written = written(reports, partial(_page, planned))
    if out is not None:
        _save(out, planned.plan, inputs, consent, rewrite=rewrite)
    code = exit_code(planned.plan, detailed=detailed_exitcode)
    return code if is_written else code or 1


def exit_code(plan: Plan, *, detailed: bool) -> int:
    """A difference outweighs a failure, when asked for; what can't be done or read is a failure."""
    if detailed and plan.differing:
        return CHANGES
    blocked = any(change.obstacles for change in plan.changes)
    return 1 if blocked or plan.unread else 0


def _save(out: Path, plan: Plan, inputs: Inputs, consent: Consent, *, rewrite: bool) -> None:
    # Start-up: few plans are saved, and the others need nothing of apply.
    from reconciler.app import saved_plan  # noqa: PLC0415
    from reconciler.app.apply import check_may_apply  # noqa: PLC0415

    check_may_apply(plan)
    saved_plan.write(out, plan, inputs.request, consent, rewrite=rewrite)
    terminal.aside(f"saved as {out}: reconcile apply {out}")


def _page(planned: Planned, ended: float) -> str:
    # Start-up: few plans are written as pages.
    from reconciler.app.output.pages import of_plan  # noqa: PLC0415

    return of_plan(planned, ended)
