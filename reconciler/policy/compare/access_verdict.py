"""The verdict of a comparison on one goal, over all groups of actions.

It has a request, the statements that decide it, and the actions that could not be decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reconciler.core.access_change import Undecided
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue.actions import PLACEHOLDER
from reconciler.policy.compare import named_actions, placeholder_resources
from reconciler.policy.compare.action_groups import ActionGroup, Region, body, differing
from reconciler.policy.compare.compared_statements import ComparedStatements, Goal
from reconciler.policy.compare.decisive_ways import RequestProblem
from reconciler.policy.compare.distinguishing_request import (
    TOO_MUCH,
    SearchOutcome,
    decide,
    shown_on,
)
from reconciler.policy.compare.overlap import ChangedPart, DecisiveStatement
from reconciler.policy.meaning import principals
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.policy.meaning.principals import Principal
from reconciler.policy.meaning.statements import KeyTest, Statement

Answer = Literal["yes", "no", "unknown"]
_WALK = 1_200_000
_MOST_TRIED = 8


By = tuple[tuple[int, tuple[str, ...]], ...]
_Key = tuple[int, tuple[str, ...], frozenset[KeyTest]]


@dataclass(frozen=True, slots=True)
class AccessVerdict:
    """The verdict: "yes" with a request that shows it, "no", or "unknown" with the reason.

    `by` has the index of each statement on its side that makes the difference, with its action patterns
    that do so; they are narrower where the statement's own have more. `under` has for each the further
    conditions of the difference. Where actions are `undecided` there may be more.
    """

    answer: Answer
    witness: AccessRequest | None = None
    why: str = ""
    by: By = ()
    under: tuple[ChangedPart, ...] = ()
    undecided: tuple[Undecided, ...] = ()

    @property
    def parts(self) -> list[tuple[int, tuple[tuple[str, ...], ChangedPart]]]:
        """Each statement's index, with its actions and the further conditions."""
        return [(index, (texts, part)) for (index, texts), part in zip(self.by, self.under, strict=True)]

    @property
    def is_complete(self) -> bool:
        """Whether everything was decided."""
        return self.answer != "unknown" and not self.undecided


NO = AccessVerdict("no")


def answers(sides: ComparedStatements, goals: Sequence[Goal]) -> list[AccessVerdict]:
    """The verdict on each goal.

    Each group of actions is decided by itself: one that is too hard leaves the others decided.
    """
    regions, unsplit = differing(sides)
    bodies = [placeholder_resources.split(_body(statement)) for statement in sides.every]
    return [_Answer(sides, bodies, goal).over(regions, unsplit) for goal in goals]


class _Answer:
    """One goal over all groups of actions."""

    def __init__(
        self, sides: ComparedStatements, bodies: Sequence[tuple[Statement, ...]], goal: Goal
    ) -> None:
        self._sides = sides
        self._goal = goal
        self._bodies = bodies
        self._is_trust = any(s.principals is not None for s in sides.every)
        self._left = _WALK
        # By statement and under what it counts: the groups of each region, and the principals.
        self._doing: dict[_Key, dict[int, set[int]]] = {}
        self._named: dict[_Key, set[Principal]] = {}
        self._undecided: dict[tuple[str, str], None] = {}
        self._witness: AccessRequest | None = None

    def over(self, regions: Sequence[Region], unsplit: Sequence[str]) -> AccessVerdict:
        """The verdict."""
        for text in unsplit:
            self._undecided[text, TOO_MUCH] = None
        for number, region in enumerate(regions):
            for at, group in enumerate(region.groups):
                if group.differs:
                    self._look(regions, number, at)
        undecided = _by_reason(self._undecided)
        if self._doing:
            by, under = self._by(regions)
            return AccessVerdict("yes", self._witness, by=by, under=under, undecided=undecided)
        return AccessVerdict("unknown", why=undecided[0].why, undecided=undecided) if undecided else NO

    def _look(self, regions: Sequence[Region], number: int, at: int) -> None:
        group = regions[number].groups[at]
        for principal in self._principals(group):
            problem = self._problem(group, principal)
            if problem is None:
                continue
            outcome = decide(problem) if self._left > 0 else SearchOutcome(why=TOO_MUCH)
            self._left -= outcome.cost
            if outcome.why:
                for text in regions[number].named(frozenset({at})):
                    self._undecided[text, self._placed(outcome.why, group)] = None
            for doing in outcome.by:
                self._note(doing, number, at, group, principal)
            if outcome.by and self._witness is None:
                self._witness = self._request(problem, outcome, regions[number], group, principal)

    def _note(
        self, doing: DecisiveStatement, number: int, at: int, group: ActionGroup, principal: Principal | None
    ) -> None:
        further_tests = (
            frozenset(test for other in doing.within for test in other.tests) - doing.statement.tests
        )
        further_tests |= doing.newer
        for index in self._about(group, principal, new=self._goal.in_new):
            if doing.statement not in self._bodies[index]:
                continue
            is_part = len(self._bodies[index]) > 1 and doing.statement.resources is not None
            texts = doing.texts or (
                tuple(sorted(doing.statement.resources.patterns))
                if is_part and doing.statement.resources
                else ()
            )
            key = (index, texts, further_tests)
            self._doing.setdefault(key, {}).setdefault(number, set()).add(at)
            if principal is not None:
                self._named.setdefault(key, set()).update(_entries(self._sides.every[index], principal))

    def _placed(self, why: str, group: ActionGroup) -> str:
        """The reason with the place in the document, where it is a text that stands there."""
        for number in (*group.after, *group.before):
            statement = self._sides.every[number]
            if any(
                test.open_question == why
                for body in self._bodies[number]
                for test in body.tests - statement.tests
            ):
                side = "new" if number >= len(self._sides.before) else "old"
                return f"Statement[{statement.index}] of the {side} document: {why}"
        return why

    def _principals(self, group: ActionGroup) -> Sequence[Principal | None]:
        if not self._is_trust:
            return (None,)
        every = [self._sides.every[n] for n in (*group.before, *group.after)]
        entries = {entry for s in every for entry in s.principals or ()}
        return list(principals.candidates(entries, negated=any(s.not_principals for s in every)))

    def _about(self, group: ActionGroup, principal: Principal | None, *, new: bool) -> tuple[int, ...]:
        numbers = group.after if new else group.before
        if not self._is_trust:
            return numbers
        return tuple(n for n in numbers if _names(self._sides.every[n], principal))

    def _problem(self, group: ActionGroup, principal: Principal | None) -> RequestProblem | None:
        """The question about one group of actions.

        None where the goal's side has nothing that could reach the goal, or the other side has the same.
        """
        goal_side, other_side = (
            frozenset(body for n in self._about(group, principal, new=new) for body in self._bodies[n])
            for new in (self._goal.in_new, not self._goal.in_new)
        )
        bounded = (self._sides.bounded[self._goal.in_new], self._sides.bounded[not self._goal.in_new])
        targets = {s for s in goal_side if s.allows == self._goal.allows and not s.limits}
        if not targets or (goal_side == other_side and bounded[0] == bounded[1]):
            return None
        if not self._goal.allows:
            other_side = frozenset(s for s in other_side if not s.allows)
            goal_side = frozenset(targets)
            bounded = (False, False)
        if (
            targets <= other_side
            and {s for s in other_side if not s.allows} <= goal_side
            and _is_bounded_alike(goal_side, other_side, bounded)
        ):
            return None
        service = group.member.partition(":")[0]
        return RequestProblem(
            _in_order(goal_side), _in_order(other_side), bounded, self._goal.allows, (service,)
        )

    def _by(self, regions: Sequence[Region]) -> tuple[By, tuple[ChangedPart, ...]]:
        """Each statement by its index on its side, with its actions and the further conditions."""
        first = len(self._sides.before) if self._goal.in_new else 0
        entries: dict[tuple[int, tuple[str, ...], ChangedPart], None] = {}
        for key, of in self._doing.items():
            number, texts, further_tests = key
            statement = self._sides.every[number]
            names = [t for at, groups in of.items() for t in regions[at].named(frozenset(groups))]
            named = self._named.get(key, set())
            is_narrower = statement.principals is not None and named < statement.principals
            part = ChangedPart(
                texts, tuple(sorted(further_tests, key=repr)), tuple(sorted(named)) if is_narrower else ()
            )
            entries[
                number - first,
                named_actions.without_covered(named_actions.of_statement(statement, names)),
                part,
            ] = None
        ordered = sorted(entries, key=lambda entry: (entry[0], entry[1], repr(entry[2])))
        return tuple((index, names) for index, names, _ in ordered), tuple(part for _, _, part in ordered)

    def _request(
        self,
        problem: RequestProblem,
        outcome: SearchOutcome,
        region: Region,
        group: ActionGroup,
        principal: Principal | None,
    ) -> AccessRequest:
        resource = None if self._is_trust else outcome.resource
        request = AccessRequest(group.member.lower(), resource, principal, dict(outcome.context))
        return request if self._is_trust else _real(problem, region.real(group), request)


def _by_reason(entries: Iterable[tuple[str, str]]) -> tuple[Undecided, ...]:
    by_why: dict[str, list[str]] = {}
    for text, why in entries:
        by_why.setdefault(why, []).append(text)
    return tuple(Undecided(tuple(texts), why) for why, texts in by_why.items())


def _body(statement: Statement) -> Statement:
    return replace(body(statement), principals=None, not_principals=False)


def _entries(statement: Statement, principal: Principal) -> set[Principal]:
    """The principals of a statement by which it names this one."""
    if statement.not_principals or not statement.principals:
        return set(statement.principals or ())
    if principal in statement.principals:
        return {principal}
    return {entry for entry in statement.principals if principals.names(entry, principal)}


def _names(statement: Statement, principal: Principal | None) -> bool:
    if not statement.principals or principal is None:
        return False
    return (
        any(principals.names(entry, principal) for entry in statement.principals) != statement.not_principals
    )


def _is_bounded_alike(
    goal_side: frozenset[Statement], other_side: frozenset[Statement], bounded: tuple[bool, bool]
) -> bool:
    if not bounded[1]:
        return True
    return bounded[0] and {s for s in goal_side if s.limits} <= {s for s in other_side if s.limits}


def _in_order(statements: frozenset[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=repr))


def _real(problem: RequestProblem, names: Sequence[str], otherwise: AccessRequest) -> AccessRequest:
    """The same with a real action, on a resource that it takes, where there is one."""
    for name in names[:_MOST_TRIED]:
        action = catalogue.action(name)
        if action is None:
            continue
        shown = shown_on(problem, _universes(action.resources))
        if shown is not None:
            return AccessRequest(name.lower(), shown.resource, None, dict(shown.context))
    return otherwise


def _universes(templates: Sequence[str]) -> tuple[str, ...]:
    """ARNs of these types as patterns, those of a plausible account and region first."""
    return tuple(PLACEHOLDER.sub("?*", text) for text in (*map(catalogue.plausible, templates), *templates))
