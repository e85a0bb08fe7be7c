"""Runs the reads of the kinds: one by one for each resource, or cut from reads of the whole account."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Literal

from reconciler.aws import account_reads
from reconciler.aws.account_reads import Bulk
from reconciler.aws.client import Caller, Client
from reconciler.aws.fetcher import FillIn, Progress, Reading, Wanted
from reconciler.core.call import Answers, Call
from reconciler.core.desired import Desired
from reconciler.core.errors import AwsError
from reconciler.core.observed import Observed
from reconciler.facets.reads import policy_document, policy_entities
from reconciler.facets.reads import role as role_reads
from reconciler.facets.reads.account import (
    FEW,
    MANY,
    PRINCIPAL_DETAILS,
    ROLE_DETAILS,
    SUMMARY,
    Tagging,
)
from reconciler.kinds import KINDS, role
from reconciler.kinds.role.desired import State as RoleState
from reconciler.policy.document.document import Document

Lists = Literal["where fewer", "always", "never"]


class Reader:
    """Reads, and remembers every answer: no call is sent twice by one reader."""

    def __init__(
        self,
        client: Client,
        progress: Progress = lambda _done, _all: None,
        specs: Tagging = (),
        *,
        lists: Lists = "where fewer",
        details: Call = ROLE_DETAILS,
    ) -> None:
        """`specs` are the names of those that tag their resources; `lists` is when to read the whole account.

        `details` is the read of the account's roles. It reads users too where these are needed in any case.
        """
        self._client = client
        self._reading = Reading(client, progress)
        self._specs = specs
        self._lists = lists
        self._details = details
        self._bulk: Bulk | None = None

    def reads_ahead(self, numbers: Mapping[str, int]) -> bool:
        """Whether so many resources by kind take reads of the whole account, which are then sent."""
        kinds = [kind for kind in KINDS if numbers.get(kind.KIND)]
        if sum(kind.READS_PER_RESOURCE * numbers[kind.KIND] for kind in kinds) < MANY:
            return False
        # First of all who is calling: it takes one small answer to go on with the specs while the large ones
        # come.
        self._reading.beside(self._client.caller)
        self._reading.start(account_reads.lists(kinds, self._specs, self._details))
        return True

    def send(self, calls: tuple[Call, ...]) -> None:
        """Send these reads, unless they were sent before, and don't wait for them."""
        self._reading.start(calls)

    def stop(self) -> None:
        """Stop the reads that are under way."""
        self._reading.stop()

    def caller(self) -> Caller:
        """Who is calling.

        Raises:
            AwsError: there are no credentials, or no answer at all.
        """
        try:
            return self._client.caller()
        except BaseException:
            self._reading.stop()
            raise

    def begin(self, desired: tuple[Desired, ...], filler: str, more: tuple[Call, ...] = ()) -> Caller:
        """Who is calling; meanwhile the reads that will be needed are sent ahead, and so is `more`.

        Reads that depend on the account's number are not: the states have this filler in its place, "" for
        none.

        Raises:
            AwsError: there are no credentials, or no answer at all.
        """
        self._reading.start(self._first(desired, filler))
        self._reading.start(more)
        return self.caller()

    def _first(self, desired: tuple[Desired, ...], filler: str) -> tuple[Call, ...]:
        if self._lists == "always":
            return self._lists_for(desired)
        number = account_reads.small_calls(desired, {})
        if number <= FEW:
            first = (call for d in desired for call in d.kind.reads(d.state, Answers({})))
            return tuple(call for call in first if not filler or filler not in call.body)
        return (SUMMARY,) if number < MANY else self._lists_for(desired)

    def _lists_for(self, desired: tuple[Desired, ...]) -> tuple[Call, ...]:
        return account_reads.lists({id(d.kind): d.kind for d in desired}.values(), self._specs, self._details)

    def resources(self, desired: tuple[Desired, ...]) -> tuple[Observed, ...]:
        """What AWS reports on every desired resource, in the same order.

        A resource that can't be read carries its error; the others are read all the same.

        Raises:
            NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
        """
        self._choose(desired)
        read = self._bulk
        if read is not None:
            read.lists = self._lists_for(desired)
        wanted = [read.wanted(d) if read else partial(d.kind.reads, d.state) for d in desired]
        errors = self._run(wanted)
        answers = Answers(self._reading.answers)
        return tuple(
            Observed(d, answers, error, is_from_lists=read is not None)
            for d, error in zip(desired, errors, strict=True)
        )

    def _choose(self, desired: tuple[Desired, ...]) -> None:
        """Whether the whole account is read: once chosen, it stays so."""
        if self._bulk is not None or self._lists == "never":
            return
        if self._lists == "always" or self._takes_lists(desired):
            self._bulk = Bulk(self._reading, self._client.caller().account, self._specs, self._details)

    def _takes_lists(self, desired: tuple[Desired, ...]) -> bool:
        number = account_reads.small_calls(desired, self._reading.answers)
        if number <= FEW or number >= MANY:
            return number >= MANY
        self._run([partial(_just, SUMMARY)])
        summary = account_reads.summary_of(self._reading)
        return summary is not None and account_reads.weight(summary, desired) < number

    def again(self, desired: tuple[Desired, ...]) -> tuple[Observed, ...]:
        """The same, read from each resource itself: lists may be late.

        Raises:
            NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
        """
        listed = self._bulk.cut if self._bulk else set()
        fresh = Reading(self._client, self._reading.progress)
        fresh.answers = {call: answer for call, answer in self._reading.answers.items() if call not in listed}
        errors = fresh.run([partial(d.kind.reads, d.state) for d in desired], _nothing_else)
        self._reading.answers.update(fresh.answers)
        listed -= fresh.answers.keys()
        return tuple(Observed(d, Answers(fresh.answers), e) for d, e in zip(desired, errors, strict=True))

    def documents(self, arns: tuple[str, ...]) -> dict[str, Document]:
        """The documents of these managed policies; without those that don't exist or can't be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(policy_document.reads, arn) for arn in arns])
        answers = Answers(self._reading.answers)
        documents = {
            a: policy_document.live(a, answers) for a, error in zip(arns, errors, strict=True) if not error
        }
        return {arn: document for arn, document in documents.items() if document is not None}

    def unread(self, arns: tuple[str, ...]) -> dict[str, AwsError]:
        """Why the documents of these managed policies are unknown, of those that were asked for."""
        answers, failed = Answers(self._reading.answers), self._reading.errors
        errors_of = {
            arn: [failed[call] for call in policy_document.reads(arn, answers) if call in failed]
            for arn in arns
        }
        return {arn: errors[0] for arn, errors in errors_of.items() if errors}

    def known(self, arns: Iterable[str]) -> dict[str, Document]:
        """The documents of these managed policies, as far as they were read already; no call is sent."""
        answers = Answers(self._reading.answers)
        documents = {arn: policy_document.seen(arn, answers) for arn in arns}
        return {arn: document for arn, document in documents.items() if document is not None}

    def policy_entities(self, arns: tuple[str, ...]) -> dict[str, frozenset[str]]:
        """Who has these managed policies attached; without those for which that can't be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(_holders_of, arn) for arn in arns])
        answers = Answers(self._reading.answers)
        return {
            a: policy_entities.policy_entities(a, answers)
            for a, error in zip(arns, errors, strict=True)
            if not error
        }

    def ask(self, calls: tuple[Call, ...]) -> tuple[Answers, dict[Call, AwsError]]:
        """The answers to these reads, and the errors of those that have none.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        self._run([partial(_just, call) for call in calls])
        failed = self._reading.errors
        return Answers(self._reading.answers), {call: failed[call] for call in calls if call in failed}

    def answered(self, calls: tuple[Call, ...]) -> tuple[Answers, tuple[Call, ...]]:
        """All answers so far, and those of these calls that are among them; none is sent."""
        answers = Answers(self._reading.answers)
        return answers, tuple(call for call in calls if call in answers)

    def roles(self, names: tuple[str, ...]) -> dict[str, RoleState | AwsError | None]:
        """Live roles by name: None for one that does not exist, the error for one that can't be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        errors = self._run([partial(role_reads.reads, name) for name in names], self._listed("role", names))
        answers = Answers(self._reading.answers)
        return {n: error or role.live(n, answers) for n, error in zip(names, errors, strict=True)}

    def holding(self, noun: str, names: tuple[str, ...]) -> dict[str, Any]:
        """The same of roles, users or groups, by the word that addresses have.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        if noun == "role" or not names:
            return dict(self.roles(names))
        # Some kinds are loaded for it.
        kind = next(kind for kind in KINDS if noun == kind.KIND)
        bare = [kind.stub(name, "") for name in names]
        errors = self._run([partial(kind.reads, state) for state in bare], self._listed(noun, names))
        answers = Answers(self._reading.answers)
        return {s.name: error or kind.from_answers(s, answers) for s, error in zip(bare, errors, strict=True)}

    def users(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Live users by name, with all their groups; without those that don't exist or can't be read.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        return self._existing("user", names)

    def groups(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The same of groups.

        Raises:
            NoCredentials, Unreachable: nothing can be read at all.
        """
        return self._existing("group", names)

    def _existing(self, noun: str, names: tuple[str, ...]) -> dict[str, Any]:
        live = self.holding(noun, names)
        return {name: s for name, s in live.items() if s is not None and not isinstance(s, AwsError)}

    def _listed(self, noun: str, names: tuple[str, ...]) -> FillIn | None:
        """How to cut many roles or users from lists of the account: a page costs less than single reads."""
        kind = next(kind for kind in KINDS if noun == kind.KIND)
        calls = kind.LISTED_WHOLE
        if not calls or self._lists == "never" or len(names) * kind.READS_PER_RESOURCE <= FEW:
            return None
        details = self._details if noun == "role" or self._details == PRINCIPAL_DETAILS else calls[0]
        self._run([partial(_just, call) for call in (details, *calls[1:])])
        return Bulk(self._reading, self._client.caller().account, self._specs, details).fill_in

    def _run(self, wanted: list[Wanted], fill_in: FillIn | None = None) -> list[AwsError | None]:
        if fill_in is None:
            fill_in = self._bulk.fill_in if self._bulk else _nothing_else
        return self._reading.run(wanted, fill_in)


def _nothing_else(_call: Call) -> bool:
    return False


def _just(call: Call, _answers: Answers) -> tuple[Call, ...]:
    return (call,)


def _holders_of(arn: str, _answers: Answers) -> tuple[Call, ...]:
    return policy_entities.reads(arn)
