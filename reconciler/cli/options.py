"""Options that several commands share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli import completions
from reconciler.core.text import is_url
from reconciler.policy.document.arns import PARTITIONS

F = TypeVar("F", bound=Callable[..., Any])


def stacked(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, the first of them outermost."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def checked_place(text: str) -> str:
    """The same.

    Raises:
        BadParameter: it looks like a URL.
    """
    if is_url(text):
        raise click.BadParameter(
            "looks like a URL, and is to be a path (it is not shown: it may hold a password); people are told"
            " with --notify URL"
        )
    return text


class PlaceType(click.Path):
    """A path, which is no URL: one that stands where it does not belong may hold a password."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        try:
            checked_place(str(value))
        except click.BadParameter as error:
            self.fail(error.message, param, ctx)
        return super().convert(value, param, ctx)


def _variables(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name:
            raise click.BadParameter("write NAME=VALUE")
        variables[name] = text
    return variables


def _not_empty(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("an empty name: an unset variable?")
    return value


def _account(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (len(value) == 12 and value.isascii() and value.isdigit()):
        raise click.BadParameter("an account is twelve digits")
    return value


_DAY = 86_400


def duration(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """Seconds of `90`, `90s`, `15m`, `1h30m`, as specs say them."""
    if value is None:
        return None
    # Start-up: few commands take a time.
    from reconciler.language.durations import NoDuration, seconds  # noqa: PLC0415

    try:
        length = seconds(value)
    except NoDuration:
        length = 0
    if not 0 < length <= _DAY:
        raise click.BadParameter(f"{value!r} is no time: write 90s, 15m or 1h30m, a day at most")
    return float(length)


def interval(context: click.Context, option: click.Parameter, value: str) -> float | None:
    """The same with a unit: who writes 15 may mean minutes, and seconds are a lot of asking."""
    if value.isascii() and value.isdigit():
        raise click.BadParameter(f"write {value}s or {value}m")
    return duration(context, option, value)


_project: Callable[[F], F] = stacked(
    click.option(
        "-e",
        "--env",
        "environment",
        callback=_not_empty,
        metavar="NAME",
        help="The environment of reconcile.yaml: its account, credentials and variables.",
    ),
    click.option(
        "--var",
        "variables",
        multiple=True,
        callback=_variables,
        metavar="NAME=VALUE",
        help="Set a variable of the specs; wins over all others.",
    ),
    click.option(
        "--var-file",
        "variable_files",
        multiple=True,
        type=PlaceType(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Variables from a file, NAME: text a line; wins over the environment's. Repeatable.",
    ),
    click.option("--recurse", is_flag=True, help="A folder means what lies below it too."),
    click.option(
        "--project",
        "project_file",
        type=PlaceType(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The project's file; reconcile.yaml here or further up where not given.",
    ),
    click.option("--no-project", is_flag=True, help="As if there were no reconcile.yaml."),
)
_paths: Callable[[F], F] = click.argument("paths", nargs=-1, type=PlaceType(), metavar="[PATH]...")


def specs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Which specs are meant, handed over as `request`."""
    return _paths(project(function))


def project(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command that takes `paths` in another way."""

    @_project
    @wraps(function)
    def command(
        paths: tuple[str, ...],
        variables: dict[str, str],
        variable_files: tuple[Path, ...],
        environment: str | None,
        recurse: bool,
        project_file: Path | None,
        no_project: bool,
        **more: Any,
    ) -> Any:
        if "" in paths:
            raise click.BadParameter("an empty PATH: an unset variable?")
        if project_file and no_project:
            raise click.UsageError("--project and --no-project: one of the two")
        # Start-up: help texts need no specs.
        from reconciler.app.project import Words, selection  # noqa: PLC0415

        words = Words(paths, variables, variable_files, environment or "", recurse, project_file, no_project)
        return function(request=selection(words), **more)

    return command


account: Callable[[F], F] = click.option(
    "--account", callback=_account, metavar="ID", help="The account that ${account} and ARNs stand for."
)
partition: Callable[[F], F] = click.option(
    "--partition",
    type=click.Choice(PARTITIONS),
    default=None,
    callback=lambda _context, _option, value: value or "",
    metavar="NAME",
    help="aws, aws-cn, aws-us-gov, …; where not given, that of the spec or of all its ARNs.",
)
only: Callable[[F], F] = click.option(
    "--only",
    multiple=True,
    shell_complete=completions.addresses,
    metavar="ADDRESS",
    help="Only this resource (role.NAME; * stands for any text). Repeatable.",
)
target: Callable[[F], F] = stacked(
    click.option("--profile", metavar="NAME", help="Profile of the AWS configuration."),
    click.option("--role-arn", metavar="ARN", help="Assume this role first."),
    click.option("--region", metavar="NAME", help="Region for the endpoint; IAM is global in its partition."),
    click.option("--endpoint-url", metavar="URL", help="Another endpoint than AWS's own."),
)
output: Callable[[F], F] = stacked(
    click.option("--no-color", is_flag=True, help="No colour, as with NO_COLOR set."),
    click.option("-v", "--verbose", is_flag=True, help="Say each AWS call on standard error."),
)


prune: Callable[[F], F] = click.option(
    "--prune", is_flag=True, help="Delete what the specs own and no longer describe."
)
