"""Checks the files that a command is to write: never a spec, nor what specs name, nor a file of another kind.

What is no file, such as a pipe or a device, is written as it is, also through a link.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.errors import PlanError
from reconciler.core.text import escaped
from reconciler.spec.files import Files, inputs_of
from reconciler.spec.project.listing import named_specs

# How a file of each format begins; those of `report.drift` say it themselves.
_BEGINNINGS = {
    "html": rb"\s*(?i:<!doctype html)",
    "prometheus": rb"# (HELP|TYPE) ",
    "plan": rb"\s*\{",
    "journal": rb"\{\"time\": ",
    "history": rb"\s*\{",
}
_ENOUGH = 4096


@dataclass(frozen=True, slots=True)
class Output:
    """A file that an option names, and the format that is written into it."""

    option: str
    file: Path
    format: str


def check(outputs: Iterable[Output], paths: tuple[str, ...]) -> None:
    """Raise unless each may be written; `paths` are the specs as they were named.

    Raises:
        PlanError: two are one file; one is an input, or a file of another kind.
    """
    regular = [output for output in outputs if _is_file_or_new(output.file)]
    _check_different(regular)
    existing = [output for output in regular if output.file.exists() and output.file.stat().st_size > 0]
    if not existing:
        return
    inputs = tuple(_inputs(paths, existing))
    for output in existing:
        name = escaped(str(output.file))
        if any(_is_same(output.file, path) for path in inputs):
            raise PlanError(f"{output.option} {name} is a spec, or a file that a spec names", _ADVICE)
        if not re.match(_beginning_of(output.format), _beginning(output.file)):
            raise PlanError(
                f"{output.option} {name} is there and no {_word(output.format)}: it is not overwritten",
                _ADVICE,
            )


_ADVICE = "name another file"


def _word(format_: str) -> str:
    return {"plan": "saved plan", "journal": "journal", "history": "history of a drift job"}.get(
        format_, f"{format_} report"
    )


def _beginning_of(format_: str) -> bytes:
    if format_ in _BEGINNINGS:
        return _BEGINNINGS[format_]
    # Start-up: only drift writes these.
    from reconciler.report.drift import FORMATS  # noqa: PLC0415

    return FORMATS[format_].beginning


def _is_file_or_new(path: Path) -> bool:
    with suppress(OSError, RuntimeError):
        return path.is_file() or not path.exists()
    return False


def _check_different(outputs: list[Output]) -> None:
    for number, output in enumerate(outputs):
        for other in outputs[:number]:
            if _is_same(output.file, other.file):
                raise PlanError(
                    f"{other.option} and {output.option} name one file, {escaped(str(output.file))}",
                    "give each a file of its own",
                )


def _is_same(first: Path, second: Path) -> bool:
    with suppress(OSError, RuntimeError):
        if first.resolve() == second.resolve():
            return True
        return first.exists() and second.exists() and first.samefile(second)
    return False


def _inputs(paths: tuple[str, ...], existing: list[Output]) -> Iterator[Path]:
    """The spec files that the paths mean, and the files that these name.

    Specs are read for that only if an output is in one of their folders.
    """
    specs = [file for text in paths for file in _spec_files(Path(text))]
    yield from specs
    folders = {file.resolve().parent for file in specs}
    targets = [output.file.resolve() for output in existing]
    is_near = any(target.is_relative_to(folder) for target in targets for folder in folders)
    if is_near or any(target.stat().st_nlink > 1 for target in targets):
        for spec in named_specs(Files(), tuple(map(str, specs)), None, recurse=False):
            yield from inputs_of(spec)


def _spec_files(path: Path) -> list[Path]:
    with suppress(OSError, ValueError):
        if path.is_dir():
            return [file for file in path.iterdir() if file.suffix in (".yaml", ".yml")]
    return [path]


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_ENOUGH)
    except OSError as error:
        raise PlanError(f"{escaped(str(path))} can't be read: {error.strerror}", _ADVICE) from None
