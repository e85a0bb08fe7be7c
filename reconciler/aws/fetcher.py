"""Sends reads side by side, each once.

As soon as all answers of a round are there for one who waits, the next round is sent.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

from reconciler.aws.client import Client
from reconciler.aws.session import MOST_AT_ONCE
from reconciler.core.call import Answers, Call, Params
from reconciler.core.errors import AwsError, NoCredentials, OutOfTime, Unreachable

Progress = Callable[[int, int], None]
# Every read known to be needed, given the answers so far; those not yet answered are then sent.
Wanted = Callable[[Answers], tuple[Call, ...]]
# Fills in what other answers tell already; whether it could.
FillIn = Callable[[Call], bool]
_Arrived = tuple[Call, Params | None, BaseException | None]
# These say that nothing can be read at all.
_FATAL = (NoCredentials, Unreachable, OutOfTime)


class Reading:
    """What was asked so far, what was answered, and what is under way."""

    def __init__(self, client: Client, progress: Progress) -> None:
        self._client = client
        self.progress = progress
        self.answers: dict[Call, Params | None] = {}
        self.errors: dict[Call, AwsError] = {}
        # Not futures: a Ctrl-C while their locks are being taken would leave some held, and the workers
        # waiting for ever.
        self._arrived: SimpleQueue[_Arrived] = SimpleQueue()
        self._running: set[Call] = set()
        self._waiting: dict[Call, set[int]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def start(self, calls: Iterable[Call]) -> None:
        """Send these, unless they are answered or under way, and don't wait for them."""
        for call in calls:
            if call not in self.answers and call not in self.errors and call not in self._running:
                self._running.add(call)
                self.beside(partial(self._ask, call))

    def beside(self, act: Callable[[], object]) -> None:
        """Do this in a worker; nobody waits for what comes of it."""
        self._pool = self._pool or ThreadPoolExecutor(MOST_AT_ONCE)
        self._pool.submit(act)

    def stop(self) -> None:
        """Begin nothing that is queued, and repeat nothing that is under way."""
        self._client.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def run(self, wanted: list[Wanted], fill_in: FillIn) -> list[AwsError | None]:
        """Read all that is wanted; for each the error that ended it, or None.

        Raises:
            NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
        """
        self._waiting = {}
        ended: dict[int, AwsError | None] = {}
        todo = set(range(len(wanted)))
        try:
            while len(ended) < len(wanted):
                for index in sorted(todo):
                    if self._advance(index, wanted[index], ended, fill_in):
                        self.progress(len(ended), len(wanted))
                if len(ended) < len(wanted):
                    todo = self._next_answers()
                    self.progress(len(ended), len(wanted))
        except BaseException:
            # An error that ends everything, or Ctrl-C.
            self.stop()
            raise
        return [ended[index] for index in range(len(wanted))]

    def _advance(
        self, index: int, wanted: Wanted, ended: dict[int, AwsError | None], fill_in: FillIn
    ) -> bool:
        """Start what is still needed; whether it has ended, because nothing is missing or a read failed."""
        while True:
            needed = wanted(Answers(self.answers))
            failed = [self.errors[call] for call in needed if call in self.errors]
            if failed:
                ended[index] = failed[0]
                return True
            missing = [call for call in needed if call not in self.answers]
            if not missing:
                ended[index] = None
                return True
            unknown = [call for call in missing if not fill_in(call)]
            if unknown:
                break
        self.start(unknown)
        for call in unknown:
            self._waiting.setdefault(call, set()).add(index)
        return False

    def _next_answers(self) -> set[int]:
        """Wait for at least one answer; the resources that waited for it and no longer wait for another."""
        released: set[int] = set()
        for call, answer, error in self._arrivals():
            self._running.remove(call)
            if isinstance(error, AwsError) and not isinstance(error, _FATAL):
                self.errors[call] = error
            elif error is not None:
                raise error
            else:
                self.answers[call] = answer
            released |= self._waiting.get(call, set())
        waiting = [self._waiting[call] for call in self._running if call in self._waiting]
        return {index for index in released if not any(index in indexes for indexes in waiting)}

    def _ask(self, call: Call) -> None:
        """In a worker."""
        try:
            self._arrived.put((call, self._client.ask(call), None))
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._arrived.put((call, None, error))

    def _arrivals(self) -> Iterator[_Arrived]:
        """What has arrived, at least one."""
        yield self._arrived.get()
        while not self._arrived.empty():
            yield self._arrived.get()
