"""All requests that two lists of statements can tell apart, by class: for actions, resources, principals and key values.

A class of actions or resources is written as a mask: bit `n` is set where it fits statement `n`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.policy import candidates, patterns, principals
from reconciler.policy.operators import Value, Variables, holds
from reconciler.policy.patterns import Budget, Pattern
from reconciler.policy.statements import Element, Statement, Test

_ACTION = Pattern((patterns.ANY, patterns.STAR, ":", patterns.ANY, patterns.STAR))
_ARN = "arn:?*:?*:*:*:?*"
_NO_RESOURCE = "*"


@dataclass(frozen=True, slots=True)
class Space:
    """The classes under one assignment of policy variables, each with a member.

    `values` has for each condition key values of every class, each with the tests that hold for it.
    """

    actions: dict[int, str]
    resources: dict[int, str | None]
    principals: dict[int, principals.Principal | None]
    values: dict[str, tuple[tuple[Value, frozenset[Test]], ...]]
    variables: Variables


def space(every: tuple[Statement, ...], variables: Variables, walk: Budget) -> Space:
    """The classes that these statements can tell apart.

    Raises:
        TooMuch: there are too many.
    """
    is_trust = any(statement.principals is not None for statement in every)
    nobody: dict[int, principals.Principal | None] = {_all(every): None}
    nothing: dict[int, str | None] = {_all(every): None}
    return Space(
        actions=_masks([s.actions for s in every], _ACTION, {}, walk),
        resources=nothing if is_trust else _resources(every, variables, walk),
        principals=_principals(every) if is_trust else nobody,
        values=_values(every, variables, walk),
        variables=variables,
    )


def narrowed(found: Space, every: tuple[Statement, ...], pattern: str, walk: Budget) -> Space:
    """The same with only the actions that one pattern fits."""
    made = patterns.glob(pattern, {})
    if not pattern or made is None:
        return found
    return replace(found, actions=_masks([s.actions for s in every], made, {}, walk))


def _values(
    every: tuple[Statement, ...], variables: Variables, walk: Budget
) -> dict[str, tuple[tuple[Value, frozenset[Test]], ...]]:
    by_key: dict[str, list[Test]] = {}
    for statement in every:
        for test in statement.tests:
            if test not in by_key.setdefault(test.key, []):
                by_key[test.key].append(test)
    found = {}
    for key, tests in by_key.items():
        # What a variable stands for is the value of its key.
        values = [variables[key]] if key in variables else candidates.of_key(tests, variables, walk)
        found[key] = tuple((v, frozenset(t for t in tests if holds(t, v, variables))) for v in values)
    return found


def _masks(
    elements: Sequence[Element], universe: Pattern, variables: Variables, walk: Budget
) -> dict[int, str]:
    texts = sorted({text for element in elements for text in element.patterns})
    made = [(text, patterns.glob(text, variables)) for text in texts]
    usable = [(text, pattern) for text, pattern in made if pattern is not None]
    found: dict[int, str] = {}
    for fitting, member in patterns.classes([p for _, p in usable], universe, walk).items():
        found.setdefault(_mask(elements, {usable[index][0] for index in fitting}), member)
    return found


def _resources(every: tuple[Statement, ...], variables: Variables, walk: Budget) -> dict[int, str | None]:
    elements = [s.resources or Element(frozenset()) for s in every]
    universe = patterns.glob(_ARN, {}) or _ACTION
    found: dict[int, str | None] = {**_masks(elements, universe, variables, walk)}
    texts = {text for element in elements for text in element.patterns}
    nothing = {t for t in texts if (p := patterns.glob(t, variables)) and patterns.fits(p, _NO_RESOURCE)}
    found.setdefault(_mask(elements, nothing), _NO_RESOURCE)
    return found


def _principals(every: tuple[Statement, ...]) -> dict[int, principals.Principal | None]:
    entries = {entry for s in every for entry in s.principals or ()}
    negated = any(s.not_principals for s in every)
    found: dict[int, principals.Principal | None] = {}
    for who in principals.candidates(entries, negated=negated):
        found.setdefault(sum(1 << index for index, s in enumerate(every) if _names(s, who)), who)
    return found


def _mask(elements: Sequence[Element], fitting: set[str]) -> int:
    return sum(
        1 << index
        for index, element in enumerate(elements)
        if element.patterns and bool(element.patterns & fitting) != element.negated
    )


def _all(found: tuple[Statement, ...]) -> int:
    return (1 << len(found)) - 1


def _names(statement: Statement, who: principals.Principal) -> bool:
    if not statement.principals:
        return False
    return any(principals.names(entry, who) for entry in statement.principals) != statement.not_principals
