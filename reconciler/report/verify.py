"""`verify` as text and data: a plan read as a question, with a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import Change
from reconciler.core.expectation import Judged
from reconciler.core.plan import Plan
from reconciler.core.text import escaped, owned_by, owner_words
from reconciler.report.plan.as_json import FORMAT, change_data
from reconciler.report.plan.text import header_line, missing_line
from reconciler.report.words.field import sentence
from reconciler.report.words.style import Style

Held = Mapping[Address, tuple[str, ...]]
IN_SYNC, FAILED, DIFFERS, PARTLY = 0, 1, 2, 3
_WORDS = {IN_SYNC: "in sync", DIFFERS: "differs", PARTLY: "not everything could be read"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to "is live as the spec says", and the exit code that says so."""

    code: int
    right: int
    all: int

    @property
    def word(self) -> str:
        """The verdict in words."""
        return _WORDS[self.code]


def verdict(plan: Plan) -> CheckResult:
    """A proven difference outweighs what could not be read; what could not be read is never in sync."""
    answers = [judged.answer for judged in plan.expected]
    right = sum(1 for change in plan.changes if not change.differs) + answers.count("yes")
    partly = plan.unread or "unknown" in answers
    code = DIFFERS if plan.differing or "no" in answers else PARTLY if partly else IN_SYNC
    return CheckResult(code, right, len(plan.changes) + len(plan.unread) + len(answers))


def _failures(change: Change) -> list[str]:
    account = change.address.account
    if change.action == "release":
        return [f"{escaped(owned_by(change.owner))}, which lets go of it"]
    if change.action == "create":
        return ["does not exist", *map(escaped, change.obstacles)]
    failures = [sentence(field, account) for field in change.fields] + [
        escaped(text) for text in change.obstacles
    ]
    if change.action == "adopt":
        failures.append(f"{escaped(owner_words(change.owner, change.foreign))}, not by this one")
    return failures


def verify_text(plan: Plan, held: Held, style: Style) -> str:
    """The checklist: one line a resource where it is right, one a difference where it is not.

    `held` is what users have that no spec describes: it is shown, but is not part of the verdict.
    """
    names = [escaped(str(c.address)) for c in plan.changes] + [escaped(str(u.address)) for u in plan.unread]
    width = max(map(len, names), default=0) + 2
    lines = [header_line(plan.header, len(names)), ""]
    for change in plan.changes:
        name = f"{escaped(str(change.address)):<{width}}"
        if not change.differs:
            lines.append(f"{style.sign('+', 'ok')}    {name}{escaped(change.summary)}")
            lines += [f"      {'':<{width}}{_noted(text)}" for text in remarks(change)]
        for failure in _failures(change) if change.differs else ():
            lines.append(f"{style.sign('-', 'FAIL')}  {name}{failure}")
            name = " " * width
        lines += [f"      {'':<{width}}{escaped(line)}" for line in held.get(change.address, ())]
    for unread in plan.unread:
        lines.append(
            f"{style.sign('~', '?')}     {escaped(str(unread.address)):<{width}}could not be read:"
            f" {unread.message}"
        )
    if missing := missing_line(plan.unread):
        lines.append(style.sign("~", missing))
    lines += [_expected(judged, style) for judged in plan.expected]
    answer = verdict(plan)
    return "\n".join([*lines, f"{answer.right} of {answer.all}"]) + "\n"


_MARKS = {"yes": ("+", "ok    "), "no": ("-", "FAIL  "), "unknown": ("~", "?     ")}


def _expected(judged: Judged, style: Style) -> str:
    sign, mark = _MARKS[judged.answer]
    words = {"yes": "", "no": "it is not: ", "unknown": "cannot tell: "}[judged.answer]
    return (
        f"{style.sign(sign, mark.rstrip())}{' ' * (len(mark) - len(mark.rstrip()))}expect"
        f" {escaped(f'{judged.expectation}: {words}{judged.why}')}"
    )


def remarks(change: Change) -> list[str]:
    """Differences that are only noted, or left alone."""
    noted = [sentence(field, change.address.account) for field in change.noted]
    left = [
        f"{sentence(f, change.address.account)} (left alone: {escaped(reason)})"
        for f, reason in change.ignored
    ]
    return noted + left


def _noted(text: str) -> str:
    return f"note: {text}"


def _at(judged: Judged) -> str:
    return f"{judged.expectation.place.file}:{judged.expectation.place.line}"


def verify_data(plan: Plan, held: Held) -> dict[str, Any]:
    """The same as data; `exit_code` is what the command ends with."""
    answer = verdict(plan)
    header = plan.header
    return {
        "format": FORMAT,
        "specs": list(header.specs),
        "account": header.account,
        "caller": header.caller,
        "reads": header.reads,
        "result": answer.word,
        "exit_code": answer.code,
        "resources": answer.all,
        "in_sync": answer.right,
        "findings": [{**change_data(c), "messages": _failures(c)} for c in plan.differing],
        "expected": [
            {
                "expectation": str(j.expectation),
                "source": _at(j),
                "holds": {"yes": True, "no": False, "unknown": None}[j.answer],
                "why": j.why,
            }
            for j in plan.expected
        ],
        "credentials": {str(address): list(lines) for address, lines in held.items()},
        "in_sync_addresses": [str(c.address) for c in plan.changes if not c.differs],
        "unread": [
            {"address": str(u.address), "message": u.message, "permission": u.permission or None}
            for u in plan.unread
        ],
    }
