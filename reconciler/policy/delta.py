"""Which access a change of a document gives and takes: decided by what the documents mean, not by their text.

For all patterns of both documents the classes of texts that they can tell apart are found, with a member of each
(`patterns.classes`, `candidates`); both documents are then judged on one member of every combination that some
statement looks at. So "no" is proved, and "yes" comes with a request that shows it. What the documentation leaves open
is tried both ways: an answer that depends on it is "unknown", and so is one that would take too much work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

from reconciler.policy import candidates, outright, patterns, principals, space
from reconciler.policy.canonical import same_form
from reconciler.policy.document import Document
from reconciler.policy.evaluate import Request
from reconciler.policy.operators import Variables
from reconciler.policy.patterns import Budget, TooMuch
from reconciler.policy.pinpoint import ANY, pinpointed
from reconciler.policy.search import DENIED, FREED, GAINED, LOST, Goal, Sides, find
from reconciler.policy.space import Space
from reconciler.policy.statements import Statement, Test, statements, variables_of

Answer = Literal["yes", "no", "unknown"]
_WALK = 1_500_000
_MOST_QUESTIONS = 3
# More than any policy of one's own can hold; some of AWS's own have thousands.
_MOST_ACTIONS = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer; "yes" with a request that shows it and the statements that do it, "unknown" with the reason.

    `by` has each statement's index in its own document, with those of its action patterns that do it, or with narrower
    ones of other statements where those have all of it.
    """

    answer: Answer
    witness: Request | None = None
    why: str = ""
    by: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """What the document alone allows more and less, and what it denies more and less beside any other document."""

    gained: Verdict
    lost: Verdict
    denied_added: Verdict
    denied_removed: Verdict

    @property
    def equivalent(self) -> bool | None:
        """Whether the two can stand for each other beside any other documents; None where it can't be told."""
        answers = {v.answer for v in (self.gained, self.lost, self.denied_added, self.denied_removed)}
        if "yes" in answers:
            return False
        return None if "unknown" in answers else True


_NO = Verdict("no")
_SAME = Delta(_NO, _NO, _NO, _NO)


@lru_cache(maxsize=4096)
def delta(old: Document, new: Document, partition: str = "aws") -> Delta:
    """The difference between two identity policies, or two trust policies, by what they allow and deny."""
    if same_form(old, new, partition):
        return _SAME
    return difference(statements(old, partition), statements(new, partition))


def difference(before: Sequence[Statement], after: Sequence[Statement]) -> Delta:
    """The same of statements, of one document or of several that stand together."""
    sides = Sides(tuple(before), tuple(after))
    if not any(statement.principals is not None for statement in sides.every):
        return Delta(*_answers(sides, (GAINED, LOST, DENIED, FREED)))
    gained, lost = _answers(sides, (GAINED, LOST))
    return Delta(
        gained=_ordered(gained, sides.before, sides.after),
        lost=_ordered(lost, sides.after, sides.before),
        denied_added=_NO,
        denied_removed=_NO,
    )


@lru_cache(maxsize=512)
def of_principal(sides: Sides) -> tuple[Verdict, Verdict]:
    """What a principal gains and loses, by all its documents together and within its boundaries."""
    gained, lost = _answers(sides, (GAINED, LOST))
    return gained, lost


_TOO_MUCH = Verdict("unknown", why="telling them apart would take too much work")


def _answers(sides: Sides, goals: Sequence[Goal]) -> list[Verdict]:
    """The verdict on each goal: outright where that is possible, else by search."""
    if all(outright.is_nothing(sides, goal) for goal in goals):
        return [_NO for _ in goals]
    try:
        search = _Search.over(sides)
    except TooMuch:
        search = None
    return [_answer(sides, goal, search) for goal in goals]


def _answer(sides: Sides, goal: Goal, search: "_Search | None") -> Verdict:
    if outright.is_nothing(sides, goal):
        return _NO
    if search is not None:
        try:
            return search.verdict(goal)
        except TooMuch:
            pass
    shown = outright.example(sides, goal)
    if shown is None:
        return _TOO_MUCH
    request, indexes = shown
    side = sides.of(new=goal.in_new)
    return Verdict("yes", request, by=tuple((index, _texts(side[index])) for index in indexes))


def _texts(statement: Statement) -> tuple[str, ...]:
    return () if statement.actions.negated else tuple(sorted(statement.actions.patterns))


@dataclass(frozen=True, slots=True)
class _Search:
    """All classes of requests that two sides can tell apart, and the questions that the documentation leaves open."""

    sides: Sides
    spaces: tuple[Space, ...]
    questions: tuple[Test, ...]
    complete: bool

    @classmethod
    def over(cls, sides: Sides) -> "_Search":
        """All there is to look through.

        Raises:
            TooMuch: there are too many classes or questions.
        """
        walk = Budget(_WALK)
        every = sides.every
        if len({text for s in every for text in s.actions.patterns}) > _MOST_ACTIONS:
            raise TooMuch
        questions = sorted({t for s in every for t in s.tests if t.open_question}, key=repr)
        if len(questions) > _MOST_QUESTIONS:
            raise TooMuch
        assigned = candidates.of_variables(every, variables_of(every), walk)
        spaces = (space.space(every, v, walk) for v in assigned.each if not _leaves_open(every, v))
        return cls(sides, tuple(spaces), tuple(questions), assigned.complete)

    def verdict(self, goal: Goal) -> Verdict:
        """The answer to one goal.

        Raises:
            TooMuch: there are too many combinations.
        """
        open_: Verdict | None = None
        for one in self.spaces:
            found = [find(self.sides, goal, one, answers) for answers in _answered(self.questions)]
            witness = next((request for request in found if request is not None), None)
            if witness is not None and None not in found:
                return Verdict("yes", witness, by=_doing_it(self.sides, goal, one))
            if witness is not None:
                open_ = Verdict("unknown", why=self.questions[0].open_question)
        if open_ is None and not self.complete:
            return Verdict("unknown", why="its policy variables could stand for too many texts")
        return open_ or _NO


def _answered(questions: tuple[Test, ...]) -> list[frozenset[Test]]:
    """Every way in which the open questions could be answered: those that are true."""
    return [
        frozenset(q for q, yes in zip(questions, answers, strict=True) if yes)
        for answers in product((True, False), repeat=len(questions))
    ]


def _doing_it(sides: Sides, goal: Goal, found: Space) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The statements that reach the goal, each with those of its action patterns by which it does."""
    walk = Budget(_WALK)
    doing = []
    for index in sides.targets(goal):
        if find(sides, goal, found, frozenset(), only=index) is None:
            continue
        element = sides.every[index].actions
        texts = sorted(element.patterns) if not element.negated else [""]

        def reaches(mask: int, action: str, index: int = index) -> bool:
            one = replace(found, actions={mask: action})
            return find(sides, goal, one, frozenset(), only=index) is not None

        mine = [
            part
            for text in texts
            if find(sides, goal, space.narrowed(found, sides.every, text, walk), frozenset(), only=index)
            for part in pinpointed(sides.every, index, text or ANY, reaches)
        ]
        doing.append(
            (
                index - len(sides.before) if goal.in_new else index,
                tuple(dict.fromkeys(part for part in mine if part != ANY)),
            )
        )
    return tuple(doing)


def _leaves_open(every: tuple[Statement, ...], variables: Variables) -> bool:
    """Whether a variable without a value stands in NotResource of a deny, of which two sources say opposite things."""
    return any(
        patterns.glob(text, variables) is None
        for s in every
        if s.resources and s.resources.negated and not s.allows
        for text in s.resources.patterns
    )


def _ordered(verdict: Verdict, wide: tuple[Statement, ...], narrow: tuple[Statement, ...]) -> Verdict:
    """An account's root and one of its roles can't be ordered: a principal named itself escapes implicit denies."""
    if verdict.answer != "no":
        return verdict
    named, there = _allowed_principals(narrow), _allowed_principals(wide)
    for entry in sorted(named - there):
        account = principals.account_of(entry[1]) if entry[0] == "AWS" else ""
        roots = {principals.account_of_root(text) for _, text in there}
        if account and account in roots and not principals.account_of_root(entry[1]):
            return Verdict("unknown", why=f"{entry[1]} is named itself, and its account's root was: neither contains the other")  # fmt: skip
        if any(principals.is_session_of(entry[1], text) for _, text in there):
            return Verdict("unknown", why=f"{entry[1]} is a session of a role that was named: the documentation says both")  # fmt: skip
    return verdict


def _allowed_principals(found: tuple[Statement, ...]) -> set[principals.Principal]:
    return {entry for s in found if s.allows for entry in s.principals or ()}
