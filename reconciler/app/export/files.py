"""The specs of an export, and how they are written to files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.errors import PlanError


@dataclass(frozen=True, slots=True)
class File:
    """One spec of an export: its text, and the files that it names."""

    name: str
    text: str
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """The specs, how many resources they describe, and what was left out and why.

    `unread` could not be read. `owners` are other specs that own some of it.
    """

    files: tuple[File, ...]
    number: int
    left_out: Mapping[str, str]
    unread: Mapping[str, str]
    owners: tuple[str, ...] = ()


def put(out: Path, export: Export, *, apart: bool) -> tuple[Path, ...]:
    """Write the specs into a folder, or the only one as a file, with what they name beside them.

    Returns the files that were written.

    Raises:
        PlanError: one of them is there already, or can't be written.
    """
    folder = out if apart else out.parent
    files = {folder / file.name if apart else out: file.text for file in export.files}
    files |= {folder / name: text for file in export.files for name, text in file.beside}
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            # Never over anything, nor through a link that leads elsewhere.
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise PlanError(
                f"{path} is there already, and export writes over nothing",
                "name another file or folder with --out",
            ) from None
        raise PlanError(f"{out} can't be written: {error.strerror}", "name another with --out") from None
    return tuple(written)


def put_file(folder: Path, file: File) -> None:
    """Write one spec and what it names into a folder."""
    for name, text in ((file.name, file.text), *file.beside):
        (folder / name).write_text(text, encoding="utf-8")
