"""Marks: what tells the specs of one repository, and of one environment, from others of the same name.

A mark is a part of the tag `reconciler:applied`. It holds no path and no value: eight hex digits each.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

DIGITS = 8
# A spec outside of projects is known by its file.
_ELSEWHERE, _OTHER_ENVIRONMENT = "of another repository or path", "of another environment"
# What is tried of a spec's variables, to tell which of them once shaped a name: every choice of so many, of
# more variables a few together, or all.
_EVERY_CHOICE, _A_FEW = 12, 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a resource's spec comes from, and with which variables its name was made; "" for not known."""

    origin: str = ""
    variables: str = ""


NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class SpecMarks:
    """The marks that a spec's resources may bear: its origin, "" where unknown, and its variables by name.

    `others` are the variables in the other environments of the project.
    """

    origin: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Mapping[str, str], ...] = ()

    def whose_else(self, live: Mark) -> str:
        """Whose a resource is that bears this mark, if not the spec's: what is not known is not compared."""
        if not self.origin:
            return ""
        if live.origin and live.origin != self.origin:
            return _ELSEWHERE
        is_other = live.origin and live.variables and not _give(self.variables, live.variables)
        return _OTHER_ENVIRONMENT if is_other else ""

    def is_of_known_environment(self, live: Mark) -> bool:
        """Whether a mark of the same origin was made with the variables of another environment."""
        return live.origin == self.origin != "" and any(
            _give(variables, live.variables) for variables in self.others
        )


def _give(variables: Mapping[str, str], digest: str) -> bool:
    """Whether these variables, or some of them, give this part of a mark."""
    pairs = sorted(variables.items())
    most = len(pairs) if len(pairs) <= _EVERY_CHOICE else _A_FEW
    sizes = {*range(1, most + 1), len(pairs)} - {0}
    return any(digest == digest_of(chosen) for size in sizes for chosen in combinations(pairs, size))


NO_MARKS = SpecMarks()


def digest_of(variables: Iterable[tuple[str, str]]) -> str:
    """The part of a mark that stands for the values of variables, whatever these are called."""
    return short_digest("\n".join(sorted(value for _, value in variables)))


def short_digest(text: str) -> str:
    """Eight hex digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
