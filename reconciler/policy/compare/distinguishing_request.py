"""Whether some request tells two lists of statements apart, where both are about its action.

It is found, or it is proved that there is none.

One statement must apply, and on the other side either none that allows may, or one that denies must, or
none of the boundary's. Each such question is one for `request_search`, asked with the statements that can
meet it alone. What the documentation leaves open is tried both ways.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from reconciler.policy.compare import candidates
from reconciler.policy.compare.decisive_ways import (
    DecisiveWay,
    RequestProblem,
    all_meet,
    has_all_of,
    only_what_meets,
    targets,
    ways,
)
from reconciler.policy.compare.key_values import Variables, choices, may_have_several, undocumented
from reconciler.policy.compare.overlap import DecisiveStatement, met
from reconciler.policy.compare.request_search import Option, Question, find, tests_of
from reconciler.policy.compare.resource_classes import ANY_ARN
from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.operators import Value
from reconciler.policy.meaning.patterns import Budget, Pattern, TooMuch
from reconciler.policy.meaning.statements import Element, KeyTest, Statement, variables_of

_WALK = 200_000
_MOST_QUESTIONS = 3
TOO_MUCH = "telling them apart would take too much work"
_TOO_MANY_TEXTS = "its policy variables could stand for too many texts"


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """A resource, the values of keys, and the statements that make the difference, with their resources.

    `why` says what is not known. Without `by` and `why` it is proved that there is nothing.
    """

    resource: str = ""
    context: tuple[tuple[str, Value], ...] = ()
    by: tuple[DecisiveStatement, ...] = ()
    why: str = ""
    cost: int = 0


@lru_cache(maxsize=8192)
def decide(problem: RequestProblem) -> SearchOutcome:
    """The answer, target by target, and how much work it was."""
    left = Budget(_WALK)
    result = SearchOutcome()
    for target in targets(problem):
        try:
            outcome = _Decision(problem, target, left).outcome()
        except TooMuch:
            outcome = SearchOutcome(why=TOO_MUCH)
        if not result.by and outcome.by:
            result = replace(result, resource=outcome.resource, context=outcome.context)
        result = replace(result, by=(*result.by, *outcome.by), why=result.why or outcome.why)
    return replace(result, cost=_WALK - max(0, left.left))


def shown_on(problem: RequestProblem, universes: Sequence[str]) -> SearchOutcome | None:
    """A request on a resource of these patterns; None where there is none.

    Without patterns the action takes no resource.
    """
    left = Budget(_WALK // 8)
    try:
        for target in targets(problem):
            example = _Decision(problem, target, left, universes).example()
            if example is not None:
                return example
    except TooMuch:
        pass
    return None


class _Decision:
    """One target: every way in which it could be what makes the difference."""

    def __init__(
        self,
        problem: RequestProblem,
        target: Statement,
        budget: Budget,
        universes: Sequence[str] | None = None,
    ) -> None:
        self._services = problem.services
        self._budget = budget
        self._ways = [only_what_meets(way) for way in ways(problem, target) if all_meet(way.applying)]
        self._every = tuple(dict.fromkeys(s for way in self._ways for s in (*way.applying, *way.keeping_off)))
        self._tests = tests_of(self._every)
        texts = ((ANY_ARN,), ()) if universes is None else (tuple(universes),)
        self._universes = [()] if target.resources is None else [_compiled(t) for t in texts]
        self._assigned = {way: _assigned(way, budget) for way in self._ways}
        self._open = sorted({t for t in self._tests if t.open_question}, key=repr)
        self._known: dict[object, dict[str, Sequence[Option]]] = {}

    def outcome(self) -> SearchOutcome:
        if len(self._open) > _MOST_QUESTIONS:
            return SearchOutcome(why=self._open[0].open_question)
        first: SearchOutcome | None = None
        why = "" if all(assigned.complete for assigned in self._assigned.values()) else _TOO_MANY_TEXTS
        doing: list[DecisiveStatement] = []
        for way in self._ways:
            if any(has_all_of(entry, way) for entry in doing):
                continue
            shown, open_ = self._shown(way)
            why = open_ or why
            if shown is not None:
                first = first or shown
                doing.append(self._doing(way))
        if first is not None:
            # What is listed whole leaves nothing to be missed.
            is_whole = any(not entry.texts and not entry.newer and not entry.within for entry in doing)
            return replace(first, by=tuple(doing), why="" if is_whole else why)
        return SearchOutcome(why=why or self._several())

    def example(self) -> SearchOutcome | None:
        for way in self._ways:
            for variables in self._variables(way):
                shown = self._asked(way, variables, frozenset())
                if shown is not None:
                    return shown
        return None

    def _shown(self, way: DecisiveWay) -> tuple[SearchOutcome | None, str]:
        """A request of this way, whatever the documentation leaves open.

        Where there is none, also the open question on which it depends.
        """
        open_ = ""
        for variables in self._variables(way):
            answers = [self._asked(way, variables, true) for true in self._answers()]
            shown = next((answer for answer in answers if answer is not None), None)
            if shown is not None and None not in answers:
                return shown, ""
            if shown is not None:
                open_ = self._open[0].open_question
        return None, open_

    def _variables(self, way: DecisiveWay) -> Iterator[Variables]:
        for variables in self._assigned[way].each:
            if not _leaves_open((*way.applying, *way.keeping_off), variables):
                yield variables

    def _answers(self) -> list[frozenset[KeyTest]]:
        """Every way in which the open questions could be answered: those tests that are true."""
        answers = product((True, False), repeat=len(self._open))
        return [frozenset(t for t, yes in zip(self._open, each, strict=True) if yes) for each in answers]

    def _asked(
        self, way: DecisiveWay, variables: Variables, true: frozenset[KeyTest]
    ) -> SearchOutcome | None:
        options = self._options(variables, true)
        for universes in self._universes:
            question = Question(way.applying, way.keeping_off, universes, options, variables)
            shown = find(question, self._budget)
            if shown is not None:
                context = {**variables, **shown.context}
                return SearchOutcome(
                    shown.resource, tuple(sorted((k, v) for k, v in context.items() if k and v is not None))
                )
        return None

    def _options(self, variables: Variables, true: frozenset[KeyTest]) -> dict[str, Sequence[Option]]:
        known = (tuple(sorted(variables.items(), key=repr)), true)
        if known in self._known:
            return self._known[known]
        options: dict[str, Sequence[Option]] = {}
        for key in dict.fromkeys(test.key for test in self._tests):
            own = tuple(test for test in self._tests if test.key == key)
            options[key] = choices(own, key, variables, true)
            self._budget.spend(len(own))
        self._known[known] = options
        return options

    def _doing(self, way: DecisiveWay) -> DecisiveStatement:
        """The target with those of its resources by which it makes the difference.

        The other statements that must apply have these resources too.
        """
        wide = DecisiveStatement(way.applying[0], (), way.applying[1:], way.newer)
        texts = met(way.applying)
        if len(texts) < 2:
            return replace(wide, texts=tuple(texts) if wide.within else ())
        try:
            reached = tuple(text for text in texts if self._reaches(way, text))
        except TooMuch:
            return wide
        return wide if len(reached) == len(texts) and not wide.within else replace(wide, texts=reached)

    def _reaches(self, way: DecisiveWay, text: str) -> bool:
        narrow = replace(way.applying[0], resources=Element(frozenset({text})))
        narrow_way = only_what_meets(DecisiveWay((narrow, *way.applying[1:]), way.keeping_off))
        return any(
            self._asked(narrow_way, variables, true) is not None
            for variables in self._variables(way)
            for true in self._answers()
        )

    def _several(self) -> str:
        """Why there may be a request after all: a plain operator tests a key with several values."""
        keys = [key for key in dict.fromkeys(t.key for t in self._tests) if self._may_have_several(key)]
        for way in self._ways if keys else ():
            for variables, universes in product(self._variables(way), self._universes):
                options = dict(self._options(variables, frozenset()))
                for key in keys:
                    own = [test for test in self._tests if test.key == key]
                    options[key] = [*options[key], *undocumented(own, variables, self._budget)]
                if find(Question(way.applying, way.keeping_off, universes, options, variables), self._budget):
                    return f"what a plain operator does with several values of {keys[0]} is not documented"
        return ""

    def _may_have_several(self, key: str) -> bool:
        own = [test for test in self._tests if test.key == key]
        is_plain = any(
            not t.operator.over and t.operator.family != "Null" and not t.open_question for t in own
        )
        if not is_plain or len(own) < 2:
            return False
        is_trust = any(statement.resources is None for statement in self._every)
        return may_have_several(key, self._services, is_trust=is_trust)


def _assigned(way: DecisiveWay, budget: Budget) -> candidates.Assignments:
    """What the variables may stand for.

    A variable that stands only in statements that must not apply best has no value: they apply to nothing
    then.
    """
    every = (*way.applying, *way.keeping_off)
    avoided = {s for s in way.keeping_off if s.resources and not s.resources.negated}
    forced = (*way.applying, *(s for s in way.keeping_off if s not in avoided))
    values_alone = tuple(replace(s, resources=None) for s in avoided)
    tested = {test.key for s in every for test in s.tests}
    free = variables_of(every) - variables_of((*forced, *values_alone)) - tested
    to_meet = frozenset(text for s in forced if s.resources for text in s.resources.patterns)
    assigned = candidates.of_variables(every, variables_of(every) - free, budget, to_meet)
    each = tuple({**variables, **dict.fromkeys(free)} for variables in assigned.each)
    return candidates.Assignments(each, assigned.complete)


def _compiled(texts: tuple[str, ...]) -> tuple[Pattern, ...]:
    compiled = (patterns.glob(text, {}) for text in texts)
    return tuple(pattern for pattern in compiled if pattern is not None)


def _leaves_open(every: Sequence[Statement], variables: Variables) -> bool:
    """Whether a variable without a value stands in NotResource of a deny.

    Two sources say opposite things about it.
    """
    return any(
        patterns.glob(text, variables) is None
        for s in every
        if s.resources and s.resources.negated and not s.allows
        for text in s.resources.patterns
    )
