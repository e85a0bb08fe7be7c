"""Text that comes from a spec or from AWS, made safe to show; and words for it."""

import re
from collections.abc import Iterable, Sequence


def escaped(text: str) -> str:
    """The text with everything that a terminal might obey, or hide, written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# A word of two letters or more, as drives of Windows have one.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?://|/?[^@]*@)")


def is_url(text: str) -> bool:
    """Whether it looks like a URL, which no path does: it may hold a password, and is not to be shown."""
    return _URL.match(text) is not None


def shortened(names: Sequence[str], most: int = 10) -> str:
    """Names with commas between; of many the first, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def plural(number: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def similar(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that a misspelt one most likely means, without regard to case; "" where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - start-up: only an error needs it

    folded = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else ""


def owned_by(spec: str, whose: str = "") -> str:
    """Of one that bears the tag of a spec; `whose` says of which other place that spec is."""
    return f"owned by spec {spec} {whose}".rstrip()


def owner_words(owner: str, foreign: str) -> str:
    """Of one that bears the tag of a spec, the tags of another tool, or neither."""
    return owned_by(owner) if owner else f"owned by {foreign or 'no spec'}"
