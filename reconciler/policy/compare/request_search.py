"""Looks for one request to which some statements apply and others don't, or proves that there is none.

Resources and condition keys hang together only through which statements must not apply, and by what: a
statement is kept off by a resource that it does not name, or by a value with which one of its tests fails. So
that is what is branched on, the statements without tests first; for the resource one text is looked for that
fits and avoids (`text_search`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from reconciler.policy.compare.overlap import covers
from reconciler.policy.compare.text_search import automaton, shortest
from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.operators import Value, Variables, holds
from reconciler.policy.meaning.patterns import Budget, Pattern, TooMuch
from reconciler.policy.meaning.statements import Element, KeyTest, Statement

# A value of a key, with the tests on that key that hold for it.
Option = tuple[Value, frozenset[KeyTest]]
Options = Mapping[str, Sequence[Option]]
_MOST_COMBINATIONS = 4096
# For an action that takes no resource.
NO_RESOURCE = "*"


@dataclass(frozen=True, slots=True)
class Question:
    """Which statements must apply and which must not, on which resources, and what each key may be.

    `universes` are the patterns of resources that may be asked for; none where the action takes no resource.
    `variables` are what policy variables stand for.
    """

    applying: tuple[Statement, ...]
    not_applying: tuple[Statement, ...]
    universes: tuple[Pattern, ...]
    options: Options
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """A resource and the values of the keys that the statements look at."""

    resource: str
    context: Mapping[str, Value]


def options_of(
    key: str, tests: Sequence[KeyTest], values: Sequence[Value], variables: Variables
) -> list[Option]:
    """Of these values one for each set of the tests on this key that holds."""
    by_tests: dict[frozenset[KeyTest], Value] = {}
    own = [test for test in tests if test.key == key]
    for value in values:
        by_tests.setdefault(frozenset(test for test in own if holds(test, value, variables)), value)
    return [(value, true) for true, value in by_tests.items()]


def find(question: Question, budget: Budget) -> FoundRequest | None:
    """A request of that kind; None where it is proved that there is none.

    Raises:
        TooMuch: the budget is used up before that is known.
    """
    options = dict(question.options)
    for statement in question.applying:
        if any(not _restricted(options, test, holding=True) for test in statement.tests):
            return None
    search = _Search(question, budget)
    return search.run(options, tuple(sorted(question.not_applying, key=lambda s: len(s.tests))), ())


def _restricted(options: dict[str, Sequence[Option]], test: KeyTest, *, holding: bool) -> bool:
    """Keep only the values with which the test holds, or fails; whether any value remains."""
    kept = [option for option in options[test.key] if (test in option[1]) == holding]
    options[test.key] = kept
    return bool(kept)


class _Search:
    """Decides statement by statement how it is kept off."""

    def __init__(self, question: Question, budget: Budget) -> None:
        self._question = question
        self._budget = budget
        self._known: dict[frozenset[Statement], str | None] = {}

    def run(
        self,
        options: dict[str, Sequence[Option]],
        waiting: tuple[Statement, ...],
        avoided: tuple[Statement, ...],
    ) -> FoundRequest | None:
        """`waiting` are still to be kept off; `avoided` are so by the resource."""
        self._budget.spend(1)
        waiting, forced = self._forced(options, waiting)
        avoided += forced
        resource = self._resource(avoided)
        if resource is None:
            return None
        if not waiting:
            return FoundRequest(resource, {key: values[0][0] for key, values in options.items() if values})
        # Often one resource keeps all of them off.
        resource = self._resource((*avoided, *waiting))
        if resource is not None:
            return FoundRequest(resource, {key: values[0][0] for key, values in options.items() if values})
        statement, rest = waiting[0], waiting[1:]
        for test in sorted(statement.tests, key=repr):
            narrowed = dict(options)
            if _restricted(narrowed, test, holding=False):
                result = self.run(narrowed, rest, avoided)
                if result is not None:
                    return result
        return self.run(options, rest, (*avoided, statement))

    def _forced(
        self, options: Mapping[str, Sequence[Option]], waiting: tuple[Statement, ...]
    ) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """Those that may still be kept off by a test, and those that only the resource can keep off.

        Those that some test keeps off already are in neither.
        """
        open_: list[Statement] = []
        forced: list[Statement] = []
        for statement in waiting:
            sure = {test: {test in true for _, true in options[test.key]} for test in statement.tests}
            if any(True not in answers for answers in sure.values()):
                continue
            if all(False not in answers for answers in sure.values()):
                forced.append(statement)
            else:
                open_.append(statement)
        return tuple(open_), tuple(forced)

    def _resource(self, avoided: tuple[Statement, ...]) -> str | None:
        key = frozenset(avoided)
        if key not in self._known:
            self._known[key] = self._searched(avoided)
        return self._known[key]

    def _searched(self, avoided: tuple[Statement, ...]) -> str | None:
        question = self._question
        matched = [s.resources for s in question.applying if s.resources is not None]
        away = [s.resources for s in avoided if s.resources is not None]
        if len(away) < len(avoided):
            # A trust policy's statement has no resource to keep it off.
            return None
        if not question.universes:
            fits = all(self._names(e) for e in matched) and not any(self._names(e) for e in away)
            return NO_RESOURCE if fits else None
        avoiding: list[Pattern] = []
        choices: list[list[Pattern]] = [list(question.universes)]
        avoided_texts = frozenset(
            t
            for e, n in (*((e, e.negated) for e in matched), *((e, not e.negated) for e in away))
            if n
            for t in e.patterns
        )
        for element, negated in (*((e, e.negated) for e in matched), *((e, not e.negated) for e in away)):
            compiled = self._patterns(element)
            if element.negated and not element.patterns:
                # Without any text the statement has no effect (Access Analyzer, EMPTY_ARRAY_*).
                if element in matched:
                    return None
                continue
            if negated:
                avoiding += compiled
            else:
                choices.append(self._reachable(element, avoided_texts))
        return self._text(choices, avoiding)

    def _reachable(self, element: Element, avoided: frozenset[str]) -> list[Pattern]:
        """Its patterns, without those that are all within an avoided pattern.

        No search is needed to see that.
        """
        kept = [t for t in sorted(element.patterns) if not any(covers(a, t) for a in avoided)]
        compiled = (patterns.glob(text, self._question.variables) for text in kept)
        return [pattern for pattern in compiled if pattern is not None]

    def _text(self, choices: list[list[Pattern]], avoiding: list[Pattern]) -> str | None:
        for number, fitting in enumerate(product(*choices)):
            if number >= _MOST_COMBINATIONS:
                raise TooMuch
            text = shortest(fitting, avoiding, self._budget)
            if text is not None:
                return text
        return None

    def _patterns(self, element: Element) -> list[Pattern]:
        compiled = (patterns.glob(text, self._question.variables) for text in sorted(element.patterns))
        return [pattern for pattern in compiled if pattern is not None]

    def _names(self, element: Element) -> bool:
        """Whether the element is about an action without a resource."""
        if not element.patterns:
            return False
        return any(automaton(p).fits(NO_RESOURCE) for p in self._patterns(element)) != element.negated


def tests_of(statements: Sequence[Statement]) -> tuple[KeyTest, ...]:
    """Every test of these statements, once."""
    return tuple(
        dict.fromkeys(test for statement in statements for test in sorted(statement.tests, key=repr))
    )
