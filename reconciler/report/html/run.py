"""For whom, where and when a report was made."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.core.plan import Header
from reconciler.report.html.page import Listing, ListLine


@dataclass(frozen=True, slots=True)
class PageRun:
    """When the run ended, in seconds since 1970, by which version, and the words that name the specs."""

    ended: float
    version: str
    words: tuple[str, ...] = ()

    def command(self, name: str, *options: str) -> str:
        """What to type for the same specs."""
        return shlex.join(("reconcile", name, *self.words, *options))

    @property
    def at(self) -> str:
        """The time in words."""
        return datetime.fromtimestamp(self.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")


_MOST_SPECS = 6


def specs(header: Header) -> Iterator[Listing]:
    """All specs, where the head of the page has no room for them."""
    if len(header.specs) > _MOST_SPECS:
        yield Listing("specs", "Specs", tuple(ListLine(name, "") for name in header.specs), is_open=False)


def facts(header: Header, run: PageRun) -> tuple[tuple[str, str], ...]:
    """The head of every page."""
    named, more = ", ".join(header.specs[:_MOST_SPECS]), len(header.specs) - _MOST_SPECS
    rows = [
        ("Account", header.account),
        ("Specs", f"{named} and {more} more" if more > 0 else named),
        ("Read as", header.caller),
        ("Made", run.at),
        ("Reads", str(header.reads)),
    ]
    return (*rows, ("Endpoint", header.endpoint)) if header.endpoint else tuple(rows)
