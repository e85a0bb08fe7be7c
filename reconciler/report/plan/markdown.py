"""A plan as Markdown, for a pull request."""

from collections.abc import Iterator

from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.report.plan.text import header_line, last_line, named_holders, plan_text
from reconciler.report.words import access as access_words
from reconciler.report.words.style import Style

_MARKS = str.maketrans(
    {**{mark: f"\\{mark}" for mark in "\\|*_`["}, "&": "&amp;", "<": "&lt;", "@": "&#64;", "#": "&#35;"}
)
# As many as a terminal gets; a comment on a pull request has its limits too.
_MOST_WARNINGS, _LONGEST_WARNING = 20, 400
_WORDS = {
    "create": "create",
    "update": "update",
    "adopt": "adopt",
    "delete": "delete",
    "release": "let go of",
    "none": "in sync",
}


def plan_markdown(plan: Plan, warnings: tuple[Located, ...]) -> str:
    """A table of what changes, the warnings on the specs, and the whole plan as text below that."""
    rows = list(_rows(plan))
    table = ["| resource | action | fields | source |", "|---|---|---|---|", *rows, ""] if rows else []
    fence = _fence(plan_text(plan, Style()))
    return "\n".join(
        [
            f"**{cell(header_line(plan.header, len(plan.changes) + len(plan.unread)))}**",
            "",
            *table,
            cell(last_line(plan)),
            "",
            *_warnings(warnings),
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


def _warnings(warnings: tuple[Located, ...]) -> Iterator[str]:
    """What is likely wrong with the specs, each in a line."""
    for warning in warnings[:_MOST_WARNINGS]:
        yield f"- {cell(str(warning)[:_LONGEST_WARNING])}"
    if len(warnings) > _MOST_WARNINGS:
        yield f"- … and {len(warnings) - _MOST_WARNINGS} more"
    if warnings:
        yield ""


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
