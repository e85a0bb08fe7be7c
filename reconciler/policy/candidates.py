"""Values of condition keys that stand for all values: one of each class that the tests on a key can tell apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

from reconciler.policy import patterns, values
from reconciler.policy.operators import Value, Variables, text_patterns
from reconciler.policy.patterns import Budget, Pattern, TooMuch
from reconciler.policy.statements import Element, Statement, Test, variable_key

_TEXT = ("String", "Arn", "Binary")
_ANYTHING = Pattern((patterns.STAR,))
_MOST_LISTS = 2000
_MOST_VALUES, _MOST_ASSIGNMENTS = 16, 240


def of_key(tests: Sequence[Test], variables: Variables, budget: Budget) -> list[Value]:
    """The key missing, and values of every class; several at once where a test looks at several.

    Raises:
        TooMuch: there are too many classes, or the tests read one value in different ways.
    """
    tests = [test for test in tests if not test.open_question]
    found = list(dict.fromkeys(_single(tests, variables, budget)))
    several = [test for test in tests if test.operator.over]
    plain = [test for test in tests if not test.operator.over and test.operator.family != "Null"]
    if not several or plain:
        return [None, *found]
    nothing: list[Value] = [] if any(test.operator.family == "Null" for test in tests) else [()]
    lists = [
        chosen for size in range(1, len(several) + 2) for chosen in _chosen(found, min(size, len(found)))
    ]
    return [None, *nothing, *dict.fromkeys(lists)]


def _chosen(found: list[str], size: int) -> Iterable[tuple[str, ...]]:
    for number, chosen in enumerate(combinations(found, size)):
        if number >= _MOST_LISTS:
            raise TooMuch
        yield chosen


def _single(tests: Sequence[Test], variables: Variables, budget: Budget) -> list[str]:
    families = {test.operator.family for test in tests} - {"Null", "open"}
    if len(families & {"Numeric", "Date", "IpAddress", "Bool"}) + bool(families & set(_TEXT)) > 1:
        raise TooMuch
    text = [test for test in tests if test.operator.family in _TEXT]
    if text:
        made = list(dict.fromkeys(p for test in text for p in text_patterns(test, variables)))
        return list(patterns.classes(made, _ANYTHING, budget).values())
    if "Bool" in families:
        return ["true", "false"]
    if "IpAddress" in families:
        return _addresses(value for test in tests for value in test.values)
    limits = [value for test in tests for value in test.values if test.operator.family in ("Numeric", "Date")]
    if "Numeric" in families:
        return [str(number) for number in _around(values.number(text) for text in limits)]
    if "Date" in families:
        return [_date(moment) for moment in _around(values.instant(text) for text in limits)]
    return ["x"]


def _around(found: Iterable[Decimal | None]) -> list[Decimal]:
    """Each limit, something between two of them, and something beyond the last ones."""
    limits = sorted({limit for limit in found if limit is not None})
    between = [(one + other) / 2 for one, other in pairwise(limits)]
    return [limits[0] - 1, *between, limits[-1] + 1, *limits] if limits else [Decimal(0)]


def _date(moment: Decimal) -> str:
    whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(moment))
    fraction = moment % 1
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + (f"{fraction:f}"[1:] if fraction else "") + "Z"


def _addresses(networks: Iterable[str]) -> list[str]:
    """The first address of each stretch between the ends of networks, by family of addresses."""
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    found: list[str] = []
    parsed = [ipaddress.ip_network(text) for text in networks]
    for version, ends in ((4, 2**32), (6, 2**128)):
        mine = [network for network in parsed if network.version == version]
        edges = {0} | {int(n.network_address) for n in mine} | {int(n.broadcast_address) + 1 for n in mine}
        if mine or version == 4:
            make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
            # The last address of a stretch looks less like a network than the first.
            starts = sorted(edge for edge in edges if edge < ends)
            found += [str(make(end - 1)) for end in [*starts[1:], ends]]
    return found


@dataclass(frozen=True, slots=True)
class Assignments:
    """What policy variables may stand for: one mapping each. `complete` where nothing was left out."""

    each: tuple[dict[str, str | None], ...]
    complete: bool = True


def of_variables(found: tuple[Statement, ...], keys: Iterable[str], budget: Budget) -> Assignments:
    """A text of its own for each variable, none at all, and the texts that would make it meet another pattern."""
    names = sorted(keys)
    texts = [text for statement in found for text in _texts(statement)]
    made: list[dict[str, str | None]] = [{}]
    complete = True
    for name in names:
        options = [_own(name, texts), *_met(name, texts)]
        tests = [test for statement in found for test in statement.tests if test.key == name]
        if tests:
            options += [v for v in of_key(tests, {}, budget) if isinstance(v, str)]
        options = list(dict.fromkeys(options))
        complete = complete and len(options) <= _MOST_VALUES
        choices: list[str | None] = [*options[:_MOST_VALUES], None]
        made = [{**one, name: choice} for one in made for choice in choices]
        complete = complete and len(made) <= _MOST_ASSIGNMENTS
        made = made[:_MOST_ASSIGNMENTS]
    return Assignments(tuple(made), complete)


def _texts(statement: Statement) -> list[str]:
    resources = statement.resources or Element(frozenset())
    return [*sorted(resources.patterns), *(v for t in sorted(statement.tests, key=repr) for v in sorted(t.values))]  # fmt: skip


def _own(name: str, texts: list[str]) -> str:
    """A text that no pattern spells."""
    own = f"some-{re.split('[:/]', name)[-1]}"
    while any(own in text for text in texts):
        own += "-x"
    return own


_VARIABLE = re.compile(r"\$\{[^{}]*\}")


def _met(name: str, texts: list[str]) -> list[str]:
    """What stands in other patterns where this variable stands in one: `mara` in `home/mara/*` for `home/${…}/*`."""
    found: list[str] = []
    for text in texts:
        for variable in _VARIABLE.finditer(text):
            if variable_key(variable[0]) != name:
                continue
            head = text[: variable.start()]
            for other in texts:
                if other != text and other.startswith(head):
                    part = re.split(r"[/:*?$]", other[len(head) :], maxsplit=1)[0]
                    if part:
                        found.append(part)
    return found
