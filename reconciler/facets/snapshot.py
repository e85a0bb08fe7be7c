"""Members of a kind's rendering, read back; what no rendering has is a TypeError."""

from typing import Any

from reconciler.core.context import Tags


def text(value: Any) -> str:
    """Text."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def optional(value: Any) -> str:
    """Text, or "" for none."""
    return "" if value is None else text(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return tuple(map(text, value))


def number(value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no number")
    return value


def tags(value: Any) -> Tags:
    """Tags by their keys."""
    return frozenset((text(key), text(tag)) for key, tag in value.items())
