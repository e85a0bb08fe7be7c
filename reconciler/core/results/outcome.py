"""What became of the calls of a plan."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.call import Call

Status = Literal["done", "failed", "unclear", "not tried"]


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """One call: `unclear` when it may have taken effect; `message` and `advice` where it failed.

    `version` is the version of a policy that it has created, "" where that is not known.
    """

    call: Call
    status: Status
    attempts: int = 0
    request_id: str = ""
    code: str = ""
    message: str = ""
    advice: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """All outcomes in the plan's order; `interrupted` when the user stopped it."""

    outcomes: tuple[CallOutcome, ...]
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether every call is done."""
        return all(outcome.status == "done" for outcome in self.outcomes)

    def having(self, status: Status) -> tuple[CallOutcome, ...]:
        """The outcomes of one status."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == status)
