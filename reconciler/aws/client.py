"""Credentials, account, partition, endpoint; and the one client through which every call goes."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from botocore.session import Session

from reconciler.aws.answer_checks import Unusable, usable
from reconciler.aws.errors import Outcome, code_of, mapped, outcome_of, unreadable
from reconciler.aws.pages import next_page
from reconciler.aws.rate_limit import Pace
from reconciler.aws.session import DEFAULT_REGION, connected, new_session
from reconciler.core.call import Call, read
from reconciler.core.errors import AwsError, OutOfTime

# Where the tagging API knows of IAM's resources.
_HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_FIRST_CONTACT_ATTEMPTS = 2
# With half of all answers lost, one read in ten thousand needs more; the pauses come to half a minute on
# average.
ATTEMPTS = 14
_LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go and as whom; None leaves it to AWS's usual variables and files."""

    profile: str | None = None
    role_arn: str | None = None
    region: str | None = None
    endpoint_url: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the credentials belong to."""

    account: str
    partition: str
    arn: str


class Client:
    """Sends calls. Counts them, repeats reads, and leaves the judgement on writes to the executor."""

    def __init__(self, target: Target, log: Callable[[str], None] = lambda _line: None) -> None:
        self._target = target
        self._log = log
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._asking_who = threading.Lock()
        self._count = 0
        self._reached = False
        self._stopped = threading.Event()
        self._pace = Pace()
        self._until: float | None = None
        self._caller: Caller | AwsError | None = None
        self.date_of_last_answer = ""

    def give_up_after(self, seconds: float | None) -> None:
        """Let reads end in an error once so much time is over; None lets them take what they take."""
        self._until = None if seconds is None else time.monotonic() + seconds

    def stop(self) -> None:
        """Repeat no read any longer: the user wants to leave."""
        self._stopped.set()

    def leave(self) -> None:
        """Begin no further read, and repeat none."""
        self._until = 0.0
        self._stopped.set()

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    @property
    def count(self) -> int:
        """How many requests were sent so far."""
        return self._count

    @property
    def endpoint(self) -> str:
        """The IAM endpoint where it is not AWS's own, else ""."""
        url = str(self._service("iam").meta.endpoint_url)
        host = url.partition("://")[2].partition("/")[0]
        own = host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
        # A password in the URL must not be shown.
        return "" if own else url.replace(host, host.rpartition("@")[2], 1)

    def caller(self) -> Caller:
        """Who is calling.

        Raises:
            AwsError: no credentials, or no answer.
        """
        with self._asking_who:
            if self._caller is None:
                self._caller = self._asked_who()
            if isinstance(self._caller, AwsError):
                raise self._caller
            return self._caller

    def _home(self) -> tuple[str, str]:
        who = self.caller()
        return who.account, who.partition

    def _asked_who(self) -> Caller | AwsError:
        """An error is kept like an answer: reads that wait for it would each ask again, one after another."""
        try:
            answer = self.ask(read("GetCallerIdentity", service="sts")) or {}
        except AwsError as error:
            return error
        arn = str(answer["Arn"])
        return Caller(str(answer["Account"]), arn.split(":")[1], arn)

    def ask(self, call: Call) -> Mapping[str, Any] | None:
        """The answer to a read, all its pages as one; None where the thing does not exist.

        Raises:
            AwsError: AWS refused, or did not answer within the attempts.
            OutOfTime: see `give_up_after`.
        """
        params = call.params
        answer = self._ask_page(call, params)
        if answer is None:
            return None
        pages = dict(answer)
        if call.first_page:
            return pages
        following: Mapping[str, str] = {}
        while answer is not None and (following := next_page(call, answer, following)):
            answer = self._ask_page(call, {**params, **following})
            for key, value in (answer or {}).items():
                if isinstance(value, list):
                    pages[key] = [*pages.get(key, ()), *value]
        return pages

    def _ask_page(self, call: Call, params: dict[str, Any]) -> Mapping[str, Any] | None:
        for attempt in range(1, ATTEMPTS + 1):
            if self._until is not None and time.monotonic() > self._until:
                raise OutOfTime(
                    "reading took all the time that --timeout gives, so nothing was changed", "give it more"
                )
            try:
                return usable(call, self.send_once(call, params), self._home)
            except Unusable as lack:
                raise unreadable(call, str(lack)) from None
            # Botocore's roots are two; all are judged by outcome_of.
            except Exception as error:  # noqa: BLE001
                if code_of(error) == "NoSuchEntity":
                    return None
                if not self._worth_repeating(error, attempt):
                    raise mapped(error, call) from None
                self._stopped.wait(jittered(attempt))
        raise AssertionError("unreachable")

    def _worth_repeating(self, error: Exception, attempt: int) -> bool:
        """A first contact that fails says something about the set-up; later ones are AWS's bad moments."""
        outcome = outcome_of(error)
        if outcome is Outcome.FINAL or self._stopped.is_set():
            return False
        if outcome is Outcome.UNREACHABLE and not self._reached:
            return attempt < _FIRST_CONTACT_ATTEMPTS
        return attempt < ATTEMPTS

    def send_once(self, call: Call, params: dict[str, Any] | None = None) -> Mapping[str, Any]:
        """Send the call exactly once, when the pace of the run lets it.

        Botocore's exceptions come through as they are.
        """
        method = getattr(self._service(call.service), _snake(call.operation))
        with self._lock:
            self._count += 1
        slot = self._pace.slot()
        self._stopped.wait(max(0.0, slot - time.monotonic()))
        began = time.monotonic()
        try:
            answer: Mapping[str, Any] = method(**(call.params if params is None else params))
            _check_whole(call, answer)
        except Exception as error:
            if outcome_of(error) is Outcome.THROTTLED:
                self._pace.throttled(slot)
            else:
                self._pace.went_well()
            self._log(f"{call.permission} {code_of(error)} {time.monotonic() - began:.3f} s")
            raise
        self._pace.went_well()
        self._log(f"{call.permission} {time.monotonic() - began:.3f} s")
        self._reached = True
        self.date_of_last_answer = str(
            answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        )
        return answer

    def _service(self, name: str) -> Any:
        if name in self._clients:
            return self._clients[name]
        region = self._region(name)
        with self._making:
            if name not in self._clients:
                self._clients[name] = self._made(name, region)
            return self._clients[name]

    def _made(self, name: str, region: str | None) -> Any:
        try:
            session = self._session()
            return connected(session, name, region, self._target.endpoint_url)
        except ValueError as error:
            raise mapped(
                boto.InvalidConfigError(error_msg=str(error)), read("Connect", service=name)
            ) from None
        except boto.BotoCoreError as error:
            raise mapped(error, read("Connect", service=name)) from None

    def _region(self, service: str) -> str | None:
        """None for the user's own region; for the tagging API the region that lists IAM's resources.

        The partition is that of the region in use: credentials of one partition are valid in no other.
        """
        if service == "resourcegroupstaggingapi":
            return _HOME.get(self._service("iam").meta.partition, DEFAULT_REGION)
        return None

    def _session(self) -> Session:
        if not hasattr(self, "_made_session"):
            session = new_session(self._target.profile, self._target.region)
            self._made_session = self._in_role(session) if self._target.role_arn else session
        return self._made_session

    def _in_role(self, session: Session) -> Session:
        sts = connected(session, "sts", None, self._target.endpoint_url)
        call = read("AssumeRole", service="sts", RoleArn=self._target.role_arn, RoleSessionName="reconcile")
        try:
            answer = sts.assume_role(**call.params)
        except (boto.ClientError, boto.BotoCoreError) as error:
            raise mapped(error, call) from None
        keys = answer["Credentials"]
        session.set_credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return session


def jittered(attempt: int) -> float:
    """How long to wait before the next attempt, in seconds: full jitter under an exponential roof."""
    return random.uniform(0, min(_LONGEST_PAUSE, 0.2 * 2**attempt))  # noqa: S311 - no secret


def _snake(operation: str) -> str:
    """boto3's method name of an operation."""
    from botocore import xform_name  # noqa: PLC0415 - after the module that pulls it in anyway

    return str(xform_name(operation))


def _check_whole(call: Call, answer: Mapping[str, Any]) -> None:
    """Raise for JSON that was cut short: botocore reads it as an answer without members, so as "no tags"."""
    if call.operation == "GetResources" and "ResourceTagMappingList" not in answer:
        raise ResponseParserError
