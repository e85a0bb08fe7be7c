"""Runs a command with a terminal on its standard input."""

import os
import pty
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def on_terminal(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """The process, and the end of the terminal at which one types."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, ours
    finally:
        os.close(ours)
        os.close(theirs)
