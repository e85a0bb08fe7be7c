"""Which of the actions of a pattern a change is about, said by the patterns of the other statements.

Where a deny of `s3:DeleteObject` goes, a role with `s3:*` gains that one action, and not all of S3.
"""

from collections.abc import Callable

from reconciler.policy import actions, globs, patterns
from reconciler.policy.patterns import Budget, TooMuch
from reconciler.policy.statements import Statement

_WALK = 200_000
# Every action.
ANY = "?*:?*"
# More than this say less than the pattern itself.
_MOST_OTHERS, _MOST_SAID = 40, 8


def pinpointed(every: tuple[Statement, ...], index: int, text: str, reaches: Callable[[int, str], bool]) -> tuple[str, ...]:  # fmt: skip
    """Patterns of other statements that together have all that matters of a pattern; the pattern itself where none do.

    `reaches` tells of a class of actions, by the mask of the statements that it fits and a member, whether it matters.
    """
    others = {
        p
        for i, s in enumerate(every)
        if i != index
        for p in s.actions.patterns
        if p != text and globs.covers(text, p)
    }
    if not others or len(others) > _MOST_OTHERS:
        return (text,)
    try:
        found = _found(every, text, others, reaches)
    except TooMuch:
        return (text,)
    return tuple(sorted(found)) if found and len(found) <= _MOST_SAID else (text,)


def _found(
    every: tuple[Statement, ...], text: str, others: set[str], reaches: Callable[[int, str], bool]
) -> set[str]:
    """One pattern for each class that matters, the closest; nothing where a class has none."""
    universe = patterns.glob(text, {})
    texts = sorted({p for s in every for p in s.actions.patterns})
    made = [(p, pattern) for p in texts if (pattern := patterns.glob(p, {})) is not None]
    if universe is None:
        return set()
    known: dict[int, bool] = {}
    found: set[str] = set()
    for fitting, member in patterns.classes(
        [pattern for _, pattern in made], universe, Budget(_WALK)
    ).items():
        fits = {made[number][0] for number in fitting}
        mask = _mask(every, fits)
        if mask not in known:
            known[mask] = reaches(mask, member)
        if known[mask]:
            if not fits & others:
                return set()
            found.add(max(fits & others, key=lambda p: (len(p.replace("*", "")), p)))
    return found


def _mask(every: tuple[Statement, ...], fits: set[str]) -> int:
    return sum(
        1 << number
        for number, statement in enumerate(every)
        if statement.actions.patterns and bool(statement.actions.patterns & fits) != statement.actions.negated
    )


def spelled(pattern: str) -> str:
    """A pattern in lower case as AWS spells the actions that it fits, as far as it names them."""
    service, _, name = pattern.partition(":")
    known = [
        (lower, one.name) for lower, one in actions.actions_of(service).items() if globs.matches(name, lower)
    ]
    if not known:
        return pattern
    # What stands before the first wildcard and after the last is spelled as it is in an action that fits.
    lower, whole = known[0]
    head = len(name) if name == lower else len(name.partition("*")[0].partition("?")[0])
    tail = 0 if name == lower else len(name.rpartition("*")[2].rpartition("?")[2])
    middle = name[head : len(name) - tail]
    return f"{service}:{whole[:head]}{middle}{whole[len(whole) - tail :] if tail else ''}"
