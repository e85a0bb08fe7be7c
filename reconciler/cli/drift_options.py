"""The options of a drift job, which `drift` and `watch` share: what it looks for, and whom it notifies."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reconciler.app.drift import notify
from reconciler.app.drift.job import Job
from reconciler.app.drift.notify import Recipient
from reconciler.app.drift.run import DriftScope
from reconciler.app.output import drift_reports
from reconciler.app.request import Report, SpecSelection
from reconciler.cli import options
from reconciler.cli.report_option import option
from reconciler.core.errors import PlanError
from reconciler.core.results.drift import FAIL_ON, FailOn

NOTIFY = "RECONCILE_NOTIFY"


def _recipients(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[Recipient, ...]:
    try:
        return notify.recipients((*values, *os.environ.get(NOTIFY, "").split()))
    except PlanError as error:
        raise click.BadParameter(f"{error.message}; {error.advice}") from None


_looking: Callable[[Callable[..., Any]], Callable[..., Any]] = options.stacked(
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="any",
        show_default=True,
        help="Which findings lead to exit code 2; drift leaves out what the tags prove to be pending.",
    ),
    click.option(
        "--no-orphans", is_flag=True, help="Don't look for resources that a spec no longer describes."
    ),
    click.option("--unmanaged", is_flag=True, help="List what is in the account and in no spec."),
    option(drift_reports.FORMATS, "github alone prints annotations and adds to the step summary. "),
    click.option(
        "--history",
        type=options.PlaceType(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Keep the last result there.",
    ),
    click.option(
        "--notify",
        "recipients",
        multiple=True,
        callback=_recipients,
        metavar="URL",
        help=(
            "Send messages there: a URL of apprise (slack://, msteams://, mailto://, json:// …) or sns:ARN;"
            " with a history when the result changes, else whenever it isn't clean."
            f" {NOTIFY} in the environment has more, with spaces between. Repeatable."
        ),
    ),
)


def looking(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a job is asked for, handed over as `job_of`, which takes the request."""

    @_looking
    @wraps(function)
    def command(
        fail_on: FailOn,
        no_orphans: bool,
        unmanaged: bool,
        reports: tuple[Report, ...],
        history: Path | None,
        recipients: tuple[Recipient, ...],
        **more: Any,
    ) -> Any:
        def job_of(request: SpecSelection) -> Job:
            asked = DriftScope(orphans=not no_orphans, unmanaged=unmanaged)
            return Job(request, asked, fail_on, reports, history, recipients)

        return function(job_of=job_of, **more)

    return command
