"""One field's difference in lines that people read; shared by all formats. Everything in them is escaped."""

from typing import Any

from reconciler.core.change import FieldChange
from reconciler.core.text import escaped
from reconciler.language import durations
from reconciler.policy.document.arns import short
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.canonical import normal
from reconciler.report.words.paired_rows import PairedRow, paired
from reconciler.report.words.statement import phrases, rows, texts

Line = tuple[str, str]  # the sign ("+", "-" or " "), and the text


def lines(change: FieldChange, account: str) -> list[Line]:
    """What is added and removed, sign and text; "~" where a statement gains or loses some of its actions."""
    if change.shape == "document":
        return [(sign, escaped(text)) for sign, text in _document(change)]
    return _values(change, account)


def signed(change: FieldChange, account: str) -> list[Line]:
    """The same, what is added apart from what is removed, each to stand inside a sentence."""
    if change.shape == "document":
        return [(sign, escaped(text)) for sign, text in _document_apart(change)]
    return _values(change, account)


def _values(change: FieldChange, account: str) -> list[Line]:
    if change.shape == "set":
        removed = [("-", escaped(short(value, account))) for value in change.removed]
        added = [("+", escaped(short(value, account))) for value in change.added]
        return added + removed
    before, after = _value(change, change.before), _value(change, change.after)
    return ([("-", before)] if before else []) + ([("+", after)] if after else [])


def _value(change: FieldChange, value: Any) -> str:
    return escaped(_written(change, value)) if value is not None else ""


def _written(change: FieldChange, value: Any) -> str:
    """As specs write it."""
    text = str(value)
    is_time = change.field == "max_session_duration" and text.isascii() and text.isdigit()
    return durations.written(int(text)) if is_time else text


def _document(change: FieldChange) -> list[Line]:
    """The statements that are only in one of the two documents; equal ones are left out."""
    pairs = _pairs(change)
    document_lines: list[Line] = [
        (shown, text)
        for sign, shown in (("±", "~"), ("-", "-"), ("+", "+"))
        for text in texts([pair.in_text if sign == "±" else pair.row for pair in pairs if pair.sign == sign])
    ]
    return document_lines or [without_statements(change)]


def _document_apart(change: FieldChange) -> list[Line]:
    pairs = _pairs(change)
    removed = [row for pair in pairs if (row := pair.only("-"))]
    added = [row for pair in pairs if (row := pair.only("+"))]
    document_lines: list[Line] = [("-", text) for text in phrases(removed)]
    document_lines += [("+", text) for text in phrases(added)]
    return document_lines or [without_statements(change)]


def _pairs(change: FieldChange) -> tuple[PairedRow, ...]:
    removed, added = (rows(statements) for statements in changed_statements(change))
    return tuple(paired(removed, added))


def changed_statements(change: FieldChange) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The statements that only the old document has, and those that only the new one has."""
    before = _by_meaning(change.before)
    after = _by_meaning(change.after)
    removed = [statement for key, statement in before.items() if key not in after]
    return removed, [statement for key, statement in after.items() if key not in before]


def without_statements(change: FieldChange) -> Line:
    """What is to say of documents of which neither has a statement of its own."""
    if change.before is None or change.after is None:
        return ("-" if change.after is None else "+", "a document that says nothing")
    same = normal(Document(str(change.before))) == normal(Document(str(change.after)))
    other = "another Version, under which its variables mean something else"
    return " ", "written differently, and meaning the same" if same else other


def _by_meaning(text: Any) -> dict[Any, dict[str, Any]]:
    if not isinstance(text, str):
        return {}
    document = Document(text)
    return {normal(_alone(statement)): statement for statement in document.statements}


def _alone(statement: dict[str, Any]) -> Document:
    from reconciler.policy.document.document import document  # noqa: PLC0415 - the name is taken above

    return document({"Version": "2012-10-17", "Statement": [statement]})


def title(change: FieldChange) -> str:
    """The field's name, with the item of a map."""
    return escaped(plain_title(change))


def plain_title(change: FieldChange) -> str:
    """The same as it is."""
    return f"{change.field} {change.item}".strip()


def sentence(change: FieldChange, account: str) -> str:
    """The difference in one line, for checklists: live first, then what the spec says."""
    if change.field == "roles":
        held = ", ".join(change.before or ())
        return escaped(
            f"holds {held} instead of {', '.join(change.after or ())}" if held else "holds no role"
        )
    if change.shape == "value":
        return (
            f"{title(change)} is {_quoted(change, change.before)}, the spec says"
            f" {_quoted(change, change.after)}"
        )
    signed_lines = signed(change, account)
    missing = [text for sign, text in signed_lines if sign == "+"]
    extra = [text for sign, text in signed_lines if sign == "-"]
    parts = []
    if missing:
        parts.append(f"lacks {'; '.join(missing)}")
    if extra:
        parts.append(f"has beyond the spec {'; '.join(extra)}")
    return f"{title(change)}: {' · '.join(parts) or 'means something else'}"


def _quoted(change: FieldChange, value: Any) -> str:
    return f'"{_value(change, value)}"' if value is not None else "empty"
