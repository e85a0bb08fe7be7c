"""The only place that prints: results to standard output; questions, progress, warnings to standard error."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

import click

from reconciler.core.errors import ReconcileError
from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.report.words.style import Style

_PROGRESS_AFTER = 0.7
# More than anyone reads.
_MOST_WARNINGS, _LONGEST_WARNING = 100, 2000
_PROGRESS_EVERY = 0.1


def is_terminal(stream: TextIO | None) -> bool:
    """A stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


def style(*, no_color: bool) -> Style:
    """Colour and links only on a terminal, never with NO_COLOR."""
    dressed = is_terminal(sys.stdout) and not no_color and not os.environ.get("NO_COLOR")
    return Style(colour=dressed, links=_links(os.environ) if dressed else "")


# Terminals that follow links, by TERM_PROGRAM.
_FOLLOW = ("iTerm.app", "WezTerm", "vscode", "ghostty")
_VTE_WITH_LINKS = 5002


def _links(env: Mapping[str, str]) -> str:
    """What a link to a line of a file looks like; "" where the terminal may not follow links.

    The file's own machine is named, as the terminal may be on another. A terminal inside a terminal may drop
    links.
    """
    if env.get("TMUX") or env.get("STY") or env.get("TERM", "dumb").startswith(("dumb", "screen", "tmux")):
        return ""
    from platform import node  # noqa: PLC0415 - start-up: few terminals get here

    file = f"file://{node()}{{path}}"
    if env.get("TERM_PROGRAM") in _FOLLOW or env.get("KITTY_WINDOW_ID") or env.get("WT_SESSION"):
        return f"{file}#{{line}}"
    version = env.get("VTE_VERSION", "")
    # GLib takes no address of a file with # in it.
    return file if re.fullmatch("[0-9]{1,6}", version) and int(version) >= _VTE_WITH_LINKS else ""


def result(text: str) -> None:
    """Print a result.

    Raises:
        ReconcileError: there is nowhere to print it.
    """
    if sys.stdout is None:
        raise ReconcileError("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ReconcileError(f"standard output can't be written: {error.strerror}") from None


def aside(text: str) -> None:
    """Say something that is not the result. A closed stream must never stop an apply."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def aside_from_signal(text: str) -> None:
    """The same from a signal handler, past the buffer: it may have interrupted a write to this stream."""
    with suppress(OSError):
        os.write(2, f"{text}\n".encode())


def warnings(problems: Iterable[Located]) -> None:
    """Say what is likely wrong with the specs."""
    shown = list(problems)
    for problem in shown[:_MOST_WARNINGS]:
        aside(str(problem)[:_LONGEST_WARNING])
    if len(shown) > _MOST_WARNINGS:
        aside(f"… and {len(shown) - _MOST_WARNINGS} more")


def confirmed(question: str) -> bool:
    """Whether the user typed "yes"; never asked where nobody can answer."""
    return answer(f'{question} Only "yes" is taken:') == "yes"


def answer(question: str) -> str:
    """What the user typed."""
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def can_ask() -> bool:
    """Whether there is somebody to ask."""
    return is_terminal(sys.stdin)


def _draw(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


class Progress:
    """One line on a terminal that says how far things are, once they take more than a moment."""

    def __init__(self) -> None:
        self._shown = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._began = self._last = time.monotonic()
        self._drawn = False

    def __call__(self, text: str) -> None:
        """Show how far things are."""
        now = time.monotonic()
        if self._shown and now - self._began > _PROGRESS_AFTER and now - self._last > _PROGRESS_EVERY:
            _draw(f"\r\x1b[K{escaped(text)}")
            self._last, self._drawn = now, True

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            _draw("\r\x1b[K")
            self._drawn = False


@contextmanager
def progressing() -> Iterator[Progress]:
    """Progress that is taken away at the end, whatever happens."""
    progress = Progress()
    try:
        yield progress
    finally:
        progress.clear()


def fail(message: str, advice: str = "") -> None:
    """Say an error and what to do about it."""
    shown = "\n".join(escaped(line) for line in message.splitlines())
    aside(f"error: {shown}" + (f"\n  {escaped(advice)}" if advice else ""))


def echo_usage(error: click.UsageError) -> None:
    """A wrong command line, as click words it."""
    error.show(file=sys.stderr)


def log(*, verbose: bool) -> Callable[[str], None]:
    """Where calls are said: standard error with -v, nowhere without."""
    return aside if verbose else lambda _line: None
