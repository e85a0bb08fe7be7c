"""Differences statement by statement, and access gained and lost, as the page shows them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.change import FieldChange
from reconciler.report.html.page import Access, Difference, Line, PagePart, Tone
from reconciler.report.words.access import phrases
from reconciler.report.words.field import changed_statements, lines, plain_title, without_statements
from reconciler.report.words.paired_rows import PairedRow, paired
from reconciler.report.words.statement import StatementRow, rows
from reconciler.report.words.undecided import perhaps


def difference(field: FieldChange, account: str) -> Difference:
    """One setting: a document's rows side by side, the members of a set, or two values."""
    if field.shape == "document":
        removed, added = (rows(statements) for statements in changed_statements(field))
        table = tuple(map(_row, paired(removed, added)))
        if not table:
            return Difference(plain_title(field), (_line(*without_statements(field)),))
        return Difference(plain_title(field), table, is_table=True)
    return Difference(plain_title(field), tuple(_line(sign, text) for sign, text in lines(field, account)))


def _line(sign: str, text: str) -> Line:
    return Line("+" if sign == "+" else "-" if sign == "-" else "", (PagePart(text),))


def _row(pair: PairedRow) -> Line:
    return Line(
        pair.sign,
        tuple(PagePart(name, sign if pair.sign == "±" else "") for name, sign in pair.parts),
        pair.row,
    )


def access(side: AccessDelta, title: str, tone: Tone, unseen: tuple[str, ...] = ()) -> Iterator[Access]:
    """Nothing where it is proved that nothing is gained or lost."""
    if side.answer == "no":
        return
    if side.answer == "unknown":
        yield Access(f"Cannot tell: {title[0].lower()}{title[1:]}", "unsure", remark=side.why)
        return
    statements = [json.loads(text) for text in side.statements]
    statement_rows = tuple(map(_in_words, rows(statements)))
    example = tuple(_request(json.loads(side.witness))) if side.witness else ()
    beside = f"Beside what these give, which could not be read: {', '.join(unseen)}." if unseen else ""
    remark = " ".join(
        [beside, *(f"{text[0].upper()}{text[1:]}." for text in perhaps(side.undecided))]
    ).strip()
    yield Access(title, tone, statement_rows, example, remark, in_short(statements, statement_rows))


def _in_words(row: StatementRow) -> StatementRow:
    """What stars stand for, as the text output says it."""
    if row.service or row.actions != "*":
        return row
    where = re.sub(r"^\*(?= if |$)", "everything", row.where)
    return replace(row, actions="everything", where=where)


# So many rows are read; of more there is first what they come to.
_MOST_ROWS = 30


def in_short(statements: list[dict[str, Any]], table: tuple[StatementRow, ...]) -> tuple[str, ...]:
    """A summary of many rows, as in the text output, with the number of actions of each access level."""
    if len(table) <= _MOST_ROWS:
        return ()
    numbers: Counter[str] = Counter()
    for row in table:
        numbers[row.level or "patterns and others"] += row.actions.count(", ") + 1
    levels = ", ".join(f"{level} {number:,}" for level, number in numbers.most_common())
    named = phrases(statements) if all(row.service or row.actions == "everything" for row in table) else []
    return (*named, f"{len(table):,} rows; by access level: {levels}" if named else f"{len(table):,} rows")


def _request(witness: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """One request, cell by cell."""
    yield "Action", str(witness["action"])
    if witness.get("resource"):
        yield "Resource", str(witness["resource"])
    for kind, name in sorted((witness.get("principal") or {}).items()):
        yield "By", f"{kind} {name}"
    for key, value in sorted((witness.get("context") or {}).items()):
        text = value if isinstance(value, str) else ", ".join(map(str, value))
        yield "With", f"{key} = {text or '(empty)'}"
