"""`reconcile verify`."""

import time

import click

from reconciler.app import verify
from reconciler.app.output import pages
from reconciler.app.request import Report
from reconciler.cli import pager
from reconciler.cli.inputs import Inputs, reading
from reconciler.cli.report_option import check_outputs, none_outdated, option, written
from reconciler.plan.guard import Consent
from reconciler.report.plan.as_json import dumped
from reconciler.report.verify import DIFFERS, verdict, verify_data, verify_text


@click.command(
    "verify",
    epilog="""\b
Example:
  reconcile verify specs/ecr.yaml
  reconcile verify specs/ecr.yaml --report html=check.html
\b
Exit codes: 0 all is as the specs say, 2 something is not, 1 failed,
3 what was read is right, but not everything could be read.""",
)
@reading
@pager.option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is for machines.",
)
@option(("html",))
def command(inputs: Inputs, format_: str, reports: tuple[Report, ...]) -> int:
    """Check everything in the specs against live IAM, as a checklist; changes nothing.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else specs/.
    """
    check_outputs(inputs.request, reports)
    with none_outdated(reports):
        planned = inputs.planned(Consent(), judge=False)
        plan, held = verify.credential_lines(planned)
    pager.show(
        dumped(verify_data(plan, held)) if format_ == "json" else verify_text(plan, held, inputs.style)
    )
    code = verdict(plan).code
    is_written = written(reports, lambda _format: pages.of_check(planned, plan, held, time.time()))
    return code if is_written or code == DIFFERS else 1
