"""Patterns with `*` (any text) and `?` (one character): which texts and which patterns they cover."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"([*?]+)", pattern)
    # A run of wildcards is one step: `*a*a*` stays linear in practice and `**` can't multiply.
    return re.compile("".join(_wild(p) if p[:1] in ("*", "?") else re.escape(p) for p in parts), re.DOTALL)


def _wild(run: str) -> str:
    return "." * run.count("?") + (".*" if "*" in run else "")


def is_pattern(text: str) -> bool:
    """Whether the text has a wildcard at all."""
    return "*" in text or "?" in text


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern fits a text without wildcards."""
    return _regex(pattern).fullmatch(text) is not None


def covers(wide: str, narrow: str) -> bool:
    """Whether every text that fits `narrow` fits `wide` too (exact, over the product of positions).

    The automaton of `wide` is followed on symbolic characters of `narrow`: a literal, "any one" for `?`,
    and a loop for `*`. A set of positions is kept, so the work is bounded by the product of the lengths.
    """
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
