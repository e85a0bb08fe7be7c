"""Fields that several sections have: conditions by key, days and instants, reasons."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from reconciler.core.problems import Problems
from reconciler.language.section import AT_LEAST_ONE, END, Schema, SomeTexts, fault, what
from reconciler.policy import lint_codes
from reconciler.policy.document.grammar_texts import is_date
from reconciler.policy.grants.conditions import ConditionTest

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?Z)?")
_SOON = 7


def _no_day() -> date:
    raise fault("expected a date, YYYY-MM-DD")


def a_day(value: Any) -> date:
    """A date written YYYY-MM-DD."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())) if match else _no_day()
    except ValueError:
        return _no_day()


def an_instant(value: Any) -> str:
    """A day, or a day and a time in UTC, as the full instant at which it begins: `2031-01-31T00:00:00Z`."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise fault(f"expected a date such as 2031-01-31, or 2031-01-31T12:00Z in UTC, found {_said(value)}")
    day, hour, minute, second = match.groups()
    try:
        date.fromisoformat(day)
    except ValueError:
        raise fault(f'there is no day "{day}"') from None
    return f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}Z"


def _said(value: Any) -> str:
    return f'"{value[:40]}"' if isinstance(value, str) and value else what(value)


def _some_text(value: str) -> str:
    if not value.strip():
        raise fault("say why: a reason may not be empty")
    return value


def a_flag(value: Any) -> bool:
    """`true` or `false`, in these letters only."""
    if value in ("true", "false"):
        return bool(value == "true")
    raise fault(f"expected true or false, found {_said(value)}")


def _some_tests(value: Any) -> Any:
    if not isinstance(value, dict):
        raise fault(f"expected a map of condition keys and values, found {what(value)}")
    if not value:
        raise fault("an empty map: leave the key out, or name a condition key")
    return value


_DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END
_INSTANT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?" + END
Day = Annotated[date, BeforeValidator(a_day), Schema(lambda _: {"type": "string", "pattern": _DATE_PATTERN})]
Instant = Annotated[
    str, BeforeValidator(an_instant), Schema(lambda _: {"type": "string", "pattern": _INSTANT_PATTERN})
]
Reason = Annotated[
    str,
    AfterValidator(_some_text),
    Schema(lambda _: {"type": ["string", "number", "boolean"], "pattern": r"\S"}),
]
Flag = Annotated[bool, BeforeValidator(a_flag), Schema(lambda _: {"enum": [True, False, "true", "false"]})]
KeyTests = Annotated[
    dict[str, SomeTexts],
    BeforeValidator(_some_tests),
    AT_LEAST_ONE,
]


def ends(instant: str | None) -> tuple[ConditionTest, ...]:
    """The test that lets IAM itself end a statement."""
    if instant is None:
        return ()
    return (ConditionTest("DateLessThan", "aws:CurrentTime", (instant,), ("expires",), "expires"),)


def check_dates(condition: Mapping[str, Mapping[str, tuple[str, ...]]], problems: Problems) -> None:
    """Report values of date operators that are none, each at its place."""
    for operator, keys in condition.items():
        if not operator.rpartition(":")[2].startswith("Date"):
            continue
        for key, values in keys.items():
            for index, value in enumerate(values):
                if not is_date(value):
                    problems.error(
                        f'"{value[:40]}" is no date: write 2031-01-31T00:00:00Z',
                        "condition",
                        operator,
                        key,
                        index,
                    )


def is_over(instant: str | None, today: date) -> bool:
    """Whether its day has come.

    What is desired does not change within a day, and nothing lasts longer than its end.
    """
    return instant is not None and instant.partition("T")[0] <= today.isoformat()


def warn_of_end(instant: str | None, today: date, problems: Problems) -> None:
    """Warn in the last week and after."""
    if instant is None:
        return
    if is_over(instant, today):
        ended = instant.removesuffix("T00:00:00Z")
        problems.warning(
            lint_codes.ENDED_GRANT, f"ended {ended}: take it out, or give it a later date", "expires"
        )
    elif (date.fromisoformat(instant.partition("T")[0]) - today).days <= _SOON:
        problems.warning(lint_codes.ENDED_GRANT, f"ends {instant}, within a week", "expires")
