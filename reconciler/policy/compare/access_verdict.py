"""One answer of a comparison over all groups of actions.

What was found, by which statements, and what was not decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reconciler.core.access_change import Undecided
from reconciler.policy import globs
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue.actions import PLACEHOLDER
from reconciler.policy.compare import placeholder_resources
from reconciler.policy.compare.action_groups import ActionGroup, Region, body, differing, in_service
from reconciler.policy.compare.compared_statements import ComparedStatements, Goal
from reconciler.policy.compare.distinguishing_request import (
    TOO_MUCH,
    RequestProblem,
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
    """One answer; "yes" with a request that shows it and the statements that do it, "unknown" with the reason.

    `by` has each statement's index on its side, with those of its action patterns that do it, or with narrower ones where
    those have all of it; `under` says of each under what else it does. Where actions are `undecided` there may be more.
    """

    answer: Answer
    witness: AccessRequest | None = None
    why: str = ""
    by: By = ()
    under: tuple[ChangedPart, ...] = ()
    undecided: tuple[Undecided, ...] = ()

    @property
    def parts(self) -> list[tuple[int, tuple[tuple[str, ...], ChangedPart]]]:
        """Each statement's index, with its actions and under what else they do it."""
        return [(index, (texts, part)) for (index, texts), part in zip(self.by, self.under, strict=True)]

    @property
    def is_complete(self) -> bool:
        """Whether everything was decided."""
        return self.answer != "unknown" and not self.undecided


NO = AccessVerdict("no")


def answers(sides: ComparedStatements, goals: Sequence[Goal]) -> list[AccessVerdict]:
    """The verdict on each goal.

    On each group of actions by itself, so that one that is hard leaves the others decided.
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
        for who in self._principals(group):
            problem = self._problem(group, who)
            if problem is None:
                continue
            outcome = decide(problem) if self._left > 0 else SearchOutcome(why=TOO_MUCH)
            self._left -= outcome.cost
            if outcome.why:
                for text in regions[number].named(frozenset({at})):
                    self._undecided[text, self._placed(outcome.why, group)] = None
            for doing in outcome.by:
                self._note(doing, number, at, group, who)
            if outcome.by and self._witness is None:
                self._witness = self._request(problem, outcome, regions[number], group, who)

    def _note(
        self, doing: DecisiveStatement, number: int, at: int, group: ActionGroup, who: Principal | None
    ) -> None:
        given = frozenset(test for other in doing.within for test in other.tests) - doing.statement.tests
        given |= doing.newer
        for index in self._about(group, who, new=self._goal.in_new):
            if doing.statement not in self._bodies[index]:
                continue
            is_part = len(self._bodies[index]) > 1 and doing.statement.resources is not None
            texts = doing.texts or (
                tuple(sorted(doing.statement.resources.patterns))
                if is_part and doing.statement.resources
                else ()
            )
            key = (index, texts, given)
            self._doing.setdefault(key, {}).setdefault(number, set()).add(at)
            if who is not None:
                self._named.setdefault(key, set()).update(_entries(self._sides.every[index], who))

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

    def _about(self, group: ActionGroup, who: Principal | None, *, new: bool) -> tuple[int, ...]:
        numbers = group.after if new else group.before
        if not self._is_trust:
            return numbers
        return tuple(n for n in numbers if _names(self._sides.every[n], who))

    def _problem(self, group: ActionGroup, who: Principal | None) -> RequestProblem | None:
        """What is to be decided.

        None where the goal's side has nothing that could reach it, or the other has the same.
        """
        mine, other = (
            frozenset(body for n in self._about(group, who, new=new) for body in self._bodies[n])
            for new in (self._goal.in_new, not self._goal.in_new)
        )
        bounded = (self._sides.bounded[self._goal.in_new], self._sides.bounded[not self._goal.in_new])
        targets = {s for s in mine if s.allows == self._goal.allows and not s.limits}
        if not targets or (mine == other and bounded[0] == bounded[1]):
            return None
        if not self._goal.allows:
            other = frozenset(s for s in other if not s.allows)
            mine = frozenset(targets)
            bounded = (False, False)
        if (
            targets <= other
            and {s for s in other if not s.allows} <= mine
            and _is_bounded_alike(mine, other, bounded)
        ):
            return None
        service = group.member.partition(":")[0]
        return RequestProblem(_in_order(mine), _in_order(other), bounded, self._goal.allows, (service,))

    def _by(self, regions: Sequence[Region]) -> tuple[By, tuple[ChangedPart, ...]]:
        """Each statement by its index on its side, with its actions, and under what it counts."""
        first = len(self._sides.before) if self._goal.in_new else 0
        entries: dict[tuple[int, tuple[str, ...], ChangedPart], None] = {}
        for key, of in self._doing.items():
            number, texts, given = key
            statement = self._sides.every[number]
            names = [t for at, groups in of.items() for t in regions[at].named(frozenset(groups))]
            who = self._named.get(key, set())
            is_narrower = statement.principals is not None and who < statement.principals
            part = ChangedPart(
                texts, tuple(sorted(given, key=repr)), tuple(sorted(who)) if is_narrower else ()
            )
            entries[number - first, _without_parts(_of_statement(statement, names)), part] = None
        ordered = sorted(entries, key=lambda entry: (entry[0], entry[1], repr(entry[2])))
        return tuple((index, names) for index, names, _ in ordered), tuple(part for _, _, part in ordered)

    def _request(
        self,
        problem: RequestProblem,
        outcome: SearchOutcome,
        region: Region,
        group: ActionGroup,
        who: Principal | None,
    ) -> AccessRequest:
        resource = None if self._is_trust else outcome.resource
        request = AccessRequest(group.member.lower(), resource, who, dict(outcome.context))
        return request if self._is_trust else _real(problem, region.real(group), request)


def _without_parts(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Without actions of one service that are among those of any service."""
    wide = [text for text in texts if globs.is_pattern(text.partition(":")[0])]
    return tuple(t for t in texts if not any(o != t and globs.covers(o, t) for o in wide))


def _by_reason(entries: Iterable[tuple[str, str]]) -> tuple[Undecided, ...]:
    by_why: dict[str, list[str]] = {}
    for text, why in entries:
        by_why.setdefault(why, []).append(text)
    return tuple(Undecided(tuple(texts), why) for why, texts in by_why.items())


def _body(statement: Statement) -> Statement:
    return replace(body(statement), principals=None, not_principals=False)


def _entries(statement: Statement, who: Principal) -> set[Principal]:
    """By which of its principals a statement names one."""
    if statement.not_principals or not statement.principals:
        return set(statement.principals or ())
    if who in statement.principals:
        return {who}
    return {entry for entry in statement.principals if principals.names(entry, who)}


def _names(statement: Statement, who: Principal | None) -> bool:
    if not statement.principals or who is None:
        return False
    return any(principals.names(entry, who) for entry in statement.principals) != statement.not_principals


def _is_bounded_alike(
    mine: frozenset[Statement], other: frozenset[Statement], bounded: tuple[bool, bool]
) -> bool:
    if not bounded[1]:
        return True
    return bounded[0] and {s for s in mine if s.limits} <= {s for s in other if s.limits}


def _in_order(statements: frozenset[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=repr))


def _of_statement(statement: Statement, texts: Sequence[str]) -> tuple[str, ...]:
    """Of these patterns what the statement has of them; nothing where it is all that the statement leaves."""
    if statement.actions.negated:
        is_all = any(globs.is_pattern(text.partition(":")[0]) for text in texts)
        return () if is_all else tuple(sorted(set(texts)))
    own = statement.actions.patterns
    by_service: dict[str, list[str]] = {}
    for pattern in sorted(own):
        by_service.setdefault(pattern.partition(":")[0], []).append(pattern)
    wild = [pattern for service, near in by_service.items() if globs.is_pattern(service) for pattern in near]
    kept: dict[str, None] = {}
    for text in map(str.lower, texts):
        service = text.partition(":")[0]
        near = sorted(own) if globs.is_pattern(service) else [*by_service.get(service, ()), *wild]
        kept |= dict.fromkeys([text] if text in own else _own_part(near, text))
    whole = [text for text in kept if text in own]
    return tuple(sorted(t for t in kept if t in own or not any(globs.covers(o, t) for o in whole)))


def _own_part(own: Sequence[str], text: str) -> list[str]:
    """The text where a pattern of one's own has all of it, else those that it has, else those that it meets."""
    if any(globs.covers(pattern, text) for pattern in own):
        return [text]
    return [in_service(p, text.partition(":")[0]) for p in own if globs.overlaps(p, text)]


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
