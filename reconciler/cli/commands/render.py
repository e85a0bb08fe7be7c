"""`reconcile render`."""

from datetime import datetime

import click

from reconciler.app.render import render
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
    paths: tuple[str, ...],
    variables: dict[str, str],
    account: str | None,
    only: tuple[str, ...],
    partition: str,
    today: datetime | None,
    format_: str,
    no_color: bool,
) -> None:
    """Show the IAM documents and settings that specs become, offline.

    PATH is a spec file or a folder of them; specs/ where none is given. Without --account the specs' own
    account is used, else 123456789012 stands in.
    """
    rendered = render(
        options.request(paths, variables, only), account, partition, today.date() if today else None
    )
    pager.show(
        dumped(rendered) if format_ == "json" else render_text(rendered, terminal.style(no_color=no_color))
    )
