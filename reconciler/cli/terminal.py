"""The only place that prints. Results go to standard output; questions, progress and warnings to standard error."""

import os
import sys
import time
from collections.abc import Callable, Iterable

import click

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.report.style import Style

_PROGRESS_AFTER = 0.7
_PROGRESS_EVERY = 0.1


def style(*, no_color: bool) -> Style:
    """Colour only on a terminal, never with NO_COLOR."""
    return Style(colour=sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR"))


def result(text: str) -> None:
    """Print a result."""
    sys.stdout.write(text)
    sys.stdout.flush()


def aside(text: str) -> None:
    """Say something that is not the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def warnings(found: Iterable[Located]) -> None:
    """Say what is likely wrong with the specs."""
    for problem in found:
        aside(str(problem))


def confirmed(question: str) -> bool:
    """Whether the user typed "yes"; never asked where nobody can answer."""
    sys.stderr.write(f'{question} Only "yes" is taken: ')
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"


def can_ask() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


class Progress:
    """One line on a terminal that says how far things are, once they take more than a moment."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._began = self._last = time.monotonic()
        self._drawn = False

    def __call__(self, text: str) -> None:
        """Show how far things are."""
        now = time.monotonic()
        if self._shown and now - self._began > _PROGRESS_AFTER and now - self._last > _PROGRESS_EVERY:
            sys.stderr.write(f"\r\x1b[K{escaped(text)}")
            sys.stderr.flush()
            self._last, self._drawn = now, True

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False


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
