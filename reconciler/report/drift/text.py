"""A drift run as text, with a last line that can be searched for."""

from reconciler.core.plan import Unread
from reconciler.core.results.drift import WORDS, Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.core.results.unmanaged import OwnedElsewhere, Unmanaged
from reconciler.core.text import escaped, plural
from reconciler.report.plan.text import header_line, missing_line
from reconciler.report.words.field import sentence
from reconciler.report.words.finding import counted, message, remarks
from reconciler.report.words.style import Style

_SIGNS = {"critical": "-", "gained": "-", "lost": "~", "metadata": "~"}
_ID_COLUMN = 76
# Of what is in no spec and does not count.
_MOST_BESIDE = 40


def drift_text(drift: Drift, style: Style, fail_on: FailOn = "any") -> str:
    """Findings, what could not be looked at, what failed, and the result."""
    lines = [header_line(drift.header, len(drift.resources)), ""]
    shown, more = _shown(drift, fail_on)
    for finding in shown:
        lines += [*_finding(finding, style), ""]
    if more:
        lines += [f"… and {more} more in no spec, which don't count: --report json=FILE has all", ""]
    for unread in drift.unread:
        lines += [f"{style.sign('!', escaped(str(unread.address)))}  {unread_words(unread)}", ""]
    if missing := missing_line(drift.unread):
        lines += [style.sign("!", missing), ""]
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
        lines += [*_unmanaged(drift.unmanaged), ""]
    return "\n".join([*lines, result_line(drift, fail_on)]) + "\n"


def _shown(drift: Drift, fail_on: FailOn) -> tuple[list[Finding], int]:
    """The findings to show, and how many are left out: an old account may have thousands in no spec."""
    counting = {finding.id for finding in drift.failing(fail_on)}
    beside = [f.id for f in drift.in_no_spec if f.id not in counting]
    left = set(beside[_MOST_BESIDE:])
    return [finding for finding in drift.findings if finding.id not in left], len(left)


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


def _unmanaged(unmanaged: Unmanaged) -> list[str]:
    share = f" ({100 * unmanaged.described // unmanaged.all} %)" if unmanaged.all else ""
    head = (
        f"{unmanaged.described} of {unmanaged.all} roles, users, policies, instance profiles, groups and"
        f" identity providers are in these specs{share}; {unmanaged.aws_owned} of AWS's own apart"
    )
    return [head, *(f"    {line}" for line in beside_findings(unmanaged))]


def beside_findings(unmanaged: Unmanaged) -> list[str]:
    """What is in no spec and no finding, a line each."""
    lines = [_of_another_spec(entry) for entry in unmanaged.elsewhere]
    lines += [f"{escaped(e.address)}  in no spec, and known: {escaped(e.reason)}" for e in unmanaged.ignored]
    if unmanaged.outside:
        lines.append(f"{plural(unmanaged.outside, 'resource')} outside the coverage of these specs")
    return lines


def _of_another_spec(entry: OwnedElsewhere) -> str:
    worst = "critical: " if entry.severity == "critical" else ""
    return f"{worst}{escaped(entry.address)}  {escaped(entry.words)}"


NOT_LOOKED_FOR = "resources in no spec: not looked for (--unmanaged)"


def result_line(drift: Drift, fail_on: FailOn = "any") -> str:
    """The result in one line that begins with `result:`."""
    code = drift.verdict(fail_on)
    parts = [WORDS[code], counted(drift.findings)]
    failing = drift.failing(fail_on)
    of_specs = [finding for finding in failing if finding.spec]
    if len(of_specs) != len(drift.of_specs):
        parts.append(f"{len(of_specs)} of them count with --fail-on {fail_on}")
    differing = len({str(finding.address) for finding in drift.of_specs} & set(drift.resources))
    in_sync = f"{len(drift.in_sync)} of {plural(len(drift.resources), 'resource')} in sync"
    parts.append(in_sync + (f", {differing} {'differ' if differing > 1 else 'differs'}" if differing else ""))
    if drift.left_alone:
        parts.append(f"{plural(len(drift.left_alone), 'difference')} left alone")
    if drift.unread:
        parts.append(f"{len(drift.unread)} not read")
    if drift.failures:
        parts.append(f"{plural(len(drift.failures), 'spec')} failed")
    return f"result: {' · '.join([*parts, in_no_spec(drift, len(failing) - len(of_specs))])}"


def in_no_spec(drift: Drift, counting: int) -> str:
    """What is known of resources in no spec: how many there are and count, or that nobody looked."""
    unmanaged = drift.unmanaged
    if unmanaged is None:
        noticed = ", ".join(plural(number, kind) for kind, number in drift.noticed)
        return NOT_LOOKED_FOR + (f"; {noticed} noticed" if noticed else "")
    number = len(drift.in_no_spec)
    words = f"{number} in no spec"
    if counting != number:
        words += f", {counting} of them count with unmanaged: {{fail_on: {unmanaged.fail_on}}}"
    words += f" · {len(unmanaged.elsewhere)} of specs elsewhere" if unmanaged.elsewhere else ""
    words += f" · {len(unmanaged.ignored)} known" if unmanaged.ignored else ""
    return words + (f" · {unmanaged.outside} outside the coverage" if unmanaged.outside else "")
