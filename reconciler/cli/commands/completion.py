"""`reconcile completion`."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from reconciler.cli import main, terminal

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    epilog="""\b
Example:
  reconcile completion bash > ~/.local/share/bash-completion/completions/reconcile
  reconcile completion zsh > ~/.zfunc/_reconcile     # a folder of your $fpath
  reconcile completion fish > ~/.config/fish/completions/reconcile.fish
\b
Exit codes: 0 done, 1 no such shell.""",
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options, files, and the addresses of what specs
    describe.
    """  # noqa: D205 - click joins the lines of its help
    kind = get_completion_class(shell)
    if kind is None:
        raise click.BadParameter(f"click knows no {shell}")
    # Not the class's own: that of bash starts a bash to ask how old it is.
    terminal.result(ShellComplete.source(kind(main, {}, "reconcile", "_RECONCILE_COMPLETE")))
