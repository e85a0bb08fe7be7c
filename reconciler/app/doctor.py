"""The use case of `reconcile doctor`: everything that a scheduled run needs, looked at one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from reconciler.app.drift.run import DriftScope, drift
from reconciler.app.request import SpecSelection
from reconciler.app.specs import OpenedSpecs, load_valid
from reconciler.aws.client import Client
from reconciler.core.errors import ReconcileError
from reconciler.core.text import plural
from reconciler.spec.resolve import Specs

# Beyond five minutes AWS refuses signatures (IAM user guide, signing); a minute is worth a word.
_SKEW = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is as it must be, what was seen, and what to do about it."""

    name: str
    is_right: bool
    seen: str
    advice: str = ""


def check_setup(request: SpecSelection, client: Client, scope: DriftScope) -> Iterator[Check]:
    """Each check in turn; what builds on one that failed is not looked at."""
    try:
        specs, failures = load_valid(OpenedSpecs(request))
    except ReconcileError as error:
        yield Check("specs", False, error.message.splitlines()[0], "reconcile validate says more")
        return
    for failure in failures:
        yield Check("specs", False, failure.problems[0], "reconcile validate says more")
    yield Check(
        "specs", True, f"{plural(len(specs.names), 'spec')}, {plural(len(specs.desired), 'resource')}"
    )
    try:
        caller = client.caller()
    except ReconcileError as error:
        yield Check("credentials", False, error.message, error.advice)
        return
    yield Check("credentials", True, caller.arn)
    yield from _accounts(specs, caller.account, caller.partition)
    yield Check(
        "endpoint",
        not client.endpoint,
        client.endpoint or "AWS's own",
        "unset AWS_ENDPOINT_URL, unless this is a trial",
    )
    yield _clock(client)
    yield from _reads(request, client, scope)


def _accounts(specs: Specs, account: str, partition: str) -> Iterator[Check]:
    wrong = specs.of_other_accounts(account, partition)
    for name, why in wrong.items():
        yield Check("account", False, f"the spec {name} {why}", "use the other account's --profile")
    if not wrong:
        yield Check("account", True, account)


def _clock(client: Client) -> Check:
    date = client.date_of_last_answer
    if not date:
        return Check("clock", True, "AWS's answer has no date to compare with")
    skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    return Check(
        "clock",
        abs(skew) < _SKEW,
        f"{skew:+.0f} s beside AWS's",
        "set the clock: AWS refuses requests signed more than five minutes off",
    )


def _reads(request: SpecSelection, client: Client, scope: DriftScope) -> Iterator[Check]:
    """The job itself, for what it could not look at."""
    try:
        result = drift(request, client, scope)
    except ReconcileError as error:
        yield Check("reads", False, error.message, error.advice)
        return
    more = " --unmanaged" if scope.unmanaged else ""
    for unread in result.unread:
        advice = (
            f"allow {unread.permission}: reconcile permissions --for drift{more} prints the policy"
            if unread.permission
            else ""
        )
        yield Check("reads", False, f"{unread.address}: {unread.message}", advice)
    if not result.unread:
        yield Check("reads", True, f"everything could be read, in {plural(result.calls, 'call')}")
