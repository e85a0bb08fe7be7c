"""What two statements have in common, and the part of a statement that makes a difference."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from reconciler.policy import globs
from reconciler.policy.meaning.statements import Element, KeyTest, Statement

_VARIABLE = re.compile(r"\$\{[^}]*\}")
# Listing more pieces than this says less than the statement's own resources.
_MOST_PIECES = 400
# Comparing more patterns, or longer ones, with one another costs more than it saves.
_MOST_PAIRS, _LETTERS = 4_000, 200_000


@dataclass(frozen=True, slots=True)
class DecisiveStatement:
    """A statement that makes a difference, with those of its resources by which it does, none for all.

    `within` are the statements that must apply with it: the deny that was deleted, and what a boundary
    allows. `newer` are tests with the values alone that are new.
    """

    statement: Statement
    texts: tuple[str, ...]
    within: tuple[Statement, ...] = ()
    newer: frozenset[KeyTest] = frozenset()


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """On which resources, with which further tests and for which principals a statement makes a difference.

    Nothing stands for all that it has.
    """

    resources: tuple[str, ...] = ()
    tests: tuple[KeyTest, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()


def met(applying: Sequence[Statement]) -> list[str]:
    """Patterns of the resources that all of these statements name.

    No patterns where the first has NotResource.
    """
    texts: list[str] | None = None
    for statement in applying:
        if statement.resources is None or statement.resources.negated:
            continue
        own = sorted(statement.resources.patterns)
        if texts is not None and len(texts) * len(own) > _MOST_PIECES:
            return texts
        texts = own if texts is None else _pieces(texts, own)
    return texts or []


def _pieces(texts: list[str], others: list[str]) -> list[str]:
    pieces = dict.fromkeys(piece for a in texts for b in others if (piece := _common(a, b)))
    return [text for text in pieces if not any(o != text and covers(o, text) for o in pieces)]


def _common(pattern: str, other: str) -> str:
    """What fits both, as far as one pattern says it; "" for nothing."""
    if covers(pattern, other):
        return other
    if covers(other, pattern):
        return pattern
    # The one that says more: where they merely overlap no pattern has what is common.
    return (
        max(pattern, other, key=lambda text: len(text.replace("*", ""))) if _overlap(pattern, other) else ""
    )


def covers(wide: str, narrow: str) -> bool:
    """Whether one pattern plainly has all resources of another, whatever the variables stand for."""
    if "${" not in narrow:
        return globs.covers(wide, narrow)
    if "?" in wide:
        return wide == narrow
    # A variable is a letter of its own: only itself, or a `*`, stands where it does.
    variables = dict.fromkeys([*_VARIABLE.findall(narrow), *_VARIABLE.findall(wide)])
    names = {name: chr(0xE100 + number) for number, name in enumerate(variables)}
    return globs.covers(*(_VARIABLE.sub(lambda match: names[match[0]], text) for text in (wide, narrow)))


def newer_values(statement: Statement, others: Sequence[Statement]) -> frozenset[KeyTest]:
    """The statement's tests with those values alone that no other statement has that is as wide otherwise."""
    narrower = set()
    for test in statement.tests:
        if test.operator.negated or test.operator.over == "ForAllValues" or test.open_question:
            continue
        for other in others:
            if other.resources != statement.resources or not other.allows or other.limits != statement.limits:
                continue
            alike = [t for t in other.tests if (t.operator, t.key) == (test.operator, test.key)]
            if len(alike) == 1 and other.tests - set(alike) == statement.tests - {test}:
                new = test.values - alike[0].values
                narrower |= {replace(test, values=new)} if new and new != test.values else set()
    return frozenset(narrower)


def can_meet(statement: Statement, other: Statement) -> bool:
    """Whether some resource may be one for both; yes where that is not plain to see."""
    if statement.resources is None or other.resources is None:
        return True
    return may_share(statement.resources, other.resources)


@lru_cache(maxsize=16384)
def may_share(element: Element, other: Element) -> bool:
    """Whether some text may fit both; yes where it would take long to tell."""
    if element.negated and other.negated:
        return True
    if element.negated or other.negated:
        negated, plain = (element, other) if element.negated else (other, element)
        return not all(any(covers(n, p) for n in negated.patterns) for p in plain.patterns)
    if len(element.patterns) * len(other.patterns) > _MOST_PAIRS:
        return True
    return any(_overlap(a, b) for a in element.patterns for b in other.patterns)


def _overlap(pattern: str, other: str) -> bool:
    """Whether some text may fit both.

    A variable may stand for any text, and long patterns are not looked through.
    """
    if len(pattern) * len(other) > _LETTERS:
        return True
    return globs.overlaps(_VARIABLE.sub("*", pattern), _VARIABLE.sub("*", other))
