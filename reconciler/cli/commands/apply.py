"""`reconcile apply`."""

import os
import time
from dataclasses import replace
from pathlib import Path

import click

from reconciler.app import saved_folder, saved_plan, saved_plan_check
from reconciler.app.apply import check_may_apply
from reconciler.app.pipeline.review import Planned
from reconciler.app.plan import NoSuchFinding
from reconciler.app.project import input_files
from reconciler.cli import options, terminal
from reconciler.cli.apply_freeze import check_not_frozen
from reconciler.cli.execution import ask, carry_out, carrying, left, say_already_done, shown
from reconciler.cli.inputs import Inputs, consenting, finding, reading_later, rewriting
from reconciler.cli.report_option import check_outputs
from reconciler.core.text import escaped, plural
from reconciler.plan.guard import Consent


@click.command(
    "apply",
    epilog="""\b
Example:
  reconcile apply specs/ecr.yaml
  reconcile apply specs/ --yes --adopt
  reconcile apply ecr.plan.json
\b
Exit codes: 0 done, or nothing to do; 1 failed or refused; 130 interrupted.
An apply that was cut short can be run again.""",
)
@reading_later
@consenting
@rewriting
@finding
@options.prune
@carrying
def command(
    inputs: Inputs,
    consent: Consent,
    rewrite: bool,
    yes: bool,
    journal: Path | None,
    format_: str,
    timeout: float | None,
    finding: str,
    prune: bool,
) -> int:
    """Make live IAM as the specs say: plan, show, ask, write, look again.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. A plan that `plan --out` saved is carried out without a question: what is done of it already
    is left out, and if anything else would be done now, nothing is.
    """
    inputs = replace(inputs, request=replace(inputs.request, finding=finding, prune=prune))
    # A saved plan may have its specs elsewhere.
    journal = journal.absolute() if journal else None
    plan = _saved(inputs, consent, rewrite=rewrite)
    if plan is not None:
        inputs = replace(inputs, request=plan.request)
        consent, rewrite, yes = plan.consent, plan.rewrite, True
    inputs = inputs.of(inputs.request)
    check_outputs(inputs.request, journal=journal)
    check_not_frozen(inputs.request.paths or input_files(inputs.request))
    began = time.monotonic()
    try:
        planned = inputs.planned(consent, rewrite=rewrite, seconds=timeout)
    except NoSuchFinding:
        if plan is None:
            raise
        _check_mended(plan, inputs)
        return say_already_done(format_)
    terminal.warnings(planned.warnings)
    shown(planned.plan, format_, inputs.style)
    if plan is not None and _is_done(plan, planned):
        return say_already_done(format_)
    # A spec may have parts in other folders than the one that was named.
    check_not_frozen(planned.folders)
    check_may_apply(planned.plan)
    asked = bool(planned.plan.calls) and ask(planned.plan, yes=yes)
    return carry_out(planned, journal, format_, inputs.style, left(timeout, began), asked=asked)


def _check_mended(saved: saved_plan.SavedPlan, inputs: Inputs) -> None:
    """What a saved plan was to mend is mended, if these are its specs and its account."""
    caller = inputs.client().caller()
    saved_plan_check.check_specs(saved, caller.account, caller.partition)


def _is_done(saved: saved_plan.SavedPlan, planned: Planned) -> bool:
    """Whether nothing is left to do of a saved plan; a part that is done already is told."""
    plan, done = planned.plan, saved_plan_check.done_already(saved, planned.plan)
    if done:
        saved_plan_check.check_gone(saved, planned)
    if done and plan.calls:
        terminal.aside(f"{done} of {plural(len(saved.calls), 'saved call')} done already")
    return not (plan.calls or plan.unread or plan.refusals)


def _saved(inputs: Inputs, consent: Consent, *, rewrite: bool) -> saved_plan.SavedPlan | None:
    """The saved plan that the only PATH names, if it does."""
    paths = inputs.request.paths
    if not any(path.endswith(".json") or saved_plan.is_saved_plan(Path(path)) for path in paths):
        return None
    if (
        len(paths) > 1
        or inputs.request.variables
        or inputs.request.environment
        or inputs.request.recurse
        or inputs.request.only
        or inputs.request.finding
        or inputs.request.prune
        or rewrite
        or consent != Consent()
    ):
        raise click.UsageError("a saved plan stands alone: what it was made from and agreed to is in it")
    path = Path(paths[0]).absolute()
    document = saved_plan.read(path)
    folder = saved_folder.of(document, path)
    if not folder.samefile(Path.cwd()):
        terminal.aside(f"the specs of this plan are in {escaped(str(folder))}")
        os.chdir(folder)
    return saved_plan.parsed(document, path)
