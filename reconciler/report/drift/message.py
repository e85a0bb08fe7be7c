"""A drift run as a short message for a chat or a mailbox.

It has what changed, how bad that is, the first findings, and where the full report is. It is plain text
without control characters, mentions and links.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.core.errors import ReconcileError
from reconciler.core.results.drift import IN_SYNC, WORDS, Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.core.results.history import LastResult, changed_lines, transition
from reconciler.core.text import escaped
from reconciler.report.drift.text import result_line, unread_words
from reconciler.report.words.finding import message

_MOST_LINES, _MOST_FINDINGS, _MOST_PROBLEMS, _LONGEST, _LONGEST_TITLE = 8, 5, 3, 240, 120
# What chats take for a mention, a link or a command, though it is only a name: <!channel>, @everyone,
# [text](address).
_TRIGGER = re.compile(r"(?<=<)(?=[!@#|/])|(?<=@)(?=\w)|(?<=\])(?=\()|(?<=://)")
_NOTHING_WIDE = "\u200b"


@dataclass(frozen=True, slots=True)
class Message:
    """A title and a text; `is_good` where all is well again."""

    title: str
    body: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """What a message is about: a run, or the error that ended it; with what was known before it and after."""

    drift: Drift | None
    error: ReconcileError | None
    before: LastResult
    now: LastResult
    job: str
    reports: tuple[str, ...] = ()


def change_message(notification: Notification, fail_on: FailOn) -> Message | None:
    """What to say of what changed since the last run; None where nothing did."""
    what = transition(notification.before, notification.now)
    if not what:
        return None
    known = notification.before.seen
    new = {
        known_finding.id
        for known_finding in notification.now.findings
        if known.get(known_finding.id) != known_finding.digest
    }
    findings = [f for f in notification.drift.failing(fail_on) if f.id in new] if notification.drift else []
    return _message(
        notification, fail_on, what, changed_lines(notification.before, notification.now), findings
    )


def result_message(notification: Notification, fail_on: FailOn) -> Message | None:
    """What to say of a run by itself; None where all is as it should be."""
    code = notification.drift.verdict(fail_on) if notification.drift else None
    if code == IN_SYNC:
        return None
    what = "job failed" if code is None else WORDS[code]
    return _message(
        notification, fail_on, what, (), notification.drift.failing(fail_on) if notification.drift else ()
    )


def _message(
    notification: Notification,
    fail_on: FailOn,
    what: str,
    changed: tuple[str, ...],
    findings: Iterable[Finding],
) -> Message:
    drift = notification.drift
    parts = [*_first(changed, _MOST_LINES, "change"), *_findings(list(findings))]
    if drift is not None:
        problems = [f"not read: {unread.address}: {unread_words(unread)}" for unread in drift.unread]
        problems += [f"failed: {text}" for failure in drift.failures for text in failure.problems]
        parts += [*_first(problems, _MOST_PROBLEMS, "problem"), result_line(drift, fail_on)]
    elif notification.error is not None:
        parts += [*str(notification.error).splitlines()[:_MOST_PROBLEMS], notification.error.advice]
    places = [f"report: {escaped(place)}" for place in notification.reports] if drift is not None else []
    where = f"account {drift.header.account} · {', '.join(drift.header.specs)}" if drift else notification.job
    is_good = drift is not None and drift.verdict(fail_on) == IN_SYNC
    title = _shown(f"reconcile: {what} · {where}", _LONGEST_TITLE)
    return Message(title, "\n".join((*(_shown(part, _LONGEST) for part in parts if part), *places)), is_good)


def _first(lines: Iterable[str], most: int, noun: str) -> Iterator[str]:
    all_lines = list(lines)
    yield from all_lines[:most]
    if len(all_lines) > most:
        more = len(all_lines) - most
        yield f"… and {more} more {noun}{'s' if more > 1 else ''}"


def _findings(findings: list[Finding]) -> Iterator[str]:
    for finding in findings[:_MOST_FINDINGS]:
        place = f" · {finding.source}" if finding.source else ""
        yield f"{finding.severity} · {finding.origin} · {finding.address}{place} · {finding.id}"
        yield f"    {message(finding)}"
    if len(findings) > _MOST_FINDINGS:
        yield f"… and {len(findings) - _MOST_FINDINGS} more of {len(findings)} findings"


def _shown(text: str, longest: int) -> str:
    shown = escaped(text)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    return _TRIGGER.sub(_NOTHING_WIDE, shown)
