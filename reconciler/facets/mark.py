"""Marks: what tells the specs of one repository, and of one environment, from others of the same name.

A mark is a part of the tag `reconciler:applied`. It holds no path and no value: eight hex digits each.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

DIGITS = 8
# A spec outside of projects is known by its file.
_ELSEWHERE, _OTHER_ENVIRONMENT = "of another repository or path", "of another environment"
# What is tried of a spec's variables, to tell which of them once shaped a name: so many together, or all.
_MOST_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a resource's spec comes from, and with which variables its name was made; "" for not known."""

    origin: str = ""
    variables: str = ""

    def beside(self, other: "Mark") -> "Mark":
        """This mark, with what only the other one knows."""
        return Mark(self.origin or other.origin, self.variables or other.variables)


NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class SpecMarks:
    """The marks that a spec's resources may bear: its origin, "" where unknown, and its variables by name."""

    origin: str = ""
    variables: Mapping[str, str] | None = None

    def whose_else(self, live: Mark) -> str:
        """Whose a resource is that bears this mark, if not the spec's: what is not known is not compared."""
        if not self.origin:
            return ""
        if live.origin and live.origin != self.origin:
            return _ELSEWHERE
        return _OTHER_ENVIRONMENT if self.is_of_other_environment(live) else ""

    def is_of_other_environment(self, live: Mark) -> bool:
        """Whether a mark of the same origin was made with other values of variables."""
        has_variables = bool(live.variables and self.variables)
        return live.origin == self.origin != "" and has_variables and not self._gives(live.variables)

    def _gives(self, digest: str) -> bool:
        """Whether these variables, or some of them, give this digest."""
        pairs = sorted((self.variables or {}).items())
        sizes = [*range(1, min(_MOST_TOGETHER, len(pairs)) + 1), len(pairs)]
        return any(digest == digest_of(chosen) for size in sizes for chosen in combinations(pairs, size))


NO_MARKS = SpecMarks()


def digest_of(variables: Iterable[tuple[str, str]]) -> str:
    """The part of a mark that stands for the values of variables, whatever these are called."""
    return short_digest("\n".join(sorted(value for _, value in variables)))


def short_digest(text: str) -> str:
    """Eight hex digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
