"""Runs the kinds' reads: together, each once, and the next round of a resource as soon as its last is there."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

from reconciler.aws.session import MOST_AT_ONCE, Client
from reconciler.core.call import Answers, Call, Params
from reconciler.core.errors import AwsError, NoCredentials, OutOfTime, Unreachable
from reconciler.kinds import role
from reconciler.parts import policy_documents, policy_holders
from reconciler.plan.desired import Desired
from reconciler.plan.planner import Seen
from reconciler.policy.document import Document

Progress = Callable[[int, int], None]
# Every read known to be needed, given the answers so far; those not yet answered are then run.
Wanted = Callable[[Answers], tuple[Call, ...]]


class Reader:
    """Reads, and remembers every answer: no call is sent twice by one reader."""

    def __init__(self, client: Client, progress: Progress = lambda _done, _all: None) -> None:
        self._client = client
        self._progress = progress
        self._answers: dict[Call, Params | None] = {}
        self._errors: dict[Call, AwsError] = {}

    def resources(self, desired: tuple[Desired, ...]) -> tuple[Seen, ...]:
        """What AWS has to say about every desired resource, in the same order.

        A resource that can't be read carries its error; the others are read all the same.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(d.kind.reads, d.state) for d in desired])
        answers = Answers(self._answers)
        return tuple(Seen(d, answers, error) for d, error in zip(desired, errors, strict=True))

    def documents(self, arns: tuple[str, ...]) -> dict[str, Document]:
        """What these managed policies say today; without those that are not there or may not be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(policy_documents.reads, arn) for arn in arns])
        answers = Answers(self._answers)
        found = {
            a: policy_documents.live(a, answers) for a, error in zip(arns, errors, strict=True) if not error
        }
        return {arn: made for arn, made in found.items() if made is not None}

    def holders(self, arns: tuple[str, ...]) -> dict[str, frozenset[str]]:
        """Who holds these managed policies; without those of which that may not be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(_holders_of, arn) for arn in arns])
        answers = Answers(self._answers)
        return {
            a: policy_holders.holders(a, answers) for a, error in zip(arns, errors, strict=True) if not error
        }

    def ask(self, calls: tuple[Call, ...]) -> tuple[Answers, dict[Call, AwsError]]:
        """The answers to these reads, and the errors of those that have none.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        self._run([partial(_just, call) for call in calls])
        return Answers(self._answers), {call: self._errors[call] for call in calls if call in self._errors}

    def roles(self, names: tuple[str, ...]) -> dict[str, role.State | AwsError | None]:
        """Live roles by name: None for one that is not there, the error for one that can't be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(role.live_reads, name) for name in names])
        answers = Answers(self._answers)
        return {n: error or role.live(n, answers) for n, error in zip(names, errors, strict=True)}

    def _run(self, wanted: list[Wanted]) -> list[AwsError | None]:
        if not wanted:
            return []
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            try:
                return _Reading(self._client, pool, self._progress, self._answers, self._errors).run(wanted)
            except BaseException:
                # An error that ends everything, or Ctrl-C: nothing queued is begun, nothing under way repeated.
                self._client.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _just(call: Call, _answers: Answers) -> tuple[Call, ...]:
    return (call,)


def _holders_of(arn: str, _answers: Answers) -> tuple[Call, ...]:
    return policy_holders.reads(arn)


_Arrived = tuple[Call, Params | None, BaseException | None]


class _Reading:
    def __init__(
        self,
        client: Client,
        pool: ThreadPoolExecutor,
        progress: Progress,
        answers: dict[Call, Params | None],
        errors: dict[Call, AwsError],
    ) -> None:
        self._client = client
        self._pool = pool
        self._progress = progress
        self._answers = answers
        self._errors = errors
        # Not futures: a Ctrl-C while their locks are being taken would leave some held, and the workers waiting for ever.
        self._arrived: SimpleQueue[_Arrived] = SimpleQueue()
        self._running: set[Call] = set()
        self._waiting: dict[Call, set[int]] = {}

    def run(self, wanted: list[Wanted]) -> list[AwsError | None]:
        """Read all that is wanted; for each the error that ended it, or None."""
        ended: dict[int, AwsError | None] = {}
        todo = set(range(len(wanted)))
        while todo or self._running:
            for index in sorted(todo):
                if self._advance(index, wanted[index], ended):
                    self._progress(len(ended), len(wanted))
            todo = self._next_answers()
        return [ended[index] for index in range(len(wanted))]

    def _advance(self, index: int, wanted: Wanted, ended: dict[int, AwsError | None]) -> bool:
        """Start what is still needed; whether it has ended, because nothing is missing or something failed."""
        needed = wanted(Answers(self._answers))
        failed = [self._errors[call] for call in needed if call in self._errors]
        if failed:
            ended[index] = failed[0]
            return True
        missing = [call for call in needed if call not in self._answers]
        for call in missing:
            if call not in self._waiting:
                self._waiting[call] = set()
                self._running.add(call)
                self._pool.submit(self._ask, call)
            self._waiting[call].add(index)
        if not missing:
            ended[index] = None
        return not missing

    def _next_answers(self) -> set[int]:
        """Wait for at least one answer; the resources that waited for it."""
        if not self._running:
            return set()
        released: set[int] = set()
        for call, answer, error in self._arrivals():
            self._running.remove(call)
            if isinstance(error, AwsError) and not isinstance(error, (NoCredentials, Unreachable, OutOfTime)):
                self._errors[call] = error
            elif error is not None:
                raise error
            else:
                self._answers[call] = answer
            released |= set(self._waiting[call])
        # A resource goes on only when none of its calls is under way any more.
        return {i for i in released if not any(i in self._waiting[call] for call in self._running)}

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
