"""For whom, where and when a report was made."""

from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.core.plan import Header


@dataclass(frozen=True, slots=True)
class Run:
    """When the run ended, in seconds since 1970, and by which version."""

    ended: float
    version: str

    @property
    def at(self) -> str:
        """The time in words."""
        return datetime.fromtimestamp(self.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")


def facts(header: Header, run: Run) -> tuple[tuple[str, str], ...]:
    """The head of every page."""
    found = [
        ("Account", header.account),
        ("Specs", ", ".join(header.specs)),
        ("Read as", header.caller),
        ("Made", run.at),
        ("Reads", str(header.reads)),
    ]
    return (*found, ("Endpoint", header.endpoint)) if header.endpoint else tuple(found)
