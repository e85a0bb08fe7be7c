"""Runs the kinds' reads: together, each once, and the next round of a resource as soon as its last is there."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from reconciler.aws.session import MOST_AT_ONCE, Client
from reconciler.core.call import Answers, Call, Params
from reconciler.core.errors import AwsError, NoCredentials, Unreachable
from reconciler.plan.desired import Desired
from reconciler.plan.planner import Seen

Progress = Callable[[int, int], None]


def read_all(desired: tuple[Desired, ...], client: Client, progress: Progress = lambda _done, _all: None) -> tuple[Seen, ...]:  # fmt: skip
    """What AWS has to say about every desired resource, in the same order.

    A resource that can't be read carries its error; the others are read all the same.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        try:
            return _Reading(client, pool, progress).run(desired)
        except BaseException:
            # An error that ends everything, or Ctrl-C: nothing queued is begun, nothing under way repeated.
            client.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Reading:
    def __init__(self, client: Client, pool: ThreadPoolExecutor, progress: Progress) -> None:
        self._client = client
        self._pool = pool
        self._progress = progress
        self._answers: dict[Call, Params | None] = {}
        self._errors: dict[Call, AwsError] = {}
        self._running: dict[Future[Any], Call] = {}
        self._waiting: dict[Call, set[int]] = {}

    def run(self, desired: tuple[Desired, ...]) -> tuple[Seen, ...]:
        seen: dict[int, Seen] = {}
        todo = set(range(len(desired)))
        while todo or self._running:
            for index in sorted(todo):
                finished = self._advance(index, desired[index])
                if finished is not None:
                    seen[index] = finished
                    self._progress(len(seen), len(desired))
            todo = self._next_answers()
        return tuple(seen[index] for index in range(len(desired)))

    def _advance(self, index: int, desired: Desired) -> Seen | None:
        """Start what the resource still needs; its result once nothing is missing."""
        answers = Answers(self._answers)
        needed = desired.kind.reads(desired.state, answers)
        failed = [self._errors[call] for call in needed if call in self._errors]
        if failed:
            return Seen(desired, answers, failed[0])
        missing = [call for call in needed if call not in self._answers]
        for call in missing:
            if call not in self._waiting:
                self._waiting[call] = set()
                self._running[self._pool.submit(self._client.ask, call)] = call
            self._waiting[call].add(index)
        return None if missing else Seen(desired, answers)

    def _next_answers(self) -> set[int]:
        """Wait for at least one answer; the resources that waited for it."""
        if not self._running:
            return set()
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        released: set[int] = set()
        for future in done:
            call = self._running.pop(future)
            try:
                self._answers[call] = future.result()
            except (NoCredentials, Unreachable):
                raise
            except AwsError as error:
                self._errors[call] = error
            released |= set(self._waiting[call])
        # A resource goes on only when none of its calls is under way any more.
        return {i for i in released if not any(i in self._waiting[call] for call in self._running.values())}
