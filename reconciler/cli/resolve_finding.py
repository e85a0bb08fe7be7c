"""Resolves one finding of `reconcile drift`: accept it, revert it, leave it alone."""

import shlex
from dataclasses import replace
from datetime import date

import click

from reconciler.app import accept as accepting
from reconciler.app import ignore_unmanaged
from reconciler.app.changed_file import Changed
from reconciler.cli import terminal
from reconciler.cli.inputs import Inputs
from reconciler.core.text import escaped
from reconciler.plan.guard import Consent
from reconciler.report.plan.text import plan_text


def settled(inputs: Inputs, accept: str, revert: str, ignore: str, reason_and_day: tuple[str, str]) -> int:
    """Do the one that was asked for; the exit code. `reason_and_day` are those of `ignore`."""
    if sum(map(bool, (accept, revert, ignore))) != 1:
        raise click.UsageError("--accept, --revert and --ignore: one at a time")
    reason, until = reason_and_day
    if bool(ignore) != bool(reason) or (until and not ignore):
        raise click.UsageError("--reason and --until go with --ignore, and --ignore needs --reason")
    if until and not _is_day(until):
        raise click.UsageError("--until is a day: YYYY-MM-DD")
    if revert:
        return _planned(inputs, revert)
    if accept:
        changed = accepting.accept(inputs.request, inputs.client(), accept)
        terminal.result(f"{escaped(str(changed.path))} says now what is live\n")
    else:
        changed = _ignored(inputs, ignore, reason, until)
        terminal.result(f"{escaped(str(changed.path))} leaves it alone now\n")
    terminal.result("".join(f"    {escaped(line)}\n" for line in changed.diff))
    for comment in changed.lost:
        terminal.aside(f"this comment went with what it was about: {escaped(comment)}")
    return 0


def _ignored(inputs: Inputs, finding: str, reason: str, until: str) -> Changed:
    """A difference of a spec, else a resource in no spec."""
    try:
        return accepting.ignore(inputs.request, inputs.client(), finding, reason, until)
    except accepting.NoSuchDifference:
        changed = ignore_unmanaged.ignore(inputs.request, inputs.client(), finding, reason, until)
        if changed is None:
            raise
        return changed


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _planned(inputs: Inputs, finding: str) -> int:
    narrowed = replace(inputs, request=replace(inputs.request, finding=finding))
    plan = narrowed.planned(Consent()).plan
    terminal.result(plan_text(plan, inputs.style))
    terminal.aside(
        f"to do it: reconcile apply {escaped(shlex.join(inputs.request.arguments))} --finding {finding}"
    )
    return 1 if plan.unread or any(change.obstacles for change in plan.changes) else 0
