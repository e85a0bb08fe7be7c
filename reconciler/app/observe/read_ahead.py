"""Resolves the specs while reads are sent ahead."""

from collections.abc import Callable
from typing import TypeVar

from reconciler.app.specs import OpenedSpecs
from reconciler.aws.reader import Reader
from reconciler.core.errors import AwsError

T = TypeVar("T")


def resolve_ahead(opened: OpenedSpecs, reader: Reader, work_out: Callable[[str | None, str], T]) -> T:
    """The resolved specs, by account and partition. AWS is asked for nothing before the specs are right.

    There is one exception: specs that describe so much that the whole account is read in any case. Then the
    reads are under way meanwhile, and the specs are resolved once, for the account of the caller.

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
