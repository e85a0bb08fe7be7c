"""Values of conditions as what they stand for: numbers, instants; and which of them are not documented."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:[Tt](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d+))?)?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?)?"
)
_EPOCH = re.compile(r"\d{5,19}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")


def number(text: str) -> Decimal | None:
    """The number that a text is, or None."""
    try:
        decimal = Decimal(text)
    except InvalidOperation:
        return None
    return decimal if decimal.is_finite() else None


def instant(text: str) -> Decimal | None:
    """Seconds since 1970 of a date in W3C's form, or of seconds themselves; None for other text."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
    except ValueError:
        return None
    whole_seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return Decimal(whole_seconds) + (Decimal(f"0.{fraction}") if fraction else 0)


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def open_question(family: str, values: frozenset[str]) -> str:
    """What the documentation leaves open about the values of a test, "" for nothing."""
    for value in values:
        if family == "Null" and value not in ("true", "false"):
            return f'Null "{value}" is not documented'
        if family == "Bool" and value not in ("true", "false"):
            return f'Bool "{value}" is not documented'
        if family == "Numeric" and not _NUMBER.fullmatch(value):
            return f'the number "{value}" can be read in more than one way'
        if family == "Date" and instant(value) is None:
            return f'the date "{value}" is not documented'
        if family == "IpAddress" and not _is_network(value):
            return f'the network "{value}" is not documented'
    return ""


def _is_network(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
