"""An entry of a spec that says what a live resource is."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Exported:
    """`section` is plain maps, lists and text, to be merged with what else is said of the same `entry`.

    `notes` are for readers; `files` are texts that it names, by file name.
    """

    entry: str
    section: dict[str, Any]
    notes: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class NotExported(Exception):
    """No spec says this; the message is why."""
