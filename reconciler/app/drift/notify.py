"""Notifies people: messages to chats, mailboxes and webhooks by apprise, to SNS topics by AWS.

Where a message goes is a secret: URLs have passwords and tokens in them. They are in no representation, no
error and no log; what went wrong is said by number and service. Apprise is imported when there is somebody to
tell.
"""

import hashlib
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reconciler.aws import sns
from reconciler.aws.client import Target
from reconciler.core.errors import AwsError, PlanError, ReconcileError
from reconciler.core.text import escaped
from reconciler.report.drift.message import Message

_SNS = "sns:"
_SECONDS_TO_ANSWER = 30
_ANSWERED = re.compile(r"\berror=(\d{3})\b")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes; `service` is what may be said of it."""

    service: str
    _where: str = field(repr=False)

    def mark(self, salt: str) -> str:
        """What makes it different from other recipients, without showing its address."""
        return hashlib.blake2b(
            self._where.encode(errors="replace"), key=salt.encode(), digest_size=8
        ).hexdigest()

    def send(self, message: Message, target: Target) -> str:
        """Send it; why it could not be sent, or ""."""
        if self.service == "sns":
            return _published(self._where.removeprefix(_SNS), message, target)
        return _notified(self._where, message)


def recipients(texts: Iterable[str]) -> tuple[Recipient, ...]:
    """Whom to notify.

    Raises:
        PlanError: one of them is no address that anything can be sent to.
    """
    addresses = list(texts)
    checked = []
    for number, address in enumerate(addresses, 1):
        scheme = _SCHEME.match(address)
        service = "sns" if address.startswith(_SNS) else scheme[1].lower() if scheme else "no scheme"
        if service == "sns":
            if not sns.is_topic(address.removeprefix(_SNS)):
                raise PlanError(
                    f"notification {number} of {len(addresses)} (sns) is no ARN of a topic",
                    "write sns:arn:aws:sns:REGION:ACCOUNT:TOPIC",
                )
        elif not _is_known(address):
            raise PlanError(
                f"notification {number} of {len(addresses)} ({service}) is no URL that apprise takes",
                "see its list of services for how each is written; none of it is shown here, as it may hold a"
                " password",
            )
        checked.append(Recipient(service, address))
    return tuple(checked)


def send(
    to: Sequence[Recipient], messages: Sequence[Message | None], target: Target
) -> list[ReconcileError | None]:
    """Send each its message, if there is one; for each the error where it could not be sent."""
    return [
        _sent(recipient, message, target, f"notification {number} of {len(to)} ({recipient.service})")
        for number, (recipient, message) in enumerate(zip(to, messages, strict=True), 1)
    ]


def _sent(recipient: Recipient, message: Message | None, target: Target, which: str) -> ReconcileError | None:
    why = _in_time(partial(recipient.send, message, target)) if message is not None else ""
    return ReconcileError(f"{which} failed: {why}") if why else None


def _in_time(act: Callable[[], str]) -> str:
    """The answer, if it comes in time.

    A server that answers a byte at a time must not hold up the others.
    """
    answers: list[str] = []
    worker = threading.Thread(target=lambda: answers.append(act()), daemon=True)
    worker.start()
    worker.join(_SECONDS_TO_ANSWER)
    return answers[0] if answers else f"no answer in {_SECONDS_TO_ANSWER} s"


def _published(arn: str, message: Message, target: Target) -> str:
    try:
        sns.publish(target, arn, message.title, message.body)
    except AwsError as error:
        return escaped(error.code) or "no answer"
    return ""


_NOBODY = logging.NullHandler()


class _Heard(logging.Handler):
    """The number of the answer, out of what apprise logs: all else in there may be secret."""

    status = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the number alone."""
        number = _ANSWERED.search(record.getMessage())
        self.status = number[1] if number else self.status


@contextmanager
def _in_silence() -> Iterator[_Heard]:
    """Apprise, and what it sends with, log addresses: only this handler sees them."""
    heard, nobody = _Heard(), _NOBODY
    own, root = logging.getLogger("apprise"), logging.getLogger()
    own.addHandler(heard)
    own.propagate = False
    root.addHandler(nobody)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield heard
    finally:
        root.removeHandler(nobody)
        own.removeHandler(heard)
        own.addHandler(nobody)


def _service(url: str) -> Any:
    """Apprise's own object for a URL; None where it takes no such URL."""
    from apprise import Apprise, AppriseAsset, OverflowMode  # noqa: PLC0415 - only where somebody is told

    asset = AppriseAsset(
        app_id="reconcile", app_desc="reconcile", app_url="", async_mode=False, storage_mode="memory"
    )
    service = Apprise.instantiate(url, asset=asset)
    if service is not None and "overflow=" not in url:
        service.overflow_mode = OverflowMode.TRUNCATE
    return service


def _is_known(url: str) -> bool:
    with _in_silence():
        try:
            return _service(url) is not None
        except Exception:  # noqa: BLE001 - its text could hold the URL
            return False


def _notified(url: str, message: Message) -> str:
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415 - only where somebody is told

    kind = NotifyType.SUCCESS if message.is_good else NotifyType.WARNING
    with _in_silence() as heard:
        try:
            everyone = Apprise()
            everyone.add(_service(url))
            sent = everyone.notify(
                body=message.body, title=message.title, notify_type=kind, body_format=NotifyFormat.TEXT
            )
        except Exception as error:  # noqa: BLE001 - its text could hold the URL
            return type(error).__name__
    if sent:
        return ""
    return f"it answered {heard.status}" if heard.status else "it could not be reached, or did not take it"
