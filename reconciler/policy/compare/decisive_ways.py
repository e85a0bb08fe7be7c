"""The ways in which one statement makes the difference between two sides.

Each names the statements that a request must fall under, and those that it must not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.policy.compare.overlap import DecisiveStatement, can_meet, newer_values
from reconciler.policy.meaning.statements import KeyTest, Statement


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
class DecisiveWay:
    """Statements that must apply, the target first, and statements that must not.

    Together they make the target decide the request.
    """

    applying: tuple[Statement, ...]
    keeping_off: tuple[Statement, ...]
    newer: frozenset[KeyTest] = frozenset()


def targets(problem: RequestProblem) -> list[Statement]:
    """The statements of the goal's side that may make the difference, those of that side alone first."""
    old = set(problem.old)
    own = [s for s in problem.new if s.allows == problem.allows and not s.limits]
    # What both sides have makes a difference only where something else no longer forbids it.
    return sorted(own, key=lambda s: s in old)


def ways(problem: RequestProblem, target: Statement) -> Iterator[DecisiveWay]:
    """Every way in which the target could make the difference."""
    if not problem.allows:
        if target not in problem.old:
            yield DecisiveWay((target,), tuple(s for s in problem.old if not s.allows))
        return
    denies = tuple(s for s in problem.new if not s.allows)
    limits = [(s,) for s in problem.new if s.limits] if problem.bounded[0] else [()]
    allowed = tuple(s for s in problem.old if s.allows and not s.limits)
    for limit in limits:
        applying = (target, *limit)
        if target not in allowed:
            yield DecisiveWay(applying, (*denies, *allowed), newer_values(target, problem.old))
        if problem.bounded[1] and (not limit or limit[0] not in problem.old):
            newer = newer_values(limit[0], problem.old) if limit else frozenset[KeyTest]()
            yield DecisiveWay(applying, (*denies, *(s for s in problem.old if s.limits)), newer)
        for deny in problem.old:
            if not deny.allows and deny not in denies:
                yield DecisiveWay((*applying, deny), denies)


def all_meet(applying: Sequence[Statement]) -> bool:
    """Whether one resource may be meant by all of these statements."""
    return all(can_meet(applying[0], other) for other in applying[1:])


def only_what_meets(way: DecisiveWay) -> DecisiveWay:
    """The way without statements that share no resource with those that must apply: they never apply."""
    return replace(
        way, keeping_off=tuple(s for s in way.keeping_off if all(can_meet(s, a) for a in way.applying))
    )


def has_all_of(entry: DecisiveStatement, way: DecisiveWay) -> bool:
    """Whether all that a way could show is shown already."""
    return not entry.texts and not entry.newer and set(entry.within) <= set(way.applying)
