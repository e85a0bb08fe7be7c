"""Runs a plan's calls: together where they don't wait for each other, one at a time on one resource."""

import heapq
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from reconciler.aws.client import ATTEMPTS, Client, jittered
from reconciler.aws.errors import Outcome, code_of, mapped, outcome_of, request_id_of
from reconciler.aws.journal import Journal
from reconciler.aws.lost_answers import is_done, took_effect
from reconciler.aws.session import MOST_AT_ONCE
from reconciler.core.call import Call
from reconciler.core.call_order import waits_for
from reconciler.core.results.outcome import Applied, CallOutcome, Status
from reconciler.kinds import KINDS

# How long IAM may take until something just created can be named elsewhere (contract §5), in seconds.
PROPAGATION = 120.0
# What IAM says to a call that names something it does not see yet.
_NOT_SEEN_YET = "NoSuchEntity"
# What it says to a deletion while it still sees what this run has taken away.
_STILL_THERE = "DeleteConflict"
# … and to a trust policy that names a principal that it does not see yet.
_BAD_DOCUMENT, _TRUSTS = "MalformedPolicyDocument", ("CreateRole", "UpdateAssumeRolePolicy")

Report = Callable[[CallOutcome], None]


def execute(
    calls: tuple[Call, ...], client: Client, journal: Journal, stop: threading.Event, report: Report
) -> Applied:
    """Send every call; a failed one stops what depends on it and nothing else.

    `stop` lets those in flight end.
    """
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        return _Execution(calls, client, journal, stop, report).run(pool)


class _Execution:
    def __init__(
        self, calls: tuple[Call, ...], client: Client, journal: Journal, stop: threading.Event, report: Report
    ) -> None:
        self._calls = calls
        self._client = client
        self._journal = journal
        self._stop = stop
        self._report = report
        self._waits = [set(earlier) for earlier in waits_for(calls)]
        self._followers: dict[int, list[int]] = {}
        for index, earlier in enumerate(self._waits):
            for before in earlier:
                self._followers.setdefault(before, []).append(index)
        # What no longer waits for anything, in the order of the plan; a call whose lane is busy waits there.
        self._free = [index for index, earlier in enumerate(self._waits) if not earlier]
        self._in_lane: dict[str, list[int]] = {}
        self._busy: set[str] = set()
        self._outcomes: dict[int, CallOutcome] = {}
        self._running: dict[Future[CallOutcome], int] = {}
        self._made: set[str] = set()

    def run(self, pool: ThreadPoolExecutor) -> Applied:
        while True:
            for index in [] if self._stop.is_set() else self._ready():
                self._running[pool.submit(self._send, index)] = index
            if not self._running:
                break
            # Short waits, so that a Ctrl-C is seen between them.
            done, _ = wait(self._running, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                index = self._running.pop(future)
                self._finish(index, future.result())
        untried = [i for i in range(len(self._calls)) if i not in self._outcomes]
        for index in untried:
            self._outcomes[index] = CallOutcome(self._calls[index], "not tried")
        return Applied(
            tuple(self._outcomes[i] for i in range(len(self._calls))), interrupted=self._stop.is_set()
        )

    def _ready(self) -> list[int]:
        """The calls that nothing holds back: their needs are met and no call of their lane is under way."""
        ready: list[int] = []
        while self._free and len(self._running) + len(ready) < MOST_AT_ONCE:
            index = heapq.heappop(self._free)
            lane = self._calls[index].lane
            if lane in self._busy:
                heapq.heappush(self._in_lane.setdefault(lane, []), index)
                continue
            self._busy.add(lane)
            ready.append(index)
        return ready

    def _finish(self, index: int, outcome: CallOutcome) -> None:
        self._outcomes[index] = outcome
        lane = self._calls[index].lane
        self._busy.discard(lane)
        if self._in_lane.get(lane):
            heapq.heappush(self._free, heapq.heappop(self._in_lane[lane]))
        if outcome.status == "done":
            self._made |= self._calls[index].provides
            for follower in self._followers.get(index, ()):
                self._waits[follower].discard(index)
                if not self._waits[follower]:
                    heapq.heappush(self._free, follower)
        self._report(outcome)

    def _send(self, index: int) -> CallOutcome:
        call = self._calls[index]
        self._journal.begin(index + 1, call)
        outcome = _Sending(call, self._client, self._stop, names_new=bool(call.needs & self._made)).run()
        self._journal.end(index + 1, outcome)
        return outcome


class _Sending:
    """One write, sent until its outcome is known."""

    def __init__(self, call: Call, client: Client, stop: threading.Event, *, names_new: bool) -> None:
        self._call = call
        self._client = client
        self._stop = stop
        self._names_new = names_new
        self._began = time.monotonic()
        self._unclear = False

    def run(self) -> CallOutcome:
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._done(self._client.send_once(self._call), attempt)
            # Botocore's roots are two; all are judged by outcome_of.
            except Exception as error:  # noqa: BLE001
                settled = self._settled(error, attempt)
                if settled is not None:
                    return settled
            time.sleep(jittered(attempt))

    def _settled(self, error: Exception, attempt: int) -> CallOutcome | None:
        """The outcome, if this error decides it; None to send the call again."""
        code, outcome = code_of(error), outcome_of(error)
        try:
            if is_done(self._call, code, self._client, sent_before=self._unclear):
                return CallOutcome(self._call, "done", attempt, request_id_of(error))
            if outcome is Outcome.UNCLEAR:
                self._unclear = True
                if took_effect(self._call, self._client):
                    return CallOutcome(self._call, "done", attempt, request_id_of(error))
        except Exception as again:  # noqa: BLE001 - the look failed too: judged like the call itself
            return self._failed(again, attempt) if attempt >= ATTEMPTS else None
        if outcome is Outcome.FINAL and not self._is_waiting(code):
            return self._failed(error, attempt)
        if outcome is not Outcome.FINAL and (attempt >= ATTEMPTS or self._stop.is_set()):
            return self._failed(error, attempt)
        return None

    def _is_waiting(self, code: str) -> bool:
        """Whether the error may only mean that AWS does not see yet what this run created or deleted."""
        in_time = time.monotonic() - self._began < PROPAGATION
        unseen = code in (_NOT_SEEN_YET, _STILL_THERE) or (
            code == _BAD_DOCUMENT and self._call.operation in _TRUSTS
        )
        return self._names_new and unseen and in_time and not self._stop.is_set()

    def _done(self, answer: Mapping[str, Any], attempt: int) -> CallOutcome:
        request_id = str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
        version = str(answer.get("PolicyVersion", {}).get("VersionId", ""))
        return CallOutcome(self._call, "done", attempt, request_id, version=version)

    def _failed(self, error: Exception, attempt: int) -> CallOutcome:
        seen = mapped(error, self._call)
        status: Status = "unclear" if self._unclear else "failed"
        return CallOutcome(
            self._call,
            status,
            attempt,
            request_id_of(error),
            code_of(error),
            seen.message,
            seen.advice or _advice(code_of(error), self._call.operation),
        )


def _advice(code: str, operation: str) -> str:
    own = next((kind.ADVICE[code, operation] for kind in KINDS if (code, operation) in kind.ADVICE), "")
    if own:
        return own
    if code == "LimitExceeded" and any(operation in kind.RAISABLE for kind in KINDS):
        return "a quota is used up: see the message, ask AWS for more, or remove something"
    return {
        "EntityAlreadyExists": (
            "something of this name appeared meanwhile, or differs only in case: plan again"
        ),
        "LimitExceeded": (
            "a quota is used up that is the same for everybody: see the message, and remove something"
        ),
        "DeleteConflict": "something still uses it: plan again",
        "MalformedPolicyDocument": "IAM refuses the document; if it names a role or user, that must exist",
        "UnmodifiableEntity": "AWS owns it: take it out of the spec",
    }.get(code, "run plan again to see what is left; an interrupted apply can always be repeated")
