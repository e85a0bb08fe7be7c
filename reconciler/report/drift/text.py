"""A drift run as text, with a last line that can be searched for."""

from reconciler.core.plan import Unread
from reconciler.core.results.drift import WORDS, Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.core.text import escaped, plural
from reconciler.report.plan.text import header_line
from reconciler.report.words.field import sentence
from reconciler.report.words.finding import counted, message, remarks
from reconciler.report.words.style import Style

_SIGNS = {"critical": "-", "gained": "-", "lost": "~", "metadata": "~"}
_ID_COLUMN = 76


def drift_text(drift: Drift, style: Style, fail_on: FailOn = "any") -> str:
    """Findings, what could not be looked at, what failed, and the result."""
    lines = [header_line(drift.header, len(drift.resources)), ""]
    for finding in drift.findings:
        lines += [*_finding(finding, style), ""]
    for unread in drift.unread:
        lines += [f"{style.sign('!', escaped(str(unread.address)))}  {unread_words(unread)}", ""]
    for failure in drift.failures:
        lines += [
            f"{style.sign('!', escaped(failure.spec))}  failed",
            *(f"    {escaped(text)}" for text in failure.problems),
            "",
        ]
    for left in drift.left_alone:
        words = f"left alone ({escaped(left.reason)}): {sentence(left.field, left.address.account)}"
        lines += [f"{style.sign('i', escaped(str(left.address)))}  {words}", ""]
    if drift.unmanaged is not None:
        lines += [*_unmanaged(drift), ""]
    return "\n".join([*lines, result_line(drift, fail_on)]) + "\n"


def _finding(finding: Finding, style: Style) -> list[str]:
    head = f"{finding.severity} · {finding.origin} · {escaped(str(finding.address))}"
    place = f"{style.faint(finding.id)}{'  ' if finding.source else ''}{style.place(finding.source)}"
    shown = style.sign(_SIGNS[finding.severity], head)
    lines = [f"{shown}{' ' * max(2, _ID_COLUMN - len(head))}{place}", f"    {message(finding)}"]
    return lines + [f"        {remark}" for remark in remarks(finding)]


def unread_words(unread: Unread) -> str:
    """What could not be read, and the permission that is missing."""
    needs = f" (needs {unread.permission})" if unread.permission else ""
    return f"not read: {escaped(unread.message)}{needs}"


def _unmanaged(drift: Drift) -> list[str]:
    unmanaged = drift.unmanaged
    if unmanaged is None:
        return []
    share = f" ({100 * unmanaged.described // unmanaged.all} %)" if unmanaged.all else ""
    head = (
        f"{unmanaged.described} of {unmanaged.all} roles, users, policies, instance profiles, groups and"
        f" identity providers are in these specs{share}; {unmanaged.aws_owned} of AWS's own apart"
    )
    return [head, *(f"    {escaped(address)}" for address in unmanaged.addresses)]


def result_line(drift: Drift, fail_on: FailOn = "any") -> str:
    """The result in one line that begins with `result:`."""
    code = drift.verdict(fail_on)
    parts = [WORDS[code], counted(drift.findings)]
    if len(drift.failing(fail_on)) != len(drift.findings):
        parts.append(f"{len(drift.failing(fail_on))} of them count with --fail-on {fail_on}")
    parts.append(f"{len(drift.in_sync)} of {plural(len(drift.resources), 'resource')} in sync")
    if drift.left_alone:
        parts.append(f"{plural(len(drift.left_alone), 'difference')} left alone")
    if drift.unread:
        parts.append(f"{len(drift.unread)} not read")
    if drift.failures:
        parts.append(f"{plural(len(drift.failures), 'spec')} failed")
    return f"result: {' · '.join(parts)}"
