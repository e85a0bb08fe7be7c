"""What a change gives and takes, as plain data that plans carry."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.address import Address

Answer = Literal["yes", "no", "unknown"]
Subject = Literal["access", "trust"]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Actions, or patterns of them, of which it could not be told, and why."""

    actions: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class AccessDelta:
    """What is gained, or what is lost.

    `statements` are the statements that do it, each as JSON text with only those of its actions that do;
    `witness` is one request that shows it, as JSON text, "" where there is none; `why` says why it can't be
    told. Where actions are `undecided` there may be more. Of services that are gained or lost as a whole
    `spared` are the action patterns that the principal has before and after.
    """

    answer: Answer
    statements: tuple[str, ...] = ()
    witness: str = ""
    why: str = ""
    undecided: tuple[Undecided, ...] = ()
    spared: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing else can be gained, or lost."""
        return self.answer != "unknown" and not self.undecided


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What a role may do more and less ("access"), or who may assume it more and less ("trust").

    `holder` is the role; or the policy, where no role of the plan holds it. `unseen` are policies of the role
    whose documents could not be read: what they allow is allowed before and after. `through` are the
    addresses of the policies and groups that bring it about, for a holder that has no change of its own.
    """

    holder: Address
    subject: Subject
    gained: AccessDelta
    lost: AccessDelta
    unseen: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether it is proved that nothing is gained or lost."""
        return self.gained.answer == self.lost.answer == "no"
