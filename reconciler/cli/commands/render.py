"""`reconcile render`."""

from dataclasses import replace
from datetime import datetime

import click

from reconciler.app.render import render_each
from reconciler.app.request import SpecSelection
from reconciler.cli import options, pager, terminal
from reconciler.report.plan.as_json import dumped
from reconciler.report.render_text import render_text


@click.command(
    "render",
    epilog="""\b
Example:
  reconcile render specs/ecr.yaml --account 123456789012 --format json
\b
Exit codes: 0 done, 1 the specs are wrong.""",
)
@options.specs
@pager.option
@options.account
@options.only
@options.partition
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day for which attachments that expire are shown; today where not given.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is for machines.",
)
@click.option("--no-color", is_flag=True, help="No colour, as with NO_COLOR set.")
def command(
    request: SpecSelection,
    account: str | None,
    only: tuple[str, ...],
    partition: str,
    today: datetime | None,
    format_: str,
    no_color: bool,
) -> None:
    """Show the IAM documents and settings that specs become, offline.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. Without --account the specs' own account is used, else 123456789012 stands in. Where
    reconcile.yaml has environments and -e names none, all are shown, one after the other.
    """
    day = today.date() if today else None
    each = render_each(replace(request, only=only), account, partition, day)
    terminal.warnings(dict.fromkeys(note for rendered in each for note in rendered.notes))
    is_one = bool(request.environment) or not each[0].environment
    if format_ == "json":
        pager.show(dumped(each[0].resources if is_one else {r.environment: r.resources for r in each}))
        return
    style = terminal.style(no_color=no_color)
    texts = [render_text(rendered.resources, style) for rendered in each]
    if not is_one:
        texts = [f"environment {r.environment}\n\n{text}" for r, text in zip(each, texts, strict=True)]
    pager.show("\n".join(texts))
