"""Plans, checks and desired states as JSON with a format number."""

import json
from collections.abc import Mapping
from typing import Any

from reconciler.core.call_order import waits_for
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.core.results.outcome import Applied
from reconciler.report.words import access as access_words

FORMAT = 1
# What `reconcile schema --plan` prints is named so.
SCHEMA = "reconcile.plan.schema.json"


def dumped(data: Any) -> str:
    """JSON text as all commands print it: letters as they are, what a terminal might obey as escapes."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def report_data(
    plan: Plan, warnings: tuple[Located, ...], saved: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A plan with the warnings beside it; `saved` is where and how it was made, None where it is new."""
    return {
        "$schema": SCHEMA,
        **plan_data(plan),
        "warnings": [
            {
                "place": f"{w.file}:{w.line}:{w.column}" if w.line else w.file,
                "path": w.path or None,
                "severity": w.severity,
                "code": w.code or None,
                "message": w.message,
            }
            for w in warnings
        ],
        "saved": saved,
    }


def plan_data(plan: Plan) -> dict[str, Any]:
    """The whole plan; a call's `needs` are the ids of the calls that come before it."""
    header = plan.header
    return {
        "format": FORMAT,
        "specs": list(header.specs),
        "account": header.account,
        "partition": header.partition,
        "caller": header.caller,
        "endpoint": header.endpoint or None,
        "reads": header.reads,
        "summary": dict(plan.count()),
        "changes": [change_data(change) for change in plan.changes],
        "calls": _calls(plan),
        "access": [access_words.data(change) for change in plan.access],
        "unread": [
            {"address": str(u.address), "message": u.message, "permission": u.permission or None}
            for u in plan.unread
        ],
        "notes": list(plan.notes),
        "refusals": [
            {
                "address": str(r.address) if r.address else None,
                "message": r.message,
                "consent": r.consent or None,
            }
            for r in plan.refusals
        ],
    }


def change_data(change: Change) -> dict[str, Any]:
    """One resource: what differs, who caused it, what is only noted."""
    labels = dict(change.origins)
    return {
        "address": str(change.address),
        "action": change.action,
        "differs": change.differs,
        "origin": change.origin if change.differs else None,
        "owner": change.owner or None,
        "foreign": change.foreign or None,
        "source": str(change.source) if change.source else None,
        "fields": [_field(f, labels.get(f.field)) for f in change.fields],
        "noted": [{**_field(f, None), "note": f.note} for f in change.noted],
        "ignored": [{**_field(f, None), "reason": reason} for f, reason in change.ignored],
        "notes": list(change.notes),
        "obstacles": list(change.obstacles),
    }


def _field(field: FieldChange, origin: str | None) -> dict[str, Any]:
    return {"origin": origin, **field_data(field)}


def field_data(field: FieldChange) -> dict[str, Any]:
    """One setting that differs: what is, and what shall be."""
    return {
        "field": field.field,
        "item": field.item or None,
        "before": _value(field, field.before),
        "after": _value(field, field.after),
    }


def _value(field: FieldChange, value: Any) -> Any:
    if field.shape == "document" and isinstance(value, str):
        return json.loads(value)
    return list(value) if isinstance(value, tuple) else value


def _calls(plan: Plan) -> list[dict[str, Any]]:
    addresses = {call: str(change.address) for change in plan.changes for call in change.calls}
    return [
        {
            "id": number,
            "address": addresses[call],
            "service": call.service,
            "operation": call.operation,
            "params": call.params,
            "needs": sorted(earlier + 1 for earlier in waits),
        }
        for number, (call, waits) in enumerate(zip(plan.calls, waits_for(plan.calls), strict=True), start=1)
    ]


def applied_data(
    plan: Plan, applied: Applied, journal: str, verdict: str, others: tuple[str, ...]
) -> dict[str, Any]:
    """What became of every call; `others` is what somebody else has changed meanwhile."""
    return {
        "format": FORMAT,
        "specs": list(plan.header.specs),
        "account": plan.header.account,
        "interrupted": applied.interrupted,
        "verdict": verdict,
        "journal": journal,
        "changed_meanwhile": list(others),
        "calls": [
            {
                "operation": o.call.operation,
                "params": o.call.params,
                "status": o.status,
                "attempts": o.attempts,
                "request_id": o.request_id or None,
                "code": o.code or None,
                "message": o.message or None,
            }
            for o in applied.outcomes
        ],
    }
