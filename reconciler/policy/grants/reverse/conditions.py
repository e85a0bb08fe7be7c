"""The tests of a statement, parted into `when:`, `unless:`, `expires:` and, for all others, `condition:`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.problems import Problems
from reconciler.policy.document.document import as_list
from reconciler.policy.grants import conditions
from reconciler.policy.grants.conditions import ConditionTest, TypeOf, Values
from reconciler.policy.meaning.statements import scalar

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Parted:
    """Tests by the word that says them; those of `rest` are `condition:` and `expires:`."""

    when: dict[str, Values]
    unless: dict[str, Values]
    rest: tuple[ConditionTest, ...]


def read(block: Any) -> tuple[ConditionTest, ...]:
    """Every test of a Condition, in its order."""
    return tuple(
        ConditionTest(
            operator,
            key,
            tuple(scalar(value) for value in as_list(values)),
            ("condition", operator, key),
            "condition",
        )
        for operator, keys in (block or {}).items()
        for key, values in keys.items()
    )


def parted(
    tests: tuple[ConditionTest, ...], type_of: TypeOf, *, may_say: Callable[[str], bool], denies: bool = False
) -> Parted:
    """Each test under the word that chooses its operator by itself.

    `may_say` tells which keys `when:` may have.
    """
    when: dict[str, Values] = {}
    rest: list[ConditionTest] = []
    negated = [test for test in tests if denies and _unless(test, type_of) is not None]
    unless: dict[str, Values] = {}
    for test in tests:
        values = _unless(test, type_of) if negated == [test] else None
        if values is not None:
            unless[test.key] = values
        elif test.key.lower() not in map(str.lower, when) and may_say(test.key) and _is_chosen(test, type_of):
            when[test.key] = test.values
        else:
            rest.append(ending(test))
    return Parted(when, unless, tuple(rest))


def ending(test: ConditionTest) -> ConditionTest:
    """The test as one of `expires:` where it is what that would add."""
    is_end = (
        (test.operator, test.key.lower()) == ("DateLessThan", "aws:currenttime")
        and len(test.values) == 1
        and _INSTANT.fullmatch(test.values[0])
    )
    return replace(test, path=("expires",), by="expires") if is_end else test


def _is_chosen(test: ConditionTest, type_of: TypeOf) -> bool:
    """Whether `when:` would give this very test."""
    given = conditions.when({test.key: test.values}, type_of, _no_hint, Problems())
    return [(_same(chosen.operator), chosen.values) for chosen in given] == [
        (_same(test.operator), test.values)
    ]


def _unless(test: ConditionTest, type_of: TypeOf) -> Values | None:
    """What `unless:` would say to give this test, None where nothing does."""
    opposite = {"true": "false", "false": "true"}
    values = (
        tuple(opposite.get(v, v) for v in test.values) if test.operator == "BoolIfExists" else test.values
    )
    given = conditions.unless({test.key: values}, type_of, _no_hint, Problems())
    is_given = [(_same(chosen.operator), chosen.values) for chosen in given] == [
        (_same(test.operator), test.values)
    ]
    return values if is_given else None


def _same(operator: str) -> str:
    """ArnEquals behaves as ArnLike does (user guide, elements_condition_operators)."""
    return {"ArnEquals": "ArnLike", "ArnNotEquals": "ArnNotLike"}.get(operator, operator)


def _no_hint(_key: str) -> str:
    return ""
