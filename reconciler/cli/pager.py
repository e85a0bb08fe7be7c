"""Long results on a terminal: page by page, as git does it."""

import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from reconciler.cli import terminal
from reconciler.core.text import escaped

_DEFAULT = "less"
_NOT_RUN = (126, 127)
_OFF = "reconcile.no_pager"
_CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
_LINKS = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
# The first less that hands links through.
_LESS_WITH_LINKS = 566


def _set(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[_OFF] = value


option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--no-pager",
    is_flag=True,
    expose_value=False,
    callback=_set,
    help=(
        "Print it at once, however long; else $RECONCILE_PAGER, $PAGER or less shows what is longer than the"
        " screen."
    ),
)


def show(text: str) -> None:
    """Print a result, through the pager where it is longer than the screen.

    Raises:
        ReconcileError: there is nowhere to print it.
    """
    command = _command()
    if not (command and is_longer(text, *shutil.get_terminal_size()) and _paged(command, text)):
        terminal.result(text)


def _command() -> str:
    """The pager, "" where there is to be none."""
    context = click.get_current_context(silent=True)
    off = context is not None and context.meta.get(_OFF, False)
    if off or not terminal.is_terminal(sys.stdout) or os.environ.get("TERM", "dumb") == "dumb":
        return ""
    configured = next((os.environ[name] for name in ("RECONCILE_PAGER", "PAGER") if name in os.environ), None)
    if configured is not None:
        return "" if configured.strip() in ("", "cat") else configured
    return _DEFAULT if shutil.which(_DEFAULT) else ""


def is_longer(text: str, columns: int, rows: int) -> bool:
    """Whether it takes more lines than the screen has, one of which is the prompt's."""
    shown = (len(_CODES.sub("", line)) for line in text.splitlines())
    return sum(max(1, -(-length // max(1, columns))) for length in shown) >= rows


def _paged(command: str, text: str) -> bool:
    """Whether the pager showed it."""
    import subprocess  # noqa: PLC0415 - start-up: only where there is something to page

    env = {"LESS": "FRX", "LV": "-c", **os.environ}
    shown = text if _hands_links_through(command) else _LINKS.sub("", text)
    # The user's own words, which may have options and pipes in them: as git, man and the others take $PAGER.
    process = subprocess.Popen(  # noqa: S602
        command,
        shell=True,
        stdin=subprocess.PIPE,
        env=env,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(OSError):
            process.communicate(shown)
        code = process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if code not in (0, *_NOT_RUN):
        terminal.aside(f"the pager failed ({escaped(command)}): here is all of it; --no-pager uses none")
    return code == 0


def _hands_links_through(command: str) -> bool:
    if not re.fullmatch(r"(\S*/)?less( .*)?", command):
        return False
    import subprocess  # noqa: PLC0415 - as above

    with suppress(OSError, ValueError, subprocess.SubprocessError):
        output = subprocess.run(  # noqa: S603
            [shlex.split(command)[0], "--version"], capture_output=True, text=True, timeout=5, check=False
        ).stdout
        version = re.match(r"less (\d+)", output)
        return version is not None and int(version[1]) >= _LESS_WITH_LINKS
    return False
