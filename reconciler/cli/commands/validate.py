"""`reconcile validate`."""

from collections import Counter
from collections.abc import Collection

import click

from reconciler import __version__
from reconciler.app.request import SpecSelection
from reconciler.app.validate import messages_of, validate_each
from reconciler.cli import options, terminal
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.core.text import plural


@click.command(
    "validate",
    epilog="""\b
Example:
  reconcile validate specs/ --strict
  reconcile validate specs/ --format sarif > lint.sarif
\b
Exit codes: 0 the specs are fine, 1 they are not.""",
)
@options.specs
@options.account
@options.partition
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="json and sarif have everything that is wrong, errors too, on standard output.",
)
def command(
    request: SpecSelection,
    account: str | None,
    partition: str,
    strict: bool,
    format_: str,
) -> int:
    """Check specs offline: syntax, the language, every rule of IAM that needs no AWS; and say what a reviewer
    would.

    PATH is a spec file or a folder of them; where none is given, the specs of reconcile.yaml, else
    specs/. What is said has the code of a rule of docs/lint.md, by which a comment at the line silences
    it: # reconcile: ignore[IAM306] reason. Where reconcile.yaml has environments and -e names none, the
    specs are checked for each.
    """  # noqa: D205 - click joins the lines of its help
    try:
        each = validate_each(request, account, partition, strict=strict)
    except SpecError as error:
        if format_ == "text":
            raise
        terminal.result(_formatted(error.problems, format_))
        return 1
    messages = messages_of({validated.environment: validated.messages for validated in each}, len(each))
    if format_ != "text":
        terminal.result(_formatted(messages, format_))
        return 0
    terminal.warnings(messages)
    for validated in each:
        specs = validated.specs
        name = f"{validated.environment}: " if validated.environment else ""
        terminal.result(
            f"{name}{plural(len(specs.names), 'spec')}, {plural(len(specs.desired), 'resource')}:"
            f" {_counted(validated.messages)}\n"
        )
    return 0


def _counted(messages: Collection[Located]) -> str:
    """`ok`, with how much there was to say."""
    numbers = Counter(message.severity for message in messages)
    return ", ".join(("ok", *(plural(numbers[word], word) for word in ("warning", "note") if numbers[word])))


def _formatted(messages: Collection[Located], format_: str) -> str:
    from reconciler.report import lint  # noqa: PLC0415 - start-up: the text needs none of it
    from reconciler.report.plan import as_json  # noqa: PLC0415 - start-up: the text needs none of it

    return as_json.dumped(
        lint.lint_data(messages) if format_ == "json" else lint.lint_sarif(messages, __version__)
    )
