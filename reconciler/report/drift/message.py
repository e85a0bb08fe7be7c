"""A drift run as a short message for a chat or a mailbox.

What changed, how bad, the first findings, where the rest is.

Plain text that hardly anything can be made of: no control characters, no mentions, no links.
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
    """What is said; `is_good` where it is that all is well again."""

    title: str
    body: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """What a message is about: a run, or the error that ended it; with what was known before it and after."""

    found: Drift | None
    error: ReconcileError | None
    before: LastResult
    now: LastResult
    job: str
    reports: tuple[str, ...] = ()


def change_message(told: Notification, fail_on: FailOn) -> Message | None:
    """What to say of what changed since the last run; None where nothing did."""
    what = transition(told.before, told.now)
    if not what:
        return None
    known = told.before.seen
    new = {one.id for one in told.now.findings if known.get(one.id) != one.digest}
    findings = [f for f in told.found.failing(fail_on) if f.id in new] if told.found else []
    return _message(told, fail_on, what, changed_lines(told.before, told.now), findings)


def result_message(told: Notification, fail_on: FailOn) -> Message | None:
    """What to say of a run by itself; None where all is as it should be."""
    code = told.found.verdict(fail_on) if told.found else None
    if code == IN_SYNC:
        return None
    what = "job failed" if code is None else WORDS[code]
    return _message(told, fail_on, what, (), told.found.failing(fail_on) if told.found else ())


def _message(
    told: Notification, fail_on: FailOn, what: str, changed: tuple[str, ...], findings: Iterable[Finding]
) -> Message:
    found = told.found
    parts = [*_first(changed, _MOST_LINES, "change"), *_findings(list(findings))]
    if found is not None:
        problems = [f"not read: {unread.address}: {unread_words(unread)}" for unread in found.unread]
        problems += [f"failed: {text}" for failure in found.failures for text in failure.problems]
        parts += [*_first(problems, _MOST_PROBLEMS, "problem"), result_line(found, fail_on)]
    elif told.error is not None:
        parts += [*str(told.error).splitlines()[:_MOST_PROBLEMS], told.error.advice]
    places = [f"report: {escaped(place)}" for place in told.reports] if found is not None else []
    where = f"account {found.header.account} · {', '.join(found.header.specs)}" if found else told.job
    is_good = found is not None and found.verdict(fail_on) == IN_SYNC
    title = _shown(f"reconcile: {what} · {where}", _LONGEST_TITLE)
    return Message(title, "\n".join((*(_shown(part, _LONGEST) for part in parts if part), *places)), is_good)


def _first(lines: Iterable[str], most: int, noun: str) -> Iterator[str]:
    said = list(lines)
    yield from said[:most]
    if len(said) > most:
        more = len(said) - most
        yield f"… and {more} more {noun}{'s' if more > 1 else ''}"


def _findings(found: list[Finding]) -> Iterator[str]:
    for finding in found[:_MOST_FINDINGS]:
        place = f" · {finding.source}" if finding.source else ""
        yield f"{finding.severity} · {finding.origin} · {finding.address}{place} · {finding.id}"
        yield f"    {message(finding)}"
    if len(found) > _MOST_FINDINGS:
        yield f"… and {len(found) - _MOST_FINDINGS} more of {len(found)} findings"


def _shown(text: str, longest: int) -> str:
    shown = escaped(text)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    return _TRIGGER.sub(_NOTHING_WIDE, shown)
