"""Two lists of statements that are compared, and the goals of the comparison.

A goal is a request that only one of the two allows, or denies.
"""

from dataclasses import dataclass

from reconciler.policy.meaning.evaluate import AccessRequest, decide
from reconciler.policy.meaning.statements import Statement


@dataclass(frozen=True, slots=True)
class Goal:
    """What a request must do.

    It is allowed (or else denied) by the new side (or else the old one), and not by the other.
    """

    allows: bool
    in_new: bool


GAINED, LOST = Goal(allows=True, in_new=True), Goal(allows=True, in_new=False)
DENIED, FREED = Goal(allows=False, in_new=True), Goal(allows=False, in_new=False)


@dataclass(frozen=True, slots=True)
class ComparedStatements:
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

    def of(self, *, new: bool) -> tuple[Statement, ...]:
        """One of the two."""
        return self.after if new else self.before


def reaches(request: AccessRequest, sides: ComparedStatements, goal: Goal) -> bool:
    """Whether a request is a witness for the goal."""
    word = "allowed" if goal.allows else "explicit deny"
    goal_answer, other_answer = (
        decide(sides.of(new=new), request, bounded=sides.bounded[new])
        for new in (goal.in_new, not goal.in_new)
    )
    return goal_answer == word and other_answer not in (word, "unknown")
