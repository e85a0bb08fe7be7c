"""Looks through a space for a request by which one list of statements allows, or denies, what another does not."""

from dataclasses import dataclass
from itertools import product

from reconciler.policy.evaluate import Request
from reconciler.policy.operators import Value, Variables
from reconciler.policy.patterns import Budget
from reconciler.policy.space import Space
from reconciler.policy.statements import Statement, Test

_STEPS = 300_000


@dataclass(frozen=True, slots=True)
class Goal:
    """What a request must do: be allowed (else be denied) by the new side (else the old one), and not by the other."""

    allows: bool
    in_new: bool


GAINED, LOST = Goal(allows=True, in_new=True), Goal(allows=True, in_new=False)
DENIED, FREED = Goal(allows=False, in_new=True), Goal(allows=False, in_new=False)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two lists of statements, numbered through: the old ones first.

    `bounded` says of each side whether there is a permissions boundary.
    """

    before: tuple[Statement, ...]
    after: tuple[Statement, ...]
    bounded: tuple[bool, bool] = (False, False)

    @property
    def every(self) -> tuple[Statement, ...]:
        """All of them."""
        return self.before + self.after

    def targets(self, goal: Goal) -> list[int]:
        """The statements by which the goal could be reached."""
        return [
            index
            for index, statement in enumerate(self.every)
            if statement.allows == goal.allows and not statement.limits and self.has(goal, index)
        ]

    def of(self, *, new: bool) -> tuple[Statement, ...]:
        """One of the two."""
        return self.after if new else self.before

    def has(self, goal: Goal, index: int) -> bool:
        """Whether a statement is on the side that must allow or deny."""
        return (index >= len(self.before)) == goal.in_new


def find(sides: Sides, goal: Goal, space: Space, answers: frozenset[Test], only: int | None = None) -> Request | None:  # fmt: skip
    """A request that reaches the goal, or None when there is none; `answers` are open tests taken as true.

    `only` names the one statement by which it is to be reached.

    Raises:
        TooMuch: there are too many combinations to look at.
    """
    aims = frozenset([only] if only is not None else sides.targets(goal))
    targets = sum(1 << index for index in aims)
    budget = Budget(_STEPS)
    seen: set[int] = set()
    for (a_mask, action), (r_mask, resource), (p_mask, who) in product(
        space.actions.items(), space.resources.items(), space.principals.items()
    ):
        mask = a_mask & r_mask & p_mask
        if mask in seen or not mask & targets:
            continue
        seen.add(mask)
        relevant = [index for index in range(len(sides.every)) if mask >> index & 1]
        context = _context(sides, goal, space, relevant, answers, aims, budget)
        if context is not None:
            return Request(action, resource, who, {**_given(space.variables), **context})
    return None


def _context(
    sides: Sides,
    goal: Goal,
    space: Space,
    relevant: list[int],
    answers: frozenset[Test],
    aims: frozenset[int],
    budget: Budget,
) -> dict[str, Value] | None:
    """Values for the keys that the relevant statements look at, with which the goal is reached."""
    mine = [sides.every[index] for index in relevant if sides.has(goal, index)]
    other = [sides.every[index] for index in relevant if not sides.has(goal, index)]
    tests = {test for statement in (*mine, *other) for test in statement.tests}
    choices = {
        key: _told_apart(_documented(space.values[key], key, tests), tests) for key in {t.key for t in tests}
    }
    for target in [sides.every[index] for index in relevant if index in aims]:
        bounded = sides.bounded[goal.in_new], sides.bounded[not goal.in_new]
        found = _Search(goal, target, mine, other, bounded, choices, budget).run(answers & frozenset(tests))
        if found is not None:
            return {key: value for key, value in found.items() if value is not None}
    return None


_Choices = dict[str, list[tuple[Value, frozenset[Test]]]]


@dataclass(slots=True)
class _Search:
    """Looks for values of keys with which `target` applies and the goal is reached, key by key, its own keys first."""

    goal: Goal
    target: Statement
    mine: list[Statement]
    other: list[Statement]
    bounded: tuple[bool, bool]
    choices: _Choices
    budget: Budget

    def run(self, true: frozenset[Test]) -> dict[str, Value] | None:
        own = sorted({test.key for test in self.target.tests})
        order = [*own, *sorted(self.choices.keys() - set(own))]
        return self._descend(order, 0, true, {})

    def _descend(
        self, order: list[str], at: int, true: frozenset[Test], chosen: dict[str, Value]
    ) -> dict[str, Value] | None:
        self.budget.spend(1)
        if self._is_hopeless(true, set(order[at:])):
            return None
        if at == len(order):
            return chosen
        key = order[at]
        for value, more in self.choices[key]:
            found = self._descend(order, at + 1, true | more, {**chosen, key: value})
            if found is not None:
                return found
        return None

    def _is_hopeless(self, true: frozenset[Test], undecided: set[str]) -> bool:
        """Whether what is decided so far rules the goal out; where nothing is undecided, whether it is missed."""

        def surely(statement: Statement) -> bool:
            return statement.tests <= true

        def maybe(statement: Statement) -> bool:
            return all(test in true or test.key in undecided for test in statement.tests)

        if not maybe(self.target):
            return True
        if not self.goal.allows:
            return any(surely(s) for s in self.other if not s.allows)
        if any(surely(s) for s in self.mine if not s.allows):
            return True
        if self.bounded[0] and not any(maybe(s) for s in self.mine if s.limits):
            return True
        there = any(surely(s) for s in self.other if s.allows and not s.limits)
        if self.bounded[1]:
            there = there and any(surely(s) for s in self.other if s.limits)
        return there and not any(maybe(s) for s in self.other if not s.allows)


def _documented(
    values: tuple[tuple[Value, frozenset[Test]], ...], key: str, tests: set[Test]
) -> tuple[tuple[Value, frozenset[Test]], ...]:
    """Without several values at once where a plain operator looks at them: what that means is not documented."""
    plain = any(t.key == key and not t.operator.over and t.operator.family != "Null" for t in tests)
    return tuple(v for v in values if not plain or not isinstance(v[0], tuple) or len(v[0]) == 1)


def _told_apart(
    values: tuple[tuple[Value, frozenset[Test]], ...], tests: set[Test]
) -> list[tuple[Value, frozenset[Test]]]:
    """One value for each set of these tests that holds; a value rather than none."""
    found: dict[frozenset[Test], Value] = {}
    for value, true in (*values[1:], *values[:1]):
        found.setdefault(frozenset(true & tests), value)
    return [(value, true) for true, value in found.items()]


def _given(variables: Variables) -> dict[str, Value]:
    return {key: value for key, value in variables.items() if value is not None}
