"""A drift run as Markdown, for a step summary or an issue: at most as long as GitHub takes."""

from reconciler.core.results.drift import Drift, FailOn
from reconciler.core.results.finding import Finding
from reconciler.core.text import escaped
from reconciler.report.drift.text import beside_findings, result_line, unread_words
from reconciler.report.plan.markdown import cell
from reconciler.report.words.finding import message, remarks

# A step summary, a comment and an issue of GitHub take so many characters.
LONGEST = 65_536
_ROOM_FOR_NOTE = 200


def drift_markdown(drift: Drift, fail_on: FailOn = "any") -> str:
    """The result, a table, and the details of each finding.

    Where there is no room for all, whole findings are left out, and the text says so.
    """
    header = drift.header
    head = (
        f"**{cell(result_line(drift, fail_on))}**\n\naccount {header.account} ·"
        f" {cell(', '.join(header.specs))}\n"
    )
    parts = [*_table(drift), *_others(drift), *map(_details, drift.findings)]
    text, left = head, 0
    for number, part in enumerate(parts):
        if len(text) + len(part) > LONGEST - _ROOM_FOR_NOTE:
            left = len(parts) - number
            break
        text += part
    return text + (
        f"\n… and {left} more parts that have no room here: see the JSON report.\n" if left else ""
    )


def _table(drift: Drift) -> list[str]:
    if not drift.findings:
        return []
    head = "\n| severity | origin | resource | what | where | id |\n|---|---|---|---|---|---|\n"
    return [head, *(_row(finding) for finding in drift.findings)]


def _row(finding: Finding) -> str:
    words = message(finding)
    short = words if len(words) <= _ROOM_FOR_NOTE else f"{words[:_ROOM_FOR_NOTE]}…"
    cells = (
        finding.severity,
        finding.origin,
        str(finding.address),
        short,
        str(finding.source or ""),
        finding.id,
    )
    return f"| {' | '.join(map(cell, cells))} |\n"


def _others(drift: Drift) -> list[str]:
    lines = [f"- {cell(f'{u.address}  {unread_words(u)}')}\n" for u in drift.unread]
    lines += [f"- {cell(f'{f.spec} failed: {text}')}\n" for f in drift.failures for text in f.problems]
    beside = [f"- {cell(line)}\n" for line in beside_findings(drift.unmanaged)] if drift.unmanaged else []
    return [
        *(["\nNot checked:\n\n", *lines] if lines else []),
        *(["\nIn no loaded spec:\n\n", *beside] if beside else []),
    ]


def _details(finding: Finding) -> str:
    lines = "".join(f"- {cell(line)}\n" for line in (message(finding), *remarks(finding)))
    return (
        f"\n<details><summary>{cell(escaped(str(finding.address)))}: {cell(finding.rule)}"
        f" ({finding.id})</summary>\n\n{lines}\n</details>\n"
    )
