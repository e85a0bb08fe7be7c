"""`reconcile diff`."""

import sys

import click

from reconciler.app import diff
from reconciler.cli import options, pager, terminal
from reconciler.report.plan.as_json import dumped
from reconciler.report.policy_diff import delta_data, delta_text
from reconciler.spec.source import MAX_BYTES


@click.command(
    "diff",
    epilog="""\b
Example:
  reconcile diff old.json new.json
  aws iam get-policy-version … | reconcile diff policy.yaml -
\b
Exit codes: 0 equivalent, 2 not equivalent, 3 unknown, 1 one of them
is no policy document.""",
)
@pager.option
@click.argument("old", type=options.PlaceType(allow_dash=True))
@click.argument("new", type=options.PlaceType(allow_dash=True))
@options.partition
@click.option("--trust", is_flag=True, help="They are trust policies of roles.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is for machines.",
)
@click.option("--no-color", is_flag=True, help="No colour, as with NO_COLOR set.")
def command(old: str, new: str, partition: str, trust: bool, format_: str, no_color: bool) -> int:
    """Compare two policy documents by what they mean: access gained and lost, each with a request that shows
    it.

    OLD and NEW are JSON or YAML files; - is standard input.
    """  # noqa: D205 - click joins the lines of its help
    if old == new == diff.STANDARD_INPUT:
        raise click.BadParameter("only one of the two can be standard input")
    compared = diff.compare(old, new, partition, trust=trust, standard_input=_standard_input)
    if format_ == "json":
        from reconciler.report.normal_form_diff import changes  # noqa: PLC0415 - start-up: deepdiff is heavy

        data = {
            **delta_data(compared.delta, compared.old, compared.new),
            "changes": changes(compared.old, compared.new),
        }
        pager.show(dumped(data))
    else:
        style = terminal.style(no_color=no_color)
        pager.show(delta_text(compared.delta, compared.old, compared.new, style))
    return {True: 0, False: 2, None: 3}[compared.delta.equivalent]


def _standard_input() -> str:
    return sys.stdin.buffer.read(MAX_BYTES + 1).decode("utf-8", errors="replace") if sys.stdin else ""
