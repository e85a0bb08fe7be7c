"""A desired resource with what AWS answered about it."""

from dataclasses import dataclass

from reconciler.core.call import Answers
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
