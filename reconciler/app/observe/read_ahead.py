"""From spec files to the account: what is sent ahead while the specs are worked out."""

from collections.abc import Callable
from typing import TypeVar

from reconciler.app.specs import OpenedSpecs
from reconciler.aws.reader import Reader
from reconciler.core.errors import AwsError

T = TypeVar("T")


def resolve_ahead(opened: OpenedSpecs, reader: Reader, work_out: Callable[[str | None, str], T]) -> T:
    """What the specs come to, by account and partition.

    Nothing is asked of AWS before they are found to be right.

    But where they describe so much that the whole account is read for it in any case: then this is under way
    meanwhile, and the specs are worked out once, for the account that it is.

    Raises:
        SpecError: the specs are wrong.
        AwsError: there are no credentials, or no answer at all.
    """
    if opened.is_narrowed or not reader.reads_ahead(opened.outline.numbers):
        return work_out(None, "")
    try:
        caller = reader.caller()
    except AwsError:
        # What is wrong with the specs is said first.
        work_out(None, "")
        raise
    try:
        return work_out(caller.account, caller.partition)
    except BaseException:
        reader.stop()
        raise
