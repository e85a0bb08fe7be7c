"""Answers that need no search: what one side plainly holds, and requests that plainly show a difference.

AWS's own policies list thousands of patterns; telling all of them apart would take too long, and seldom is needed.
"""

from collections.abc import Iterator
from itertools import islice, product

from reconciler.policy import candidates
from reconciler.policy.evaluate import Request, applies, decide
from reconciler.policy.operators import Value, holds
from reconciler.policy.patterns import Budget, TooMuch
from reconciler.policy.search import Goal, Sides
from reconciler.policy.statements import Statement

_TRIES, _MADE = 40, 4000
# More than twenty policies of AWS's own hold together; and how many times a pattern may be held against a text.
_MOST_PATTERNS, _FITS = 12_000, 400_000
_WALK = 50_000
_SOMETHING = ("s3:getobject", "iam:getrole", "ec2:runinstances")


def is_nothing(sides: Sides, goal: Goal) -> bool:
    """Whether the other side holds every statement by which the goal could be reached, and nothing against it."""
    mine, other = set(sides.of(new=goal.in_new)), set(sides.of(new=not goal.in_new))
    if not {s for s in mine if s.allows == goal.allows and not s.limits} <= other:
        return False
    if not goal.allows:
        return True
    if not {s for s in other if not s.allows} <= mine:
        return False
    # Within a boundary the other side allows less, unless mine is within the same.
    if not sides.bounded[not goal.in_new]:
        return True
    return sides.bounded[goal.in_new] and {s for s in mine if s.limits} <= other


def example(sides: Sides, goal: Goal) -> tuple[Request, tuple[int, ...]] | None:
    """A request that reaches the goal, and the statements of the side, by their index, that some request shows."""
    mine, other = sides.of(new=goal.in_new), sides.of(new=not goal.in_new)
    there = set(other)
    limits = [s for s in mine if s.limits] if sides.bounded[goal.in_new] else None
    targets = [i for i, s in enumerate(mine) if s.allows == goal.allows and not s.limits]
    shown: dict[int, Request] = {}
    left = _tries(sides)
    # What both sides hold comes last: it is a difference only where something else forbids it no more.
    for index in sorted(targets, key=lambda i: mine[i] in there):
        statement = mine[index]
        if shown and statement in there:
            break
        possible = (r for r in islice(_requests(statement), _MADE) if _is_within(r, limits))
        for request in islice(possible, min(_TRIES, left)):
            left -= 1
            if reaches(request, sides, goal):
                shown[index] = request
                break
    return (next(iter(shown.values())), tuple(shown)) if shown else None


def _tries(sides: Sides) -> int:
    """How many requests may be judged: each is held against every pattern."""
    patterns = sum(len(s.actions.patterns) + len(s.resources.patterns if s.resources else ()) for s in sides.every)  # fmt: skip
    return 0 if patterns > _MOST_PATTERNS else _FITS // max(1, patterns)


def _is_within(request: Request, limits: list[Statement] | None) -> bool:
    return limits is None or any(applies(limit, request) for limit in limits)


def reaches(request: Request, sides: Sides, goal: Goal) -> bool:
    """Whether a request is a witness for the goal."""
    word = "allowed" if goal.allows else "explicit deny"
    mine, other = (
        decide(sides.of(new=new), request, bounded=sides.bounded[new])
        for new in (goal.in_new, not goal.in_new)
    )
    return mine == word and other not in (word, "unknown")


def _requests(statement: Statement) -> Iterator[Request]:
    """Requests to which the statement applies, as far as they are easily made."""
    context = _context(statement)
    if context is None:
        return
    actions = _SOMETHING if statement.actions.negated else _members(statement.actions.patterns)
    principals = sorted(statement.principals) if statement.principals is not None else [None]
    resources: list[str | None] = [None]
    if statement.resources is not None:
        resources = ["arn:aws:s3:::x"] if statement.resources.negated else list(_members(statement.resources.patterns))  # fmt: skip
    for action, resource, who in product(actions, resources, principals):
        yield Request(action, resource, who, context)


def _members(texts: frozenset[str]) -> list[str]:
    found = []
    for text in sorted(texts):
        if "${" in text:
            continue
        member = text.replace("*", "x" if text.endswith((":*", "/*")) else "").replace("?", "x")
        found.append(member if ":" in member else "s3:getobject")
    return found


def _context(statement: Statement) -> dict[str, Value] | None:
    """Values with which all its conditions hold; None where none is found."""
    found: dict[str, Value] = {}
    for key in sorted({test.key for test in statement.tests}):
        tests = [test for test in statement.tests if test.key == key]
        try:
            values = candidates.of_key(tests, {}, Budget(_WALK))
        except TooMuch:
            return None
        fitting = [v for v in values if all(holds(test, v, {}) for test in tests)]
        if not fitting:
            return None
        found[key] = fitting[0]
    return {key: value for key, value in found.items() if value is not None}
