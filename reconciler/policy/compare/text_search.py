"""The shortest text that fits some patterns and none of others, or the proof that there is none.

All patterns are walked at once, letter by letter, over the letters that some pattern waits for and one that
none does. Where a pattern to be avoided has come to its last `*`, every longer text fits it: that branch is
dead at once. So many overlapping patterns to be avoided cost little, where telling all their combinations
apart would take 2^n classes.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reconciler.policy.meaning.patterns import (
    ANY,
    ANY_IN_SEGMENT,
    FILLERS,
    STAR,
    STAR_IN_SEGMENT,
    Budget,
    Pattern,
    TooMuch,
)


class Automaton:
    """A pattern as bit masks: bit `n` of a state is set where its first `n` parts have been matched."""

    __slots__ = (
        "_any",
        "_any_in_segment",
        "_folds",
        "_letters",
        "_star",
        "_star_in_segment",
        "accepting",
        "end",
    )

    def __init__(self, pattern: Pattern) -> None:
        self._folds = pattern.folds
        self._letters: dict[str, int] = {}
        masks = dict.fromkeys((ANY, ANY_IN_SEGMENT, STAR, STAR_IN_SEGMENT), 0)
        for index, part in enumerate(pattern.parts):
            bit = 1 << index
            if part in masks:
                masks[part] |= bit
            else:
                self._letters[part] = self._letters.get(part, 0) | bit
        self._any, self._any_in_segment = masks[ANY], masks[ANY_IN_SEGMENT]
        self._star, self._star_in_segment = masks[STAR], masks[STAR_IN_SEGMENT]
        self.end = 1 << len(pattern.parts)
        # Whatever follows fits.
        self.accepting = self.end >> 1 if pattern.parts[-1:] == (STAR,) else 0

    @property
    def start(self) -> int:
        """The state before the first letter."""
        return self._closed(1)

    def step(self, state: int, letter: str) -> int:
        """The state after one more letter; 0 where nothing that begins so fits."""
        if self._folds:
            letter = letter.lower()
        forward, staying = self._letters.get(letter, 0) | self._any, self._star
        if letter != ":":
            forward |= self._any_in_segment
            staying |= self._star_in_segment
        return self._closed((state & forward) << 1 | state & staying)

    def _closed(self, state: int) -> int:
        stars = self._star | self._star_in_segment
        while (more := state | (state & stars) << 1) != state:
            state = more
        return state

    def awaited(self, state: int) -> set[str]:
        """The letters that make a difference in this state."""
        letters = {letter for letter, mask in self._letters.items() if mask & state}
        if self._folds:
            letters |= {letter.upper() for letter in letters}
        if state & (self._any_in_segment | self._star_in_segment):
            letters.add(":")
        return letters

    def fits(self, text: str) -> bool:
        """Whether a whole text fits."""
        state = self.start
        for letter in text:
            state = self.step(state, letter)
            if not state:
                return False
        return bool(state & self.end)


@lru_cache(maxsize=16384)
def automaton(pattern: Pattern) -> Automaton:
    """The automaton of a pattern: the same patterns are asked about again and again."""
    return Automaton(pattern)


_State = tuple[int, ...]


def shortest(fitting: Sequence[Pattern], avoiding: Sequence[Pattern], budget: Budget) -> str | None:
    """A shortest text that fits all of the first and none of the second; None where there is none.

    Raises:
        TooMuch: the budget is used up before that is known.
    """
    text, cost = _answered(tuple(dict.fromkeys(fitting)), tuple(dict.fromkeys(avoiding)))
    budget.spend(cost)
    if text is _UNKNOWN:
        raise TooMuch
    return text


# So much is walked before something is guessed, and so much at most.
_SHORT, _LONG = 8_000, 80_000
_UNKNOWN = "\ue002"
_FILL = ("x", "", "xx")


@lru_cache(maxsize=16384)
def _answered(fitting: tuple[Pattern, ...], avoiding: tuple[Pattern, ...]) -> tuple[str | None, int]:
    """The text, none, or that it would take too long; and how much work that was.

    Kept: one question is asked many times.
    """
    cost = 0
    for limit in (_SHORT, _LONG):
        walk = Budget(limit)
        try:
            return _Walk(fitting, avoiding, walk).text(), cost + limit - walk.left
        except TooMuch:
            cost += limit
        guess = next((text for text in _guesses(fitting) if _fits(text, fitting, avoiding)), None)
        if guess is not None:
            return guess, cost
    return _UNKNOWN, cost


def _guesses(fitting: tuple[Pattern, ...]) -> Iterator[str]:
    """Each pattern with something for what it leaves open."""
    for pattern in fitting:
        for fill in _FILL:
            yield "".join(_FILLED.get(part, fill) if part in _OPEN else part for part in pattern.parts)


_OPEN = frozenset((ANY, ANY_IN_SEGMENT, STAR, STAR_IN_SEGMENT))
_FILLED = {ANY: "x", ANY_IN_SEGMENT: "x"}


def _fits(text: str, fitting: tuple[Pattern, ...], avoiding: tuple[Pattern, ...]) -> bool:
    return all(automaton(p).fits(text) for p in fitting) and not any(
        automaton(p).fits(text) for p in avoiding
    )


class _Walk:
    """Breadth first over the states of all patterns together."""

    def __init__(self, fitting: Sequence[Pattern], avoiding: Sequence[Pattern], budget: Budget) -> None:
        self._fitting = [automaton(pattern) for pattern in dict.fromkeys(fitting)]
        self._avoiding = [automaton(pattern) for pattern in dict.fromkeys(avoiding)]
        self._budget = budget

    def text(self) -> str | None:
        start = tuple(a.start for a in (*self._fitting, *self._avoiding))
        if self._is_dead(start):
            return None
        came: dict[_State, tuple[_State | None, str]] = {start: (None, "")}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            if self._is_goal(state):
                return _spelled(state, came)
            for letter in self._letters(state):
                self._budget.spend(1 + sum(1 for part in state if part))
                following = self._step(state, letter)
                if following is not None and following not in came:
                    came[following] = (state, letter)
                    waiting.append(following)
        return None

    def _step(self, state: _State, letter: str) -> _State | None:
        """The next state, or None where no text that begins so can do."""
        states: list[int] = []
        for automaton_, part in zip(self._fitting, state, strict=False):
            following = automaton_.step(part, letter)
            if not following:
                return None
            states.append(following)
        for automaton_, part in zip(self._avoiding, state[len(self._fitting) :], strict=True):
            following = automaton_.step(part, letter) if part else 0
            if following & automaton_.accepting:
                return None
            states.append(following)
        return tuple(states)

    def _is_dead(self, state: _State) -> bool:
        avoided = zip(self._avoiding, state[len(self._fitting) :], strict=True)
        return any(part & automaton_.accepting for automaton_, part in avoided)

    def _is_goal(self, state: _State) -> bool:
        fitting = zip(self._fitting, state, strict=False)
        avoided = zip(self._avoiding, state[len(self._fitting) :], strict=True)
        return all(part & a.end for a, part in fitting) and not any(part & a.end for a, part in avoided)

    def _letters(self, state: _State) -> list[str]:
        """One that no pattern waits for, then those that some do."""
        awaited: set[str] = set()
        for automaton_, part in zip((*self._fitting, *self._avoiding), state, strict=True):
            if part:
                awaited |= automaton_.awaited(part)
        other = next((letter for letter in FILLERS if letter not in awaited), "\ue001")
        return [other, *sorted(awaited)]


def _spelled(state: _State, came: dict[_State, tuple[_State | None, str]]) -> str:
    letters: list[str] = []
    at: _State | None = state
    while at is not None:
        at, letter = came[at]
        letters.append(letter)
    return "".join(reversed(letters))
