"""The option `--report FORMAT=FILE`, and reports written beside what a command prints."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from reconciler.app.project import input_files
from reconciler.app.request import Report, SpecSelection
from reconciler.cli import completions, options, terminal
from reconciler.core.errors import ReconcileError

GITHUB = "github"


def option(formats: tuple[str, ...], more: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option for a command that has these formats, handed over as `reports`."""

    def read(
        _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
    ) -> tuple[Report, ...]:
        return tuple(_report(value, formats) for value in values)

    help_text = f"Write a report too: {', '.join(formats)}. {more}Repeatable."
    return click.option(
        "--report",
        "reports",
        multiple=True,
        callback=read,
        shell_complete=completions.reports(formats),
        metavar="FORMAT=FILE",
        help=help_text,
    )


def _report(value: str, formats: tuple[str, ...]) -> Report:
    format_, sign, file = value.partition("=")
    if format_ not in formats:
        # What is no word may be a URL with a password in it, meant for another option.
        named = repr(format_) if format_.isalnum() else "that"
        raise click.BadParameter(f"{named} is no format: {', '.join(formats)}")
    if not file and (sign or format_ != GITHUB):
        raise click.BadParameter(f"write {format_}=FILE")
    return format_, Path(options.checked_place(file)) if file else None


def check_outputs(request: SpecSelection, reports: tuple[Report, ...] = (), **files: Path | None) -> None:
    """Raise unless every file may be written, before anything else is done.

    `files` are `out`, `journal`, `history`.

    Raises:
        PlanError: one of them is a spec, or another file that must not be overwritten.
    """
    if not reports and not any(files.values()):
        return
    # Start-up: most runs write nothing.
    from reconciler.app.output import paths as output_paths  # noqa: PLC0415
    from reconciler.app.output.paths import Output  # noqa: PLC0415

    named = [Output(f"--report {format_}", file, format_) for format_, file in reports if file is not None]
    named += [
        Output(f"--{option}", file, _FORMAT_OF.get(option, option)) for option, file in files.items() if file
    ]
    output_paths.check(named, input_files(request))


_FORMAT_OF = {"out": "plan"}


@contextmanager
def none_outdated(reports: tuple[Report, ...]) -> Iterator[None]:
    """Delete an older run's reports if this run fails as a whole: nobody may take them for this run's."""
    try:
        yield
    except ReconcileError:
        from reconciler.app.output import report_files  # noqa: PLC0415 - start-up: most runs write nothing

        complain(_tried(reports, report_files.withdraw))
        raise


def written(reports: tuple[Report, ...], text_of: Callable[[str], str]) -> bool:
    """Write each report, whose text is made of its format; whether that went well. Errors are printed."""
    errors: list[ReconcileError] = []
    for report in reports:
        from reconciler.app.output import report_files  # noqa: PLC0415 - as above

        text = text_of(report[0])
        errors += _tried((report,), partial(report_files.put_report, text=text))
    complain(errors)
    return not errors


def complain(errors: Iterable[ReconcileError | None]) -> None:
    """Say what went wrong beside the look itself."""
    for error in filter(None, errors):
        terminal.fail(error.message, error.advice)


def _tried(reports: tuple[Report, ...], act: Callable[[Path], None]) -> list[ReconcileError]:
    errors: list[ReconcileError] = []
    for _, file in reports:
        try:
            if file is not None:
                act(file)
        except ReconcileError as error:
            errors.append(error)
    return errors
