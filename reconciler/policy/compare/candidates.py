"""Values of condition keys that stand for all values.

There is one for each class that the tests on a key tell apart.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import combinations, pairwise

from reconciler.policy.meaning import patterns, values
from reconciler.policy.meaning.operators import Value, Variables, text_patterns
from reconciler.policy.meaning.patterns import Budget, Pattern, TooMuch
from reconciler.policy.meaning.statements import KeyTest, Statement, variable_key

_TEXT = ("String", "Arn", "Binary")
_ANYTHING = Pattern((patterns.STAR,))
_MOST_LISTS = 2000
_MOST_VALUES, _MOST_ASSIGNMENTS = 16, 240


def of_key(tests: Sequence[KeyTest], variables: Variables, budget: Budget) -> list[Value]:
    """The key missing, and values of every class; several at once where a test looks at several.

    Raises:
        TooMuch: there are too many classes, or the tests read one value in different ways.
    """
    tests = [test for test in tests if not test.open_question]
    texts = list(dict.fromkeys(_single(tests, variables, budget)))
    several = [test for test in tests if test.operator.over]
    if not several:
        return [None, *texts]
    nothing: list[Value] = [] if any(test.operator.family == "Null" for test in tests) else [()]
    lists = [
        chosen for size in range(1, len(several) + 2) for chosen in _chosen(texts, min(size, len(texts)))
    ]
    # A plain operator looks at one value, which a list of one would do for as well; text is what it is
    # documented for.
    has_plain = any(not test.operator.over and test.operator.family != "Null" for test in tests)
    single = texts if has_plain else []
    return [None, *single, *nothing, *dict.fromkeys(lists)]


def _chosen(texts: list[str], size: int) -> Iterable[tuple[str, ...]]:
    for number, chosen in enumerate(combinations(texts, size)):
        if number >= _MOST_LISTS:
            raise TooMuch
        yield chosen


def _single(tests: Sequence[KeyTest], variables: Variables, budget: Budget) -> list[str]:
    families = {test.operator.family for test in tests} - {"Null", "open"}
    text_tests = [test for test in tests if test.operator.family in _TEXT]
    others = families & {"Numeric", "Date", "IpAddress", "Bool"}
    # One number, date or network has many spellings, and as text they differ.
    if len(others) > 1 or (text_tests and others - {"Bool"}):
        raise TooMuch
    texts: list[str] = []
    if text_tests:
        compiled = list(dict.fromkeys(p for test in text_tests for p in text_patterns(test, variables)))
        texts = list(patterns.classes(compiled, _ANYTHING, budget).values())
    for family in others:
        texts += _OF_FAMILY[family](
            [v for t in tests if t.operator.family == family for v in sorted(t.values)]
        )
    return texts or ["x"]


def _numbers(limits: list[str]) -> list[str]:
    return [f"{number:f}" for number in _around(values.number(text) for text in limits)]


def _dates(limits: list[str]) -> list[str]:
    moments = _around(values.instant(text) for text in limits)
    return [_date(moment) for moment in moments if moment >= _FIRST_SECOND]


def _around(limits: Iterable[Decimal | None]) -> list[Decimal]:
    """Each limit, something between two of them, and something beyond the last ones."""
    ordered = sorted({limit for limit in limits if limit is not None})
    if not ordered:
        return [Decimal(0)]
    with localcontext() as context:
        context.prec = 10 + 2 * max(len(f"{limit:f}") for limit in ordered)
        between = [(lower + upper) / 2 for lower, upper in pairwise(ordered)]
        return [ordered[0] - 1, *between, ordered[-1] + 1, *ordered]


# The first and the last second that a date of four digits can name.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799


def _date(moment: Decimal) -> str:
    if moment > _LAST_SECOND:
        return str(int(moment))
    day_and_time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(moment))
    fraction = moment % 1
    return day_and_time.strftime("%Y-%m-%dT%H:%M:%S") + (f"{fraction:f}"[1:] if fraction else "") + "Z"


def _addresses(networks: list[str]) -> list[str]:
    """The first address of each stretch between the ends of networks, by family of addresses."""
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    addresses: list[str] = []
    parsed = [ipaddress.ip_network(text) for text in networks]
    for version, ends in ((4, 2**32), (6, 2**128)):
        of_version = [network for network in parsed if network.version == version]
        edges = (
            {0}
            | {int(n.network_address) for n in of_version}
            | {int(n.broadcast_address) + 1 for n in of_version}
        )
        if not of_version and version == 6:
            addresses.append("2001:db8::1")
        else:
            make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
            # The last address of a stretch looks less like a network than the first.
            starts = sorted(edge for edge in edges if edge < ends)
            addresses += [str(make(end - 1)) for end in [*starts[1:], ends]]
    return addresses


def _truths(_values: list[str]) -> list[str]:
    return ["true", "false"]


_OF_FAMILY: dict[str, Callable[[list[str]], list[str]]] = {
    "Bool": _truths,
    "IpAddress": _addresses,
    "Numeric": _numbers,
    "Date": _dates,
}


@dataclass(frozen=True, slots=True)
class Assignments:
    """What policy variables may stand for: one mapping each. `complete` where nothing was left out."""

    each: tuple[dict[str, str | None], ...]
    complete: bool = True


def of_variables(
    statements: tuple[Statement, ...],
    keys: Iterable[str],
    budget: Budget,
    to_meet: frozenset[str] | None = None,
) -> Assignments:
    """What the policy variables may stand for.

    Each gets a text of its own, no value, and the texts that make it meet another pattern. `to_meet` are
    the resources of which a request has to meet one, where it need not meet all.
    """
    groups = _groups(statements)
    meeting = groups if to_meet is None else [[t for t in groups[0] if t in to_meet], *groups[1:]]
    tests = {name: [t for s in statements for t in s.tests if t.key == name] for name in keys}
    order, complete = _in_order(tests)
    assigned: list[dict[str, str | None]] = [{}]
    for name in order:
        near = [*_own(name, groups), *_met(name, meeting)]
        further: list[dict[str, str | None]] = []
        for known in assigned:
            # What the key is tested against may be another variable, which has its value by now.
            values = (
                [v for v in of_key(tests[name], known, budget) if isinstance(v, str)] if tests[name] else []
            )
            options = list(dict.fromkeys([*near, *values]))
            complete = complete and len(options) <= _MOST_VALUES
            further += [{**known, name: choice} for choice in (*options[:_MOST_VALUES], None)]
        complete = complete and len(further) <= _MOST_ASSIGNMENTS
        assigned = further[:_MOST_ASSIGNMENTS]
    return Assignments(tuple(assigned), complete)


def _in_order(tests: dict[str, list[KeyTest]]) -> tuple[list[str], bool]:
    """The variables, each before those that are tested against it.

    Not complete where some are tested in a circle.
    """
    needs = {name: _named_in(of) & tests.keys() - {name} for name, of in tests.items()}
    order: list[str] = []
    complete = True
    while needs:
        ready = sorted(name for name, others in needs.items() if others <= set(order))
        complete = complete and bool(ready)
        order.append((ready or sorted(needs))[0])
        del needs[order[-1]]
    return order, complete


def _named_in(tests: list[KeyTest]) -> set[str]:
    """The variables in the values of these tests."""
    texts = [text for test in tests for text in test.values]
    return {
        key for text in texts for name in _VARIABLE.findall(text) if (key := variable_key(name)) is not None
    }


def _groups(statements: tuple[Statement, ...]) -> list[list[str]]:
    """Texts that are held against the same thing: all resources, and all values of one condition key."""
    resources = sorted({text for s in statements if s.resources for text in s.resources.patterns})
    by_key: dict[str, set[str]] = {}
    for statement in statements:
        for test in statement.tests:
            by_key.setdefault(test.key, set()).update(test.values)
    return [resources, *(sorted(by_key[key]) for key in sorted(by_key))]


_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_SPLIT = re.compile(r"[/:*?]|\$\{[^{}]*\}")
_QUESTIONS = re.compile(r"\?+")
_LETTERS = "qzjvwkxyQZ0123456789abcdefghilmnoprstu"


def _own(name: str, groups: list[list[str]]) -> Iterator[str]:
    """Texts that no pattern spells: a readable one, and repeated letters that no pattern has.

    These are as long as patterns count.
    """
    near = [text for group in groups if any(name in text.lower() for text in group) for text in group]
    own = f"some-{re.split('[:/]', name)[-1]}"
    while any(own in text for text in near):
        own += "-x"
    yield own
    bare = _VARIABLE.sub("", "".join(near))
    letter = next((letter for letter in _LETTERS if letter not in bare), "")
    lengths = {len(run) + more for text in near for run in _QUESTIONS.findall(text) for more in (-1, 0, 1)}
    for length in sorted(lengths | {1}):
        if letter and length > 0:
            yield letter * length


def _met(name: str, groups: list[list[str]]) -> list[str]:
    """What stands in other patterns in the place of this variable.

    `mara` in `home/mara/*` for `home/${…}/*`.
    """
    texts: list[str] = []
    for group in groups:
        for text in group:
            for variable in _VARIABLE.finditer(text):
                if variable_key(variable[0]) == name:
                    head = _SPLIT_FIXED.split(text[: variable.start()], maxsplit=1)[0]
                    tail = text[variable.end() :]
                    texts += [
                        part for other in group if other != text for part in _parts_of(other, head, tail)
                    ]
    return texts


_SPLIT_FIXED = re.compile(r"[*?]|\$\{")


def _parts_of(other: str, head: str, tail: str) -> list[str]:
    """What of another text could stand for the variable.

    That is what follows the common beginning, and its pieces.
    """
    other, head, tail = (_with_escapes_as_letters(text) for text in (other, head, tail))
    fixed = _SPLIT_FIXED.split(other, maxsplit=1)[0]
    if not (fixed.startswith(head) or head.startswith(fixed)):
        return []
    if other == head + tail:
        return [""]
    rest = other[min(len(head), len(fixed)) :]
    whole = rest.removesuffix(tail)
    shortest = _VARIABLE.sub("", rest).replace("*", "").replace("?", _LETTERS[0]).removesuffix(tail)
    pieces = [piece for piece in (*_SPLIT.split(rest), shortest) if piece]
    parts = [*pieces, whole] if whole and not _SPLIT_FIXED.search(whole) else pieces
    return [part.translate(_LETTER_TO_SIGN) for part in parts]


# `${*}` is a star like any other letter.
_SIGN_TO_LETTER = {"${*}": "\ue010", "${?}": "\ue011", "${$}": "\ue012"}
_LETTER_TO_SIGN = {ord(letter): sign[2] for sign, letter in _SIGN_TO_LETTER.items()}


def _with_escapes_as_letters(text: str) -> str:
    for sign, letter in _SIGN_TO_LETTER.items():
        text = text.replace(sign, letter)
    return text
