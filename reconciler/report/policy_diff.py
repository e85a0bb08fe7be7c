"""Access gained and lost in words that people read, and as data."""

from typing import Any

from reconciler.core.text import escaped
from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.delta import Delta
from reconciler.policy.compare.witness import as_people_write, narrowed, request_data
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.report.words.statement import StatementRow, rows, texts
from reconciler.report.words.style import Style
from reconciler.report.words.undecided import about_what, perhaps, undecided_data

_GAINED, _LOST = "gained", "lost"


def delta_text(delta: Delta, old: Document, new: Document, style: Style) -> str:
    """Equivalent or not, and each side with its statements and a request that shows it."""
    lines = [_headline(delta)]
    for title, sign, verdict, document in (
        ("access gained", "+", delta.gained, new),
        ("access lost", "-", delta.lost, old),
        ("denied, whatever else allows it", "+", delta.denied_added, new),
        ("no longer denied", "-", delta.denied_removed, old),
    ):
        if verdict.answer != "no":
            lines += ["", title, *_side(verdict, document, sign, style)]
    return "\n".join(lines) + "\n"


def _headline(delta: Delta) -> str:
    if delta.equivalent:
        return "equivalent: either can stand for the other beside any other policies"
    if delta.equivalent is None:
        return "cannot tell whether they are equivalent"
    words = {"yes": "{}", "no": "no access {}", "unknown": "cannot tell whether access is {}"}
    gained, lost = (
        words[verdict.answer].format(word) if verdict.answer != "yes" else f"access {word}"
        for verdict, word in ((delta.gained, _GAINED), (delta.lost, _LOST))
    )
    return f"not equivalent: {gained}, {lost}"


def _side(verdict: AccessVerdict, document: Document, sign: str, style: Style) -> list[str]:
    if verdict.answer == "unknown":
        about = [f"    ? {escaped(text)}" for text in about_what(as_people_write(verdict.undecided))]
        return about or [f"    ? cannot tell: {escaped(verdict.why)}"]
    lines = [f"    {style.sign(sign, f'{sign} {escaped(text)}')}" for text in texts(_rows(verdict, document))]
    if verdict.witness:
        lines.append(f"    for example {escaped(in_words(verdict.witness))}")
    lines += [f"    ? {escaped(text)}" for text in perhaps(as_people_write(verdict.undecided))]
    return lines


def _rows(verdict: AccessVerdict, document: Document) -> list[StatementRow]:
    return rows(narrowed(document.statements[index], *part) for index, part in verdict.parts)


def in_words(request: AccessRequest) -> str:
    """One request in a line."""
    who = f"{request.principal[0]} {request.principal[1]}: " if request.principal else ""
    where = f" on {request.resource}" if request.resource not in (None, "*") else ""
    context = ", ".join(
        f"{key} {value if isinstance(value, str) else ' and '.join(value) or 'empty'}"
        for key, value in sorted(request.context.items())
        if value is not None
    )
    return f"{who}{request.action}{where}{f' with {context}' if context else ''}"


def delta_data(delta: Delta, old: Document, new: Document) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "equivalent": delta.equivalent,
        "gained": _verdict_data(delta.gained, new),
        "lost": _verdict_data(delta.lost, old),
        "denied": {
            "added": _verdict_data(delta.denied_added, new),
            "removed": _verdict_data(delta.denied_removed, old),
        },
    }


def _verdict_data(verdict: AccessVerdict, document: Document) -> dict[str, Any]:
    return {
        "verdict": verdict.answer,
        "access": [narrowed(document.statements[index], *part) for index, part in verdict.parts],
        "witness": request_data(verdict.witness) if verdict.witness else None,
        "why": verdict.why or None,
        "complete": verdict.is_complete,
        "undecided": undecided_data(as_people_write(verdict.undecided)),
    }
