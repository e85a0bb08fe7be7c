"""Condition operators: whether a test holds for what a request carries.

A request's value is None where the key is missing, text for a single-valued key, a tuple for a multi-valued
one. An answer of None means that the documentation does not say (project policy semantics, A4).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.patterns import Pattern
from reconciler.policy.meaning.statements import KeyTest
from reconciler.policy.meaning.values import instant, number

Value = str | tuple[str, ...] | None
Variables = Mapping[str, str | None]


def holds(test: KeyTest, value: Value, variables: Variables) -> bool | None:
    """Whether the test is true.

    Source: IAM user guide, reference_policies_elements_condition_operators, …multi-value-conditions.
    """
    operator = test.operator
    if test.open_question:
        return None
    if operator.family == "Null":
        return (value is None) == ("true" in test.values) or len(test.values) == 2
    if value is None:
        if operator.over:
            return operator.over == "ForAllValues" or operator.if_exists
        return operator.if_exists or operator.negated
    if operator.over:
        members = (value,) if isinstance(value, str) else value
        answers = [_one(test, member, variables) for member in members]
        return all(answers) if operator.over == "ForAllValues" else any(answers)
    if isinstance(value, tuple):
        # A plain operator on several values is not documented; on one it is what it is on that one.
        return _one(test, value[0], variables) if len(value) == 1 else None
    return _one(test, value, variables)


def _one(test: KeyTest, value: str, variables: Variables) -> bool:
    return _is_among(test, value, variables) != test.operator.negated


def _is_among(test: KeyTest, value: str, variables: Variables) -> bool:
    family = test.operator.family
    if family in ("String", "Arn", "Binary"):
        return any(patterns.fits(p, value) for p in text_patterns(test, variables))
    if family == "Bool":
        return value.lower() in test.values
    if family == "IpAddress":
        return _in_networks(value, test.values)
    return _compares(test, value)


def text_patterns(test: KeyTest, variables: Variables) -> Iterable[Pattern]:
    """The patterns of a test that compares text.

    A value whose variable is missing fits nothing and is left out.
    """
    for value in sorted(test.values):
        pattern = _text_pattern(test, value, variables)
        if pattern is not None:
            yield pattern


def _text_pattern(test: KeyTest, value: str, variables: Variables) -> Pattern | None:
    if test.operator.family == "Arn":
        return patterns.arn(value, variables)
    if test.operator.comparison == "Like":
        return patterns.glob(value, variables)
    return patterns.literal(value, variables, folds=test.operator.folds_case)


def _in_networks(value: str, networks: Iterable[str]) -> bool:
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return any(
        address in network
        for text in networks
        if (network := ipaddress.ip_network(text)).version == address.version
    )


def _compares(test: KeyTest, value: str) -> bool:
    read = number if test.operator.family == "Numeric" else instant
    compared = read(value)
    if compared is None:
        return False
    limits = [limit for text in test.values if (limit := read(text)) is not None]
    return any(_compare(compared, test.operator.comparison, limit) for limit in limits)


def _compare(compared: Decimal, how: str, limit: Decimal) -> bool:
    if how == "Equals":
        return compared == limit
    if how.startswith("LessThan"):
        return compared < limit or (how.endswith("Equals") and compared == limit)
    return compared > limit or (how.endswith("Equals") and compared == limit)
