"""Reading and writing whole files: saved plans, journals, reports, histories, specs."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from reconciler.core.errors import PlanError

_READABLE = 0o644


def text_of(path: Path, what: str, most: int) -> str:
    """The text of a file of at most so many bytes; `what` is the word for it in errors.

    Raises:
        PlanError: it can't be read, is no regular file, is too large, or is no text.
    """
    try:
        if path.exists() and not path.is_file():
            raise PlanError(f"{path} is no {what}: it is no file")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PlanError(f"{path} can't be read: {why}") from None
    if len(content) > most:
        raise PlanError(f"{path} is no {what}: it is too large")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise PlanError(f"{path} is no {what}: it is no text") from None


def put(file: Path, text: str, mode: int | None = None) -> None:
    """Write in one step, so that nobody reads half of it, and through a link.

    The file gets that mode, else keeps its own. What is no file, such as a pipe, is written as it is.

    Raises:
        OSError: it can't be written.
    """
    named, file = file, file.resolve()
    if file.parts[1:2] in (("dev",), ("proc",)) or (file.exists() and not file.is_file()):
        # What /dev/stdout leads to has no path of its own where that is a pipe.
        named.write_text(text, encoding="utf-8", newline="")
        return
    if mode is None:
        mode = file.stat().st_mode & 0o7777 if file.exists() else _READABLE
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            handle.write(text)
        Path(name).chmod(mode)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
