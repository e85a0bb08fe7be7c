"""Statements that do nothing, by themselves or beside the others (IAM117, 204)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.lint.redundant_entries import MOST_WILDCARDS
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject
from reconciler.policy.meaning.statements import Element, KeyTest, Statement

RULES = (
    LintRule(
        "IAM117",
        "Statement whose conditions can't hold together",
        why="Tests of one statement must all be true; these never are, so it never allows or denies.",
        source="decided from the documents' meaning",
        analyzer=("NULL_WITH_IF_EXISTS",),
    ),
    LintRule(
        "IAM204",
        "Statement that changes nothing",
        why="Other statements allow, or deny, all that this one could allow: the document means the same"
        " without it.",
        source="decided from the documents' meaning",
        analyzer=("REDUNDANT_STATEMENT",),
    ),
)
# Deciding by meaning takes some milliseconds a statement; a document of more suspects than this is a
# machine's.
_MOST_DECIDED = 4
_MOST_TEXTS, _MOST_TESTS, _MOST_VALUES, _MOST_PAIRS = 20, 6, 12, 1000
# Characters that stand for themselves, in the place of wildcards that do.
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_STAR, _QUESTION = "\ue003", "\ue004"
_EVERYTHING = Element(frozenset({"*"}))


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each statement by itself, then against the others."""
    yield from _never(subject)
    yield from _shadowed(subject)


def _never(subject: Subject) -> Iterator[LintFinding]:
    """Statements that leave out everything, or whose tests on one key can't hold together."""
    for part in subject.parts:
        if part.is_about_nothing:
            yield LintFinding(
                "IAM117",
                part.path,
                "this leaves out everything, so it does nothing: take it out, or write Action and Resource",
            )
        elif part.statement.principals is None and any(_is_never_met(tests) for tests in _by_key(part)):
            yield LintFinding(
                "IAM117",
                part.path,
                "no request can meet all of its conditions, so it does nothing: take it out, or correct them",
            )


def _by_key(part: StatementPart) -> list[frozenset[KeyTest]]:
    """The tests of each key that has several: tests on different keys can always hold together."""
    by_key: dict[str, set[KeyTest]] = {}
    for test in part.statement.tests:
        by_key.setdefault(test.key, set()).add(test)
    return [frozenset(tests) for tests in by_key.values() if len(tests) > 1]


def _is_never_met(tests: frozenset[KeyTest]) -> bool:
    if sum(len(test.values) for test in tests) > _MOST_VALUES:
        return False
    from reconciler.policy.compare.delta import difference  # noqa: PLC0415 - start-up: few documents need it

    # What the tests come to does not hang on the actions and resources.
    bare = Statement(True, _EVERYTHING, _EVERYTHING, None, tests)
    return difference((), (bare,)).gained.answer == "no"


def _shadowed(subject: Subject) -> Iterator[LintFinding]:
    """Statements without which the document means the same.

    Of several that can replace each other, all but the first.
    """
    kept = list(subject.parts)
    decided = 0
    for part in reversed(subject.parts):
        others = [other for other in kept if other is not part and (not other.allows or part.allows)]
        beside = _looking_too(part, others)
        if beside is None:
            continue
        if not beside.wider:
            decided += 1
            if decided > _MOST_DECIDED or not _is_decided_without(part, beside.every):
                continue
        kept.remove(part)
        yield LintFinding(
            "IAM204", part.path, f"{_named(part)} changes nothing beside {_whose(part, beside)}: take it out"
        )


@dataclass(frozen=True, slots=True)
class _Beside:
    """Other statements that are about all that one is about; `wider` where their tests are no stricter."""

    every: list[StatementPart]
    wider: list[StatementPart]


def _looking_too(part: StatementPart, others: list[StatementPart]) -> _Beside | None:
    """These others, or None where only this one is about something: cheap, and most searches end here."""
    own = part.statement
    if own.principals is not None or own.resources is None or own.actions.negated or own.resources.negated:
        twins = [other for other in others if other.statement == own]
        return _Beside(twins, twins) if twins else None
    texts = (*own.actions.patterns, *own.resources.patterns)
    is_long = any(text.count("*") + text.count("?") > MOST_WILDCARDS for text in texts)
    if is_long or len(own.actions.patterns) * len(own.resources.patterns) > _MOST_PAIRS:
        return None
    every: dict[int, StatementPart] = {}
    wider: dict[int, StatementPart] = {}
    is_wider = True
    for action, resource in product(map(_plain, own.actions.patterns), map(_plain, own.resources.patterns)):
        looking = [
            (i, other) for i, other in enumerate(others) if _looks_at(other.statement, action, resource)
        ]
        if not looking:
            return None
        every |= dict(looking)
        free = [(i, other) for i, other in looking if other.statement.tests <= own.tests]
        is_wider = is_wider and bool(free)
        wider |= dict(free[:1])
    return _Beside(list(every.values()), list(wider.values()) if is_wider else [])


def _is_decided_without(part: StatementPart, beside: list[StatementPart]) -> bool:
    """Whether it changes nothing beside these, which have tests of their own.

    The delta decides, where it takes little work.
    """
    from reconciler.policy.compare.delta import difference  # noqa: PLC0415 - start-up: few documents need it

    statements = [p.statement for p in beside]
    texts = sum(
        len(s.actions.patterns) + len(s.resources.patterns if s.resources else ()) for s in statements
    )
    tests = {test for statement in (part.statement, *statements) for test in statement.tests}
    if (
        texts > _MOST_TEXTS
        or len(tests) > _MOST_TESTS
        or not _may_complete_each_other(part.statement, statements)
    ):
        return False
    return difference((part.statement, *statements), statements).equivalent is True


def _may_complete_each_other(own: Statement, statements: list[Statement]) -> bool:
    """Whether two tests on one key could together be true of every request.

    Tests on different keys can all fail at once.
    """
    extra = {test for statement in statements for test in statement.tests - own.tests}
    by_key: dict[str, set[bool]] = {}
    for test in extra:
        is_text = test.operator.family in ("String", "Arn", "Binary")
        opposite = test.operator.negated or test.operator.if_exists or bool(test.operator.over)
        by_key.setdefault(test.key, set()).update((True, False) if not is_text else (opposite,))
    return any(
        kinds == {True, False} and sum(t.key == key for t in extra) > 1 for key, kinds in by_key.items()
    )


def _named(part: StatementPart) -> str:
    return f"the statement {part.raw['Sid']}" if part.raw.get("Sid") else "this statement"


def _whose(part: StatementPart, beside: _Beside) -> str:
    """The statement that alone takes its place, if one does."""
    others = beside.wider or beside.every
    if len(others) > 1:
        return "the others"
    (only,) = others
    denied = ", which denies it all" if part.allows and not only.allows else ""
    return (
        f"the statement {only.raw['Sid']}" if only.raw.get("Sid") else f"the {_ordinal(only.path)} one"
    ) + denied


def _ordinal(path: Path) -> str:
    number = int(path[-1]) + 1 if isinstance(path[-1], int) else 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def _plain(text: str) -> str:
    """Without `${*}` and `${?}`, which stand for themselves."""
    return text.replace("${*}", _STAR).replace("${?}", _QUESTION)


def _of_any_value(text: str) -> str:
    return _VARIABLE.sub("*", _plain(text))


def _looks_at(other: Statement, action: str, resource: str) -> bool:
    """Whether the statement is about all that these two patterns fit."""
    return (
        _includes(other.actions, action)
        and other.resources is not None
        and _includes(other.resources, resource)
    )


def _includes(element: Element, pattern: str) -> bool:
    if element.negated:
        # A variable may have any value, so what it stands in may be what is left out.
        return not any(globs.overlaps(_of_any_value(p), _of_any_value(pattern)) for p in element.patterns)
    return any(globs.covers(_plain(p), pattern) for p in element.patterns)
