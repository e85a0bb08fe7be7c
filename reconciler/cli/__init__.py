"""The command line: one file per command, nothing imported that the command doesn't need."""

import os
import signal
import sys
from importlib import import_module
from types import FrameType

import click
from click.shell_completion import CompletionItem

from reconciler import __version__
from reconciler.core.errors import ReconcileError, SpecError
from reconciler.core.text import plural, similar

# pydantic looks for plugins in every installed package at import; none is used here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# Command, its module, its help in one line: --help must not import the modules.
_COMMANDS = {
    "validate": "Check specs offline.",
    "render": "Show the IAM documents and settings that specs become, offline.",
    "plan": "Show what apply would do.",
    "show": "Show a saved plan.",
    "apply": "Make live IAM as the specs say.",
    "export": "Write live IAM as specs whose plan only adopts.",
    "destroy": "Delete all that specs own.",
    "rollback": "Restore what an apply removed or changed, from its journal.",
    "verify": "Check everything in the specs against live IAM; changes nothing.",
    "drift": "Find differences between the specs and live IAM, for scheduled runs.",
    "watch": "Run the drift job over and over, as a service with metrics.",
    "diff": "Compare two policy documents by what they mean.",
    "can": "Say whether a role may do something, and why.",
    "permissions": "Print the least policy that a command needs for these specs.",
    "doctor": "Check that everything is there that a scheduled drift run needs.",
    "schedule": (
        "Print a ready drift job for cron, systemd, GitHub, GitLab, Kubernetes or EventBridge, or a watch."
    ),
    "schema": "Print the JSON Schema of the spec language, for editors.",
    "completion": "Print what makes bash, zsh or fish complete commands, options and addresses.",
    "sandbox": "Run a local IAM to try things on.",
}
INTERRUPTED, TERMINATED = 130, 143
# More than anyone mends before running it again.
_MOST_PROBLEMS, _LONGEST_LINE = 100, 2000


class _Commands(click.Group):
    """Loads a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"reconciler.cli.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Without importing the commands."""
        own_options = click.Command.shell_complete(self, ctx, incomplete)
        matching = [(name, about) for name, about in _COMMANDS.items() if name.startswith(incomplete)]
        return [*(CompletionItem(name, help=about) for name, about in matching), *own_options]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            close = similar(args[0], _COMMANDS)
            hint = f" Did you mean {close}?" if close else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from None


def _version(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        # Only this needs the catalogue.
        from reconciler.policy.catalogue.actions import data_version  # noqa: PLC0415

        click.echo(f"reconcile {__version__} (action data {data_version()})")
        context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  reconcile plan specs/ecr.yaml
  reconcile apply specs/ecr.yaml
  reconcile drift specs/
\b
Exit codes: 0 nothing differs, or done; 1 something failed; 2 a difference was
proven; 3 nothing read differs, but not everything could be read.""",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def main() -> None:
    """Declarative AWS IAM: a spec, a plan, an idempotent apply. Live IAM is the truth.

    There is no state file.
    """


class _Terminated(BaseException):
    """SIGTERM arrived."""


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise _Terminated


def run() -> int:
    """Run the command line; the exit code. Nothing that a user or AWS can cause ends in a traceback."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main.main(standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except _Terminated:
        return TERMINATED
    except click.exceptions.Exit as error:
        return int(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain once more when it flushes at exit.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 1
    except Exception as error:  # noqa: BLE001 - shown in our words, whatever it is
        _explain(error)
        return 1
    return code if isinstance(code, int) else 0


# What others call what we have.
_ELSEWHERE = {"--auto-approve": "--yes", "--force-yes": "--yes", "--target": "--only"}


def _hinted(error: click.NoSuchOption) -> click.NoSuchOption:
    """With the option that means the same, where the command has it."""
    ours = _ELSEWHERE.get(error.option_name, "")
    if error.ctx and any(ours in param.opts for param in error.ctx.command.params):
        return click.NoSuchOption(
            error.option_name, f"No such option {error.option_name!r}. Did you mean {ours!r}?", ctx=error.ctx
        )
    return error


def _explain(error: Exception) -> None:
    from reconciler.cli import terminal  # noqa: PLC0415 - kept out of this module's import

    if isinstance(error, SpecError):
        for problem in error.problems[:_MOST_PROBLEMS]:
            terminal.aside(str(problem)[:_LONGEST_LINE])
        if len(error.problems) > _MOST_PROBLEMS:
            terminal.aside(f"… and {len(error.problems) - _MOST_PROBLEMS} more")
        severities = [problem.severity for problem in error.problems]
        number = severities.count("error") or severities.count("warning")
        terminal.aside(plural(number, "error"))
    elif isinstance(error, ReconcileError):
        terminal.fail(error.message, error.advice)
    elif isinstance(error, click.UsageError):
        terminal.echo_usage(_hinted(error) if isinstance(error, click.NoSuchOption) else error)
    else:
        from reconciler.app import defect_report  # noqa: PLC0415 - start-up: the last resort only

        defect = defect_report.as_error(error)
        terminal.fail(defect.message, defect.advice)
