"""Chooses between asking about each resource and reading the whole account, and reads the latter.

Calls count: a page of the account's details is slower than a small call and is asked for one after another,
so it is reckoned as several. GetAccountSummary says how large the account is, where that decides.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from math import ceil
from typing import Any

from reconciler.aws.fetcher import Reading, Wanted
from reconciler.core.call import Answers, Call
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.facets.reads.account import MOST_ITEMS, SUMMARY, AccountWide, NotTold, Tagging
from reconciler.kinds import KINDS

# What a page weighs in small calls: GetAccountAuthorizationDetails, and a plain list.
_DETAILS, _LIST = 4, 2
# Resources on a page of the tagging API.
_TAGGED = 100


@cache
def _cuts() -> Mapping[str, Callable[[Mapping[str, Any], Any], Any]]:
    """Every kind's, once something is cut: some kinds are loaded for it."""
    return {operation: cut for kind in KINDS for operation, cut in kind.BULK_ANSWERS.items()}


def small_calls(desired: tuple[Desired, ...], answers: Mapping[Call, object]) -> int:
    """How many calls it takes to ask about each resource that has not been asked about yet."""
    if not answers:
        return sum(d.kind.READS_PER_RESOURCE for d in desired)
    nothing = Answers({})
    return sum(
        d.kind.READS_PER_RESOURCE
        for d in desired
        if not all(call in answers for call in d.kind.reads(d.state, nothing))
    )


def weight(summary: Mapping[str, int], desired: tuple[Desired, ...]) -> int:
    """What reading the whole account weighs, in small calls."""
    roles, policies = summary.get("Roles", 0), summary.get("Policies", 0)
    details = ceil(roles / MOST_ITEMS) + ceil(policies / MOST_ITEMS)
    lists = ceil(roles / MOST_ITEMS) + ceil(summary.get("InstanceProfiles", 0) / MOST_ITEMS)
    return _DETAILS * details + _LIST * lists + ceil(len(desired) / _TAGGED)


class Bulk:
    """The account-wide reads of one run, and what is cut from them."""

    def __init__(self, reading: Reading, account: str, specs: Tagging, details: Call) -> None:
        self._reading = reading
        self._account = AccountWide(account, specs, Answers(reading.answers), details)
        # What was cut from lists, and never asked.
        self.cut: set[Call] = set()
        # The lists for all that is wanted now.
        self.lists: tuple[Call, ...] = ()

    def wanted(self, desired: Desired) -> Wanted:
        """The account-wide reads that the resource's kind is cut from, and then whatever is still missing."""
        return partial(self._needed, desired)

    def _needed(self, desired: Desired, answers: Answers) -> tuple[Call, ...]:
        own = self._to_come(desired.kind.bulk(desired.state.owner, self._account))
        if own:
            return own
        while True:
            needed = desired.kind.reads(desired.state, answers)
            missing = [call for call in needed if call not in answers]
            unknown = [call for call in missing if not self.fill_in(call)]
            if unknown or not missing:
                # A list that is still under way may answer what is unknown yet.
                return (self._to_come(self.lists) if unknown else ()) or needed

    def _to_come(self, lists: tuple[Call, ...]) -> tuple[Call, ...]:
        """Those not answered yet. In place of one that was refused the resource itself is asked."""
        return tuple(c for c in lists if c not in self._reading.answers and c not in self._reading.errors)

    def fill_in(self, call: Call) -> bool:
        """Answer a call from the account-wide answers; whether they have it."""
        cut = _cuts().get(call.operation)
        answer = cut(call.params, self._account) if cut else NotTold()
        if isinstance(answer, NotTold):
            return False
        self._reading.answers[call] = answer
        self.cut.add(call)
        return True


def lists(kinds: Iterable[AnyKind], specs: Tagging, details: Call) -> tuple[Call, ...]:
    """The account-wide reads for all that these specs describe of these kinds."""
    account = AccountWide("", specs, Answers({}), details)
    owners = [name for name, _ in specs] or [""]
    calls = dict.fromkeys(call for kind in kinds for name in owners for call in kind.bulk(name, account))
    # The many small pages of tags last: the large answers take longest.
    return tuple(sorted(calls, key=lambda call: call.service != "iam"))


def summary_of(reading: Reading) -> Mapping[str, int] | None:
    """How many of each the account has; None where that may not be read."""
    answer = reading.answers.get(SUMMARY)
    return None if answer is None else answer["SummaryMap"]
