"""Specs that come through a pipe: /dev/stdin, a named pipe, `<(…)`. Each is read once, and kept for the run.

A stream has no folder: its stand-in, a path in the working folder at which there is no file, is used for what
the spec names. Only a path that was named on the command line is read so: a pipe in a folder is no spec.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class _Stream:
    source: Path
    content: bytes | None = None


_KEPT: dict[Path, _Stream] = {}


def stand_in(path: Path) -> Path:
    """The path under which a stream is read; the path itself where it is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return path
    is_pipe = stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode)
    if not is_pipe and not (stat.S_ISREG(status.st_mode) and _is_descriptor(path)):
        return path
    kept = Path(f".stream-{status.st_dev}-{status.st_ino}")
    _KEPT.setdefault(kept, _Stream(path))
    return kept


def _is_descriptor(path: Path) -> bool:
    """Whether the path is an open file of the process, as of `< FILE`, and says nothing of a folder."""
    _, top, *rest = (*path.absolute().parts, "")
    return (top == "dev" and rest[:1] in (["stdin"], ["fd"])) or (top == "proc" and rest[1:2] == ["fd"])


def content(kept: Path, most: int) -> bytes | None:
    """What came through a stream, by its stand-in, `most` bytes at most; None for any other path."""
    stream = _KEPT.get(kept)
    if stream is None:
        return None
    if stream.content is None:
        stream.content = _read(stream.source, most)
    return stream.content


def _read(source: Path, most: int) -> bytes:
    # A socket can't be opened by its path.
    if _is_standard_input(source):
        with os.fdopen(os.dup(0), "rb") as file:
            return file.read(most)
    with source.open("rb") as file:
        return file.read(most)


def _is_standard_input(path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(0))
    except OSError:
        return False
