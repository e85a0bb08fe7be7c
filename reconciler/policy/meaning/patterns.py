"""Patterns of IAM compiled, and the classes of texts that a set of them can tell apart.

A class is the set of patterns that fit; all texts of a class are alike to a policy. The classes are found by
walking all patterns at once over all texts, shortest first, so that each class comes with a shortest member.
Texts are walked by the characters that some pattern is waiting for, and one that none is: no other can make a
difference.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

ANY, STAR = "any one", "any text"
ANY_IN_SEGMENT, STAR_IN_SEGMENT = "any one but a colon", "any text without a colon"
_STARS = (STAR, STAR_IN_SEGMENT)
_WILD = (ANY, ANY_IN_SEGMENT, *_STARS)
_OLD_LANGUAGE = "$\ue000{"
# Tried in this order where any character will do.
FILLERS = "xazq0129kmbcdefghijlnoprstuvwy-_AXZ"


class TooMuch(Exception):
    """The work would go beyond its bound."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sequence of single characters and wildcards; `folds` where case does not matter."""

    parts: tuple[str, ...]
    folds: bool = False


@dataclass(slots=True)
class Budget:
    """How much work is left: steps of the walk, weighed by how many patterns are under way."""

    left: int

    def spend(self, amount: int) -> None:
        """Take some.

        Raises:
            TooMuch: there is none left.
        """
        self.left -= amount
        if self.left < 0:
            raise TooMuch


def glob(text: str, values: Mapping[str, str | None]) -> Pattern | None:
    """A pattern with `*`, `?` and policy variables.

    None where a variable has no value: then nothing fits.
    """
    return _compiled(text) if "${" not in text else _made(text, values)


@lru_cache(maxsize=16384)
def _compiled(text: str) -> Pattern | None:
    """Kept: the same pattern is asked for again for each request."""
    return _made(text, {})


def _made(text: str, values: Mapping[str, str | None]) -> Pattern | None:
    parts = _parts(text, values)
    return None if parts is None else Pattern(tuple(parts))


def literal(text: str, values: Mapping[str, str | None], *, folds: bool = False) -> Pattern | None:
    """A text in which `*` and `?` are themselves."""
    parts = _parts(text, values, wild=False)
    if parts is None:
        return None
    return Pattern(tuple("".join(parts).lower() if folds else parts), folds)


def arn(text: str, values: Mapping[str, str | None]) -> Pattern | None:
    """A pattern of the Arn operators: six segments, and a wildcard stays in its own but in the last."""
    parts = _parts(text, values)
    if parts is None:
        return None
    colons = 0
    segments = []
    for part in parts:
        colons += part == ":"
        inside = colons < 5
        segments.append({STAR: STAR_IN_SEGMENT, ANY: ANY_IN_SEGMENT}.get(part, part) if inside else part)
    # Fewer than six segments fit nothing that is an ARN.
    return Pattern(tuple(segments)) if colons >= 5 else None


def _parts(text: str, values: Mapping[str, str | None], *, wild: bool = True) -> list[str] | None:
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith(_OLD_LANGUAGE, at):
            parts += "${"
            at += len(_OLD_LANGUAGE)
        elif text.startswith("${", at) and "}" in text[at:]:
            end = text.index("}", at)
            value = _value(text[at + 2 : end], values)
            if value is None:
                return None
            parts += value
            at = end + 1
        else:
            part = {"*": STAR, "?": ANY}.get(text[at], text[at]) if wild else text[at]
            # `**` is `*`.
            if part != STAR or parts[-1:] != [STAR]:
                parts.append(part)
            at += 1
    return parts


def _value(name: str, values: Mapping[str, str | None]) -> str | None:
    key, comma, default = name.partition(",")
    if key in ("*", "?", "$"):
        return key
    value = values.get(key.strip().lower())
    if value is None and comma:
        return default.strip().strip("'")
    return value


def fits(pattern: Pattern, text: str) -> bool:
    """Whether a text fits (a set of positions, so the work is bounded by the product of the lengths)."""
    text = text.lower() if pattern.folds else text
    # Most patterns part from the text at the first letters, and that is found without the sets.
    for part, character in zip(pattern.parts, text, strict=False):
        if part != character:
            if part in _WILD:
                break
            return False
    states = _closure(pattern.parts, {0})
    for character in text:
        states = _closure(pattern.parts, _moved(pattern.parts, states, character))
        if not states:
            return False
    return len(pattern.parts) in states


def _moved(parts: tuple[str, ...], states: set[int], character: str) -> set[int]:
    reached: set[int] = set()
    for at in states:
        if at == len(parts):
            continue
        part = parts[at]
        if part in _STARS:
            if part == STAR or character != ":":
                reached.add(at)
        elif part in (character, ANY) or (part == ANY_IN_SEGMENT and character != ":"):
            reached.add(at + 1)
    return reached


def _closure(parts: tuple[str, ...], states: set[int]) -> set[int]:
    closed = set(states)
    for state in states:
        at = state
        while at < len(parts) and parts[at] in _STARS:
            at += 1
            closed.add(at)
    return closed


_State = frozenset[tuple[int, int]]


def classes(patterns: Sequence[Pattern], universe: Pattern, budget: Budget) -> dict[frozenset[int], str]:
    """For each class of the texts of `universe` the patterns that fit, by index, and a shortest member.

    Raises:
        TooMuch: there are too many classes to look at.
    """
    every = (universe, *patterns)
    start = _closed(frozenset((index, 0) for index in range(len(every))), every)
    members: dict[frozenset[int], str] = {}
    seen: set[_State] = {start}
    todo: deque[tuple[_State, str]] = deque([(start, "")])
    while todo:
        state, text = todo.popleft()
        done = {index for index, at in state if at == len(every[index].parts)}
        if 0 in done:
            members.setdefault(frozenset(index - 1 for index in done if index), text)
        for character in _characters(state, every):
            budget.spend(len(state))
            following = _closed(_step(state, every, character), every)
            if following not in seen and any(index == 0 for index, _ in following):
                seen.add(following)
                todo.append((following, text + character))
    return members


def _characters(state: _State, every: Sequence[Pattern]) -> list[str]:
    """Every character that makes a difference here, the plain ones first, and one that makes none."""
    awaited: set[str] = set()
    for index, at in state:
        parts = every[index].parts
        if at < len(parts):
            part = parts[at]
            if len(part) == 1:
                awaited |= {part, part.upper()} if every[index].folds else {part}
            elif part in (STAR_IN_SEGMENT, ANY_IN_SEGMENT):
                awaited.add(":")
    other = next((c for c in FILLERS if c not in awaited), "\ue001")
    return [other, *sorted(awaited)]


def _step(state: _State, every: Sequence[Pattern], character: str) -> _State:
    reached = set()
    lowered = character.lower()
    for index, at in state:
        pattern = every[index]
        if at == len(pattern.parts):
            continue
        part = pattern.parts[at]
        if len(part) == 1:
            if part == (lowered if pattern.folds else character):
                reached.add((index, at + 1))
        elif part == STAR or (part == STAR_IN_SEGMENT and character != ":"):
            reached.add((index, at))
        elif part == ANY or (part == ANY_IN_SEGMENT and character != ":"):
            reached.add((index, at + 1))
    return frozenset(reached)


def _closed(state: _State, every: Sequence[Pattern]) -> _State:
    more = set(state)
    for index, position in state:
        parts = every[index].parts
        at = position
        while at < len(parts) and parts[at] in _STARS:
            at += 1
            more.add((index, at))
    return frozenset(more)
