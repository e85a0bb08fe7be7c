"""`reconcile sandbox`."""

import os
import shlex
import subprocess
import sys
import threading

import click

from reconciler.cli import terminal
from reconciler.core.errors import ReconcileError


@click.command(
    "sandbox",
    context_settings={"ignore_unknown_options": False},
    epilog="""\b
Example:
  reconcile sandbox --port 5000
  reconcile sandbox -- reconcile plan specs/ecr.yaml
\b
Exit codes: 0 stopped, 1 it could not start; with a command that command's own.""",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; a free one where not given."
)
@click.option(
    "--account", default="123456789012", show_default=True, metavar="ID", help="The account that it plays."
)
@click.option(
    "--rules/--no-rules", default=True, show_default=True, help="Refuse what IAM refuses, or be plain moto."
)
@click.argument("argv", nargs=-1, metavar="[-- COMMAND...]")
def command(port: int, account: str, rules: bool, argv: tuple[str, ...]) -> int:
    """Run a local IAM to try things on: no AWS account, nothing leaves the machine.

    Prints the variables to export and serves until interrupted; with a COMMAND, runs that inside and stops.
    """
    if not (len(account) == 12 and account.isdigit()):
        raise click.BadParameter("an account is twelve digits", param_hint="--account")
    try:
        from reconciler.sandbox import server  # noqa: PLC0415 - moto only where it is needed

        running = server.start(port, account, strict=rules)
    except ImportError:
        raise ReconcileError(
            "the sandbox is not installed", "pip install 'iam-reconciler[sandbox]'"
        ) from None
    except (OSError, SystemExit) as error:
        raise ReconcileError(
            f"the sandbox can't listen on port {port}: {error}", "take another --port"
        ) from None
    try:
        if argv:
            return _inside(argv, running.environment, server.CLEARED)
        for name, value in running.environment.items():
            terminal.result(f"export {name}={shlex.quote(value)}\n")
        terminal.result(f"unset {' '.join(server.CLEARED)}\n")
        terminal.aside(f"sandbox: account {account} at {running.url}, until Ctrl-C")
        threading.Event().wait()
    finally:
        running.stop()
    return 0


def _inside(argv: tuple[str, ...], environment: dict[str, str], cleared: tuple[str, ...]) -> int:
    inherited = {name: value for name, value in os.environ.items() if name not in cleared}
    path = os.pathsep.join([os.path.dirname(sys.executable), inherited.get("PATH", "")])  # noqa: PTH120
    try:
        return subprocess.run(argv, env={**inherited, **environment, "PATH": path}, check=False).returncode  # noqa: S603
    except OSError as error:
        raise ReconcileError(f"{argv[0]} can't be run: {error.strerror}") from None
