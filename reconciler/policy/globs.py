"""Patterns with `*` (any text) and `?` (one character): which texts and which patterns they cover."""

import re
from functools import lru_cache


def is_pattern(text: str) -> bool:
    """Whether the text has a wildcard at all."""
    return "*" in text or "?" in text


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def without_variables(text: str) -> str:
    """The text without IAM's `${…}`: what is a wildcard outside them is one."""
    return _VARIABLE.sub("", text)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern fits a text without wildcards.

    Only the last `*` is ever taken back, so the work is bounded by the product of the lengths; a regular
    expression would take exponential time on `*a*a*a*b`.
    """
    if not is_pattern(pattern):
        return pattern == text
    at = here = 0
    star, resume = -1, 0
    while at < len(text):
        if here < len(pattern) and pattern[here] == "*":
            star, resume = here, at
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", text[at]):
            here, at = here + 1, at + 1
        elif star >= 0:
            resume += 1
            here, at = star + 1, resume
        else:
            return False
    return pattern[here:].strip("*") == ""


def overlaps(pattern: str, other: str) -> bool:
    """Whether some text fits both patterns (product of positions)."""
    if not is_pattern(other):
        return matches(pattern, other)
    if not is_pattern(pattern):
        return matches(other, pattern)
    pattern, other = _STARS.sub("*", pattern), _STARS.sub("*", other)
    if not _can_begin_alike(pattern, other) or not _can_begin_alike(pattern[::-1], other[::-1]):
        return False
    seen, todo = {(0, 0)}, [(0, 0)]
    while todo:
        i, j = todo.pop()
        if i == len(pattern) and j == len(other):
            return True
        for step in _common_steps(pattern, i, other, j):
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return False


_STARS = re.compile(r"\*\*+")


def _can_begin_alike(pattern: str, other: str) -> bool:
    """Whether nothing before the first `*` of either tells them apart: most patterns differ there."""
    for a, b in zip(pattern, other, strict=False):
        if "*" in (a, b):
            return True
        if a != b and "?" not in (a, b):
            return False
    return True


def _common_steps(pattern: str, i: int, other: str, j: int) -> list[tuple[int, int]]:
    a, b = pattern[i : i + 1], other[j : j + 1]
    steps = []
    if a == "*":
        steps.append((i + 1, j))
        if b:
            steps.append((i, j + 1))
    if b == "*":
        steps.append((i, j + 1))
        if a:
            steps.append((i + 1, j))
    if a and b and "*" not in (a, b) and (a == b or "?" in (a, b)):
        steps.append((i + 1, j + 1))
    return steps


def covers(wide: str, narrow: str) -> bool:
    """Whether every text that fits `narrow` fits `wide` too (exact, over the product of positions).

    The automaton of `wide` is followed on symbolic characters of `narrow`: a literal, "any one" for `?`,
    and a loop for `*`. A set of positions is kept, so the work is bounded by the product of the lengths.
    """
    if any(part not in narrow for part in _literals(wide)):
        return False
    if "?" not in wide:
        # What `narrow` leaves open can only be taken up by a `*`: two characters that no literal equals stand
        # for it.
        return matches(wide, narrow.replace("*", "\0").replace("?", "\1"))
    alphabet = set(narrow + wide) - {"*", "?"} | {"\0"}
    start = (_closed(frozenset({0}), wide), 0)
    seen, todo = {start}, [start]
    while todo:
        states, at = todo.pop()
        if at == len(narrow):
            if len(wide) not in states:
                return False
            continue
        for following in _successors(states, at, wide, narrow, alphabet):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return True


@lru_cache(maxsize=4096)
def _literals(pattern: str) -> tuple[str, ...]:
    """What a text must hold to fit: a wildcard of a covered pattern stands for texts that hold none of it."""
    return tuple(part for part in _WILDCARDS.split(pattern) if part)


_WILDCARDS = re.compile(r"[*?]+")


def _successors(
    states: frozenset[int], at: int, wide: str, narrow: str, alphabet: set[str]
) -> list[tuple[frozenset[int], int]]:
    symbol = narrow[at]
    if symbol == "*":
        return [(states, at + 1), *((_step(states, c, wide), at) for c in alphabet)]
    characters = alphabet if symbol == "?" else {symbol}
    return [(_step(states, c, wide), at + 1) for c in characters]


def _step(states: frozenset[int], character: str, pattern: str) -> frozenset[int]:
    reached: set[int] = set()
    for state in states:
        if state == len(pattern):
            continue
        if pattern[state] == "*":
            reached.add(state)
        elif pattern[state] in ("?", character):
            reached.add(state + 1)
    return _closed(frozenset(reached), pattern)


def _closed(states: frozenset[int], pattern: str) -> frozenset[int]:
    """The states with all that can be reached by letting a `*` stand for nothing."""
    reached = set(states)
    for state in states:
        at = state
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            reached.add(at)
    return frozenset(reached)
