"""Durations as specs have them: `3600`, `90s`, `15m`, `12h` or `1h30m`."""

import re

_DURATION = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_UNITS = ((3600, "h"), (60, "m"), (1, "s"))


class NoDuration(Exception):
    """The text is no duration."""


def seconds(text: str) -> int:
    """The seconds of `3600`, `90s`, `15m`, `12h` or `1h30m`.

    Raises:
        NoDuration: it is none of these.
    """
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise NoDuration
    hours, minutes, remaining = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + remaining


def written(length: int) -> str:
    """A duration in its largest whole unit: `12h`, `90m`, `4000s`."""
    size, unit = next((size, unit) for size, unit in _UNITS if length % size == 0)
    return f"{length // size}{unit}"
