"""Values of condition keys that are tried, and what is documented of each: with which tests they hold."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product

from reconciler.policy.catalogue import condition_keys
from reconciler.policy.compare import candidates
from reconciler.policy.compare.request_search import Option
from reconciler.policy.meaning.operators import Value, holds
from reconciler.policy.meaning.patterns import Budget, TooMuch
from reconciler.policy.meaning.statements import KeyTest

_KEY_WALK = 60_000
_MOST_PLAIN = 3
Variables = Mapping[str, str | None]


def may_have_several(key: str, services: tuple[str, ...], *, is_trust: bool = False) -> bool:
    """Whether one request may carry several values of a key.

    It may where the references say so, or say nothing of the key. Claims of identity providers are
    single, but for Cognito's `amr`; in a trust policy any other unknown key is single too.
    """
    if "." in key.partition(":")[0]:
        return key.endswith(":amr")
    if key.startswith(("saml:", "sts:")):
        return False
    kind = condition_keys.near_type_of(key, services)
    return kind.startswith("ArrayOf") or (kind == "" and not is_trust)


@lru_cache(maxsize=4096)
def values_of(
    own: tuple[KeyTest, ...], variables: tuple[tuple[str, str | None], ...]
) -> tuple[Value, ...] | None:
    """Values of every class that these tests on one key tell apart; None where that takes too much work."""
    try:
        return tuple(candidates.of_key(own, dict(variables), Budget(_KEY_WALK)))
    except TooMuch:
        return None


def relevant(own: Sequence[KeyTest], variables: Variables) -> tuple[tuple[str, str | None], ...]:
    """The variables that stand in the values of these tests."""
    texts = [text for test in own for text in test.values if "${" in text]
    return tuple(sorted((k, v) for k, v in variables.items() if any(k in text.lower() for text in texts)))


def choices(
    own: tuple[KeyTest, ...], key: str, variables: Variables, true: frozenset[KeyTest]
) -> tuple[Option, ...]:
    """What a key may be, with the tests that hold then: the value of its variable, or one of each class.

    Raises:
        TooMuch: there are too many classes.
    """
    fixed = (variables[key],) if key in variables else None
    known = _choices(own, relevant(own, variables), fixed, true & frozenset(own))
    if known is None:
        raise TooMuch
    return known


@lru_cache(maxsize=16384)
def _choices(
    own: tuple[KeyTest, ...],
    variables: tuple[tuple[str, str | None], ...],
    fixed: tuple[Value] | None,
    true: frozenset[KeyTest],
) -> tuple[Option, ...] | None:
    """The same, kept: many assignments of variables differ in what these tests don't look at."""
    values = values_of(own, variables) if fixed is None else fixed
    return None if values is None else tuple(told_apart(own, documented(own, values), dict(variables), true))


def told_apart(
    own: Sequence[KeyTest], values: Sequence[Value], variables: Variables, true: frozenset[KeyTest]
) -> list[Option]:
    """Of these values one for each set of the tests that holds; a value rather than none."""
    by_tests: dict[frozenset[KeyTest], Value] = {}
    for value in (*values[1:], *values[:1]):
        holding = frozenset(t for t in own if (t in true if t.open_question else holds(t, value, variables)))
        by_tests.setdefault(holding, value)
    return [(value, holding) for holding, value in by_tests.items()]


def documented(own: Sequence[KeyTest], values: Sequence[Value]) -> Sequence[Value]:
    """The values without several at once where a plain operator looks at them.

    What that means is not documented.
    """
    if not any(not t.operator.over and t.operator.family != "Null" for t in own):
        return values
    return [v for v in values if not isinstance(v, tuple) or len(v) == 1]


def undocumented(own: Sequence[KeyTest], variables: Variables, budget: Budget) -> list[Option]:
    """Several values at once, with every answer that the plain operators could give."""
    plain = [t for t in own if not t.operator.over and t.operator.family != "Null"]
    others = [t for t in own if t not in plain]
    lists = [v for v in candidates.of_key(own, variables, budget) if isinstance(v, tuple) and len(v) > 1]
    if not lists:
        single = [v for v in candidates.of_key(own, variables, budget) if isinstance(v, str)]
        lists = [(*single[:2], "another")]
    if len(plain) > _MOST_PLAIN:
        raise TooMuch
    value_of: dict[frozenset[KeyTest], Value] = {}
    for value in lists:
        sure = {t for t in others if holds(t, value, variables)}
        for way in product((True, False), repeat=len(plain)):
            yes = {t for t, is_true in zip(plain, way, strict=True) if is_true}
            value_of.setdefault(frozenset(sure | yes), value)
    return [(value, holding) for holding, value in value_of.items()]
