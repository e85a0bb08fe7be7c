"""Whether some request tells two lists of statements apart, where both are about its action.

Found, or proved not to be.

One statement must apply, and on the other side either none that allows may, or one that denies must, or none
of the boundary's. Each such question is one for `request_search`, asked with the statements that can meet it
alone. What the documentation leaves open is tried both ways.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from reconciler.policy.compare import candidates
from reconciler.policy.compare.key_values import Variables, choices, may_have_several, undocumented
from reconciler.policy.compare.overlap import DecisiveStatement, can_meet, met, newer_values
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
class RequestProblem:
    """The statements of two sides about one action, their own actions and principals taken off.

    `new` is the goal's side.
    """

    new: tuple[Statement, ...]
    old: tuple[Statement, ...]
    bounded: tuple[bool, bool]
    allows: bool
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What was found: a resource and the values of keys, and by which statements with which of their resources.

    `why` says what could not be told. Neither where it is proved that there is nothing.
    """

    resource: str = ""
    context: tuple[tuple[str, Value], ...] = ()
    by: tuple[DecisiveStatement, ...] = ()
    why: str = ""
    cost: int = 0


@dataclass(frozen=True, slots=True)
class _Way:
    """Statements that must apply, the target first, and that must not, for the target to be what makes the difference."""

    applying: tuple[Statement, ...]
    keeping_off: tuple[Statement, ...]
    newer: frozenset[KeyTest] = frozenset()


@lru_cache(maxsize=8192)
def decide(problem: RequestProblem) -> SearchOutcome:
    """The answer, target by target, and how much work it was."""
    left = Budget(_WALK)
    result = SearchOutcome()
    for target in _targets(problem):
        try:
            outcome = _Decision(problem, target, left).outcome()
        except TooMuch:
            outcome = SearchOutcome(why=TOO_MUCH)
        if not result.by and outcome.by:
            result = replace(result, resource=outcome.resource, context=outcome.context)
        result = replace(result, by=(*result.by, *outcome.by), why=result.why or outcome.why)
    return replace(result, cost=_WALK - max(0, left.left))


def shown_on(problem: RequestProblem, universes: Sequence[str]) -> SearchOutcome | None:
    """A request on a resource of these patterns, none where the action takes no resource.

    None where there is none.
    """
    left = Budget(_WALK // 8)
    try:
        for target in _targets(problem):
            example = _Decision(problem, target, left, universes).example()
            if example is not None:
                return example
    except TooMuch:
        pass
    return None


def _targets(problem: RequestProblem) -> list[Statement]:
    there = set(problem.old)
    own = [s for s in problem.new if s.allows == problem.allows and not s.limits]
    # What both sides have makes a difference only where something else does not forbid it any more.
    return sorted(own, key=lambda s: s in there)


def _ways(problem: RequestProblem, target: Statement) -> Iterator[_Way]:
    if not problem.allows:
        if target not in problem.old:
            yield _Way((target,), tuple(s for s in problem.old if not s.allows))
        return
    denies = tuple(s for s in problem.new if not s.allows)
    limits = [(s,) for s in problem.new if s.limits] if problem.bounded[0] else [()]
    allowed = tuple(s for s in problem.old if s.allows and not s.limits)
    for limit in limits:
        applying = (target, *limit)
        if target not in allowed:
            yield _Way(applying, (*denies, *allowed), newer_values(target, problem.old))
        if problem.bounded[1] and (not limit or limit[0] not in problem.old):
            newer = newer_values(limit[0], problem.old) if limit else frozenset[KeyTest]()
            yield _Way(applying, (*denies, *(s for s in problem.old if s.limits)), newer)
        for deny in problem.old:
            if not deny.allows and deny not in denies:
                yield _Way((*applying, deny), denies)


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
        self._ways = [_only_what_meets(way) for way in _ways(problem, target) if _all_meet(way.applying)]
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
            if any(_has_all_of(entry, way) for entry in doing):
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

    def _shown(self, way: _Way) -> tuple[SearchOutcome | None, str]:
        """A request of this way whatever the documentation leaves open.

        And what it depends on where there is none.
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

    def _variables(self, way: _Way) -> Iterator[Variables]:
        for variables in self._assigned[way].each:
            if not _leaves_open((*way.applying, *way.keeping_off), variables):
                yield variables

    def _answers(self) -> list[frozenset[KeyTest]]:
        """Every way in which the open questions could be answered: those tests that are true."""
        answers = product((True, False), repeat=len(self._open))
        return [frozenset(t for t, yes in zip(self._open, each, strict=True) if yes) for each in answers]

    def _asked(self, way: _Way, variables: Variables, true: frozenset[KeyTest]) -> SearchOutcome | None:
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

    def _doing(self, way: _Way) -> DecisiveStatement:
        """The target with those of its resources, and within those of the others that must apply, that matter."""
        wide = DecisiveStatement(way.applying[0], (), way.applying[1:], way.newer)
        texts = met(way.applying)
        if len(texts) < 2:
            return replace(wide, texts=tuple(texts) if wide.within else ())
        try:
            reached = tuple(text for text in texts if self._reaches(way, text))
        except TooMuch:
            return wide
        return wide if len(reached) == len(texts) and not wide.within else replace(wide, texts=reached)

    def _reaches(self, way: _Way, text: str) -> bool:
        narrow = replace(way.applying[0], resources=Element(frozenset({text})))
        narrow_way = _only_what_meets(_Way((narrow, *way.applying[1:]), way.keeping_off))
        return any(
            self._asked(narrow_way, variables, true) is not None
            for variables in self._variables(way)
            for true in self._answers()
        )

    def _several(self) -> str:
        """Why there may be a request after all, of a key with several values at which a plain operator looks."""
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


def _all_meet(applying: Sequence[Statement]) -> bool:
    return all(can_meet(applying[0], other) for other in applying[1:])


def _only_what_meets(way: _Way) -> _Way:
    """Without statements that no resource of all that must apply is one for: they are kept off already."""
    return replace(
        way, keeping_off=tuple(s for s in way.keeping_off if all(can_meet(s, a) for a in way.applying))
    )


def _assigned(way: _Way, budget: Budget) -> candidates.Assignments:
    """What the variables may stand for. One that only keeps statements off is best missing.

    They apply to nothing then.
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


def _has_all_of(entry: DecisiveStatement, way: _Way) -> bool:
    """Whether what a way could show is a part of what is shown already."""
    return not entry.texts and not entry.newer and set(entry.within) <= set(way.applying)


def _compiled(texts: tuple[str, ...]) -> tuple[Pattern, ...]:
    made = (patterns.glob(text, {}) for text in texts)
    return tuple(pattern for pattern in made if pattern is not None)


def _leaves_open(every: Sequence[Statement], variables: Variables) -> bool:
    """Whether a variable without a value stands in NotResource of a deny, of which two sources say opposite things."""
    return any(
        patterns.glob(text, variables) is None
        for s in every
        if s.resources and s.resources.negated and not s.allows
        for text in s.resources.patterns
    )
