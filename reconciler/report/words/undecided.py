"""What could not be told about access, in words and as data."""

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.core.access_change import Undecided

_MOST_NAMED = 6
_EVERY = "*"


def perhaps(undecided: Iterable[Undecided]) -> Iterator[str]:
    """After what is known: `and perhaps more: s3:Get*: why`."""
    for entry in undecided:
        yield f"and perhaps more: {_named(entry.actions)}: {entry.why}"


def about_what(undecided: Iterable[Undecided]) -> Iterator[str]:
    """Where nothing is known: `cannot tell: why, about s3:Get*`."""
    for entry in undecided:
        yield f"cannot tell: {entry.why} (about {_named(entry.actions)})"


def _named(actions: tuple[str, ...]) -> str:
    if _EVERY in actions:
        return "any action"
    more = f" and {len(actions) - _MOST_NAMED} more" if len(actions) > _MOST_NAMED else ""
    return ", ".join(actions[:_MOST_NAMED]) + more


def undecided_data(undecided: Iterable[Undecided]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [{"actions": list(entry.actions), "why": entry.why} for entry in undecided]
