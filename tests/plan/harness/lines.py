"""Plans and findings as lines, for tables to compare with: the parts of a line stand between " | "."""

import json
from collections.abc import Callable, Iterator

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.call import Call
from reconciler.core.change import Change
from reconciler.core.plan import Plan
from reconciler.core.results.finding import Finding

_NAMES = ("RoleName", "UserName", "GroupName", "InstanceProfileName", "PolicyName", "PolicyArn", "VersionId")


def refused(plan: Plan) -> list[str]:
    return [f"{r.address or 'the plan'} | {r.consent or 'never'} | {r.message}" for r in plan.refusals]


def access(plan: Plan) -> list[str]:
    return [line for change in plan.access for line in _of_access(change)]


def _of_access(change: AccessChange) -> Iterator[str]:
    trust = " trust" if change.subject == "trust" else ""
    who = f"{change.holder}{trust}{''.join(f' through {address}' for address in change.through)}"
    for verb, delta in (("gains", change.gained), ("loses", change.lost)):
        if delta.answer != "no":
            yield f"{who} | {verb if delta.answer == 'yes' else f'perhaps {verb}'} | {_texts(delta)}"
    if change.unseen:
        yield f"{who} | unseen | {', '.join(change.unseen)}"


def _texts(delta: AccessDelta) -> str:
    witness = json.loads(delta.witness) if delta.witness else {}
    return " ".join([*delta.statements, json.dumps(witness, separators=(",", ":")), delta.why])


def changes(plan: Plan) -> list[str]:
    """With the fields that differ and who caused it; of what is new or deleted no fields."""
    return [f"{c.address} | {c.action} {_fields(c)}".rstrip() for c in plan.changes if c.differs]


def _fields(change: Change) -> str:
    origins = dict(change.origins)
    fields = change.fields if change.action in ("update", "adopt", "none") else ()
    return ", ".join(f"{f'{f.field} {f.item}'.strip()} {origins.get(f.field, '')}".strip() for f in fields)


def notes(plan: Plan) -> list[str]:
    return [f"{change.address} | {note}" for change in plan.changes for note in change.notes]


def noted(plan: Plan) -> list[str]:
    return [f"{change.address} | {f.field} | {f.note}" for change in plan.changes for f in change.noted]


def obstacles(plan: Plan) -> list[str]:
    return [f"{change.address} | {text}" for change in plan.changes for text in change.obstacles]


def ignored(plan: Plan) -> list[str]:
    return [
        f"{change.address} | {field.field} | {field.before} to {field.after}: {reason}"
        for change in plan.changes
        for field, reason in change.ignored
    ]


def unread(plan: Plan) -> list[str]:
    return [f"{u.address} | {u.permission} | {u.message}" for u in plan.unread]


def expected(plan: Plan) -> list[str]:
    return [f"{judged.expectation} | {judged.answer} | {judged.why}" for judged in plan.expected]


def calls(plan: Plan) -> list[str]:
    return [call_line(call) for call in plan.calls]


def call_line(call: Call) -> str:
    named = [str(call.params[key]).rpartition("/")[2] for key in _NAMES if key in call.params]
    return " ".join([call.operation, *named])


OF_PLAN: dict[str, Callable[[Plan], list[str]]] = {
    "refused": refused,
    "access": access,
    "changes": changes,
    "notes": notes,
    "noted": noted,
    "obstacles": obstacles,
    "ignored": ignored,
    "unread": unread,
    "expected": expected,
}


# What is compared as whole lines.
EXACT = {"changes"}


def findings(all_findings: tuple[Finding, ...]) -> list[str]:
    return [
        f"{f.address} | {f'{f.rule} {f.item}'.strip()} | {f.severity} {f.origin} | {_remarks(f)}"
        for f in all_findings
    ]


def _remarks(finding: Finding) -> str:
    sides = (("gained", finding.gained), ("lost", finding.lost))
    deltas = [f"{word} {d.answer} {_texts(d)}" for word, d in sides if d.answer != "no"]
    return "; ".join([finding.text, *finding.details, *deltas])
