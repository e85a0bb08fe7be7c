"""A plan as Markdown, for a pull request."""

from collections.abc import Iterator

from reconciler.core.plan import Plan
from reconciler.core.text import escaped
from reconciler.report.plan.text import header_line, last_line, named_holders, plan_text
from reconciler.report.words import access as access_words
from reconciler.report.words.style import Style

_MARKS = str.maketrans(
    {**{mark: f"\\{mark}" for mark in "\\|*_`["}, "&": "&amp;", "<": "&lt;", "@": "&#64;", "#": "&#35;"}
)
_WORDS = {
    "create": "create",
    "update": "update",
    "adopt": "adopt",
    "delete": "delete",
    "release": "let go of",
    "none": "in sync",
}


def plan_markdown(plan: Plan) -> str:
    """A table of what changes, and the whole plan as text below it."""
    rows = list(_rows(plan))
    table = ["| resource | action | fields | source |", "|---|---|---|---|", *rows, ""] if rows else []
    fence = _fence(plan_text(plan, Style()))
    return "\n".join(
        [
            f"**{cell(header_line(plan.header, len(plan.changes)))}**",
            "",
            *table,
            cell(last_line(plan)),
            "",
            "<details><summary>Plan</summary>",
            "",
            f"{fence}text",
            plan_text(plan, Style()).rstrip(),
            fence,
            "",
            "</details>",
            "",
        ]
    )


def _rows(plan: Plan) -> Iterator[str]:
    through = access_words.indirect(plan)
    named, left = named_holders(plan)
    for change in plan.changes:
        if change.differs or change.address in named:
            what = through.get(change.address, _WORDS[change.action])
            fields = ["access"] if change.address in through else sorted({f.field for f in change.fields})
            cells = (
                str(change.address),
                "blocked" if change.obstacles else what,
                ", ".join(fields),
                str(change.source or ""),
            )
            yield f"| {' | '.join(map(cell, cells))} |"
    if left:
        yield f"| and {left} more | access changes through these | access | |"


def _fence(text: str) -> str:
    """A fence longer than any run of backticks in the text, so that nothing in it can end it."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return "`" * max(3, longest + 1)


def cell(text: str) -> str:
    """Text that means nothing in Markdown or HTML, in one line."""
    return escaped(text).translate(_MARKS)
