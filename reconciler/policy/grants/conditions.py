"""Conditions of a grant or a trust: all tests of an item, each with the key that it comes from.

`when:` and `unless:` choose the operator from the key's type; `condition:` is IAM's own grammar.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.core.problems import Path, Problems
from reconciler.policy import globs

Values = tuple[str, ...]
Condition = dict[str, dict[str, Values]]
TypeOf = Callable[[str], str]

_WHEN = {"ARN": "ArnLike", "Bool": "Bool", "IPAddress": "IpAddress"}
_UNLESS = {"ARN": "ArnNotLike", "Bool": "BoolIfExists", "IPAddress": "NotIpAddress"}
# Why one operator would be a guess, and what to write instead of when, and of unless.
_COMPARED, _SEVERAL = "and there is more than one way to compare it", "has several values in one request"
_INSTEAD = {
    "Numeric": (f"is a number, {_COMPARED}", "NumericLessThanEquals", "NumericGreaterThanIfExists"),
    "Date": (f"is a date, {_COMPARED}", "DateLessThan", "DateGreaterThanEqualsIfExists"),
    "ArrayOfString": (_SEVERAL, "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals"),
    "ArrayOfARN": (_SEVERAL, "ForAnyValue:ArnLike", "ForAllValues:ArnNotLike"),
    "ArrayOfBool": (_SEVERAL, "ForAnyValue:Bool", "ForAllValues:Bool"),
}
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?")
_GUESSES = 50


@dataclass(frozen=True, slots=True)
class ConditionTest:
    """One key compared with values. `path` is its place in the item, `by` the key that it comes from."""

    operator: str
    key: str
    values: Values
    path: Path
    by: str


def written(block: Mapping[str, Mapping[str, Values]]) -> tuple[ConditionTest, ...]:
    """The tests of `condition:`."""
    return tuple(
        ConditionTest(operator, key, values, ("condition", operator, key), "condition")
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def when(
    listed: Mapping[str, Values], type_of: TypeOf, hint: TypeOf, problems: Problems
) -> tuple[ConditionTest, ...]:
    """The tests of `when:`. `type_of` gives a key's type or "", `hint` the key that was likely meant."""
    tests = []
    for key, values in listed.items():
        kind = _checked_type(key, values, type_of, hint, problems.under("when", key))
        if kind:
            operator = _WHEN.get(kind) or ("StringLike" if has_wildcard(values) else "StringEquals")
            tests.append(ConditionTest(operator, key, values, ("when", key), "when"))
    return tuple(tests)


def unless(
    listed: Mapping[str, Values], type_of: TypeOf, hint: TypeOf, problems: Problems
) -> tuple[ConditionTest, ...]:
    """The one test of `unless:`, negated; it is true where the key is missing, so a deny then denies."""
    if len(listed) > 1:
        problems.error(
            "unless takes one key: of two, either would be an exception only where the other is one too;"
            " write two items",
            "unless",
            list(listed)[1],
            on_key=True,
        )
        return ()
    tests = []
    for key, values in listed.items():
        kind = _checked_type(key, values, type_of, hint, problems.under("unless", key))
        if kind:
            operator = _UNLESS.get(kind) or ("StringNotLike" if has_wildcard(values) else "StringNotEquals")
            test = ConditionTest(operator, key, values, ("unless", key), "unless")
            tests.append(replace(test, values=_opposite(values)) if kind == "Bool" else test)
    return tuple(tests)


def _opposite(values: Values) -> Values:
    return tuple("false" if value == "true" else "true" for value in values)


def _checked_type(key: str, values: Values, type_of: TypeOf, hint: TypeOf, problems: Problems) -> str:
    kind = type_of(key)
    if not kind:
        guess = hint(key) if len(problems.found) < _GUESSES else ""
        meant = f"; did you mean {guess}?" if guess else ""
        problems.error(
            f'there is no condition key "{key}"{meant} (one that this version does not know goes into'
            " condition:)",
            on_key=True,
        )
        return ""
    if kind in _INSTEAD:
        why, positive, negative = _INSTEAD[kind]
        operator = negative if "unless" in problems.prefix else positive
        problems.error(f'{key} {why}: write condition: {{"{operator}": {{"{key}": …}}}}', on_key=True)
        return ""
    if kind == "Bool" and values not in (("true",), ("false",)):
        problems.error(f"{key} is true or false")
        return ""
    wrong = [
        (index, complaint)
        for index, value in enumerate(values)
        if (complaint := _value_complaint(kind, value))
    ]
    for index, complaint in wrong:
        problems.error(f"{key} {complaint}", index)
    return "" if wrong else kind


def _value_complaint(kind: str, value: str) -> str:
    if kind == "IPAddress" and not is_network(value):
        return f'is an address or a network such as 203.0.113.0/24, found "{value[:60]}"'
    if kind == "ARN" and not value.startswith(("arn:", "*", "${")):
        return f'is an ARN, found "{value[:60]}"'
    return ""


def is_network(text: str) -> bool:
    """An address with or without the length of a prefix.

    Python also takes zones and masks, and IAM does not.
    """
    import ipaddress  # noqa: PLC0415 - start-up: few specs need it

    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return bool(_ADDRESS.fullmatch(text))


def has_wildcard(values: Iterable[str]) -> bool:
    """Whether any value has one: `${*}` and policy variables are none."""
    return any(globs.is_pattern(globs.without_variables(value)) for value in values)


# Words that bring a test along which they don't spell out.
_SILENT = ("any-in-account", "oidc", "saml", "mfa", "expires")


def _who(test: ConditionTest) -> str:
    return f"{test.by} adds it itself" if test.by in _SILENT else f"{test.by} says it"


def combined(tests: Iterable[ConditionTest], problems: Problems) -> Condition:
    """All tests as one Condition (AND). The same operator and key twice, in whatever case, is an error."""
    condition: Condition = {}
    first: dict[tuple[str, str], ConditionTest] = {}
    for test in tests:
        twin = first.setdefault((test.operator.lower(), test.key.lower()), test)
        if twin is not test:
            message = (
                f"{test.operator} {test.key} stands twice, and IAM takes it once: {_who(twin)}, {_who(test)}"
            )
            problems.clash(message, test.path, twin.path)
            continue
        condition.setdefault(test.operator, {})[test.key] = test.values
    return condition
