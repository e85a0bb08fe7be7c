"""`reconcile validate`."""

import click

from reconciler.app import offline
from reconciler.cli import options, terminal
from reconciler.core.text import plural


@click.command(
    "validate",
    epilog="""\b
Example:
  reconcile validate specs/ --strict
\b
Exit codes: 0 the specs are fine, 1 they are not.""",
)
@options.specs
@options.account
@click.option("--strict", is_flag=True, help="Warnings are errors.")
def command(paths: tuple[str, ...], variables: dict[str, str], account: str | None, strict: bool) -> None:
    """Check specs offline: syntax, the language, and every rule of IAM that needs no AWS.

    PATH is a spec file or a folder of them; specs/ where none is given.
    """
    specs = offline.validate(options.request(paths, variables), account, strict=strict)
    terminal.warnings(specs.warnings)
    terminal.result(f"{plural(len(specs.names), 'spec')}, {plural(len(specs.resources), 'resource')}: ok\n")
