"""What a plan is made of: each resource as it is desired and as it is, with what would change."""

from dataclasses import dataclass
from typing import Any

from reconciler.core.call import Answers
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.errors import AwsError


@dataclass(frozen=True, slots=True)
class Observed:
    """A desired resource with what AWS answered about it, or the error that kept it from being read.

    `is_from_lists`: some of it may have been cut from account-wide answers, and not asked of the resource
    itself.
    """

    desired: Desired
    answers: Answers
    error: AwsError | None = None
    is_from_lists: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A change with the states it comes from; `have` is None where nothing is there yet."""

    seen: Observed
    want: Any
    have: Any
    change: Change
