"""A drift run as JSON, and the JSON Schema of that."""

from typing import Any

from reconciler.core.results.drift import WORDS, Drift, FailOn
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.report.plan.as_json import field_data
from reconciler.report.words.access import side_data
from reconciler.report.words.finding import RULES, message, remarks

FORMAT = 2


def drift_data(drift: Drift, fail_on: FailOn = "any") -> dict[str, Any]:
    """All of it; `exit_code` is what the command ends with."""
    header, code = drift.header, drift.verdict(fail_on)
    counting = {finding.id for finding in drift.failing(fail_on)}
    return {
        "format": FORMAT,
        "specs": list(header.specs),
        "account": header.account,
        "caller": header.caller,
        "endpoint": header.endpoint or None,
        "calls": drift.calls,
        "result": WORDS[code],
        "exit_code": code,
        "fail_on": fail_on,
        "resources": len(drift.resources),
        "in_sync": list(drift.in_sync),
        "findings": [{**finding_data(f), "counts": f.id in counting} for f in drift.findings],
        "unread": [
            {"address": str(u.address), "message": u.message, "permission": u.permission or None}
            for u in drift.unread
        ],
        "failures": [{"spec": f.spec, "problems": list(f.problems)} for f in drift.failures],
        "left_alone": [
            {"address": str(left.address), "field": field_data(left.field), "reason": left.reason}
            for left in drift.left_alone
        ],
        "unmanaged": (
            None
            if drift.unmanaged is None
            else {
                "addresses": list(drift.unmanaged.addresses),
                "aws_owned": drift.unmanaged.aws_owned,
                "described": drift.unmanaged.described,
            }
        ),
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "id": finding.id,
        "address": str(finding.address),
        "spec": finding.spec,
        "rule": finding.rule,
        "item": finding.item or None,
        "severity": finding.severity,
        "origin": finding.origin,
        "message": message(finding),
        "remarks": list(remarks(finding)),
        "source": str(finding.source) if finding.source else None,
        "field": field_data(finding.field) if finding.field else None,
        "gained": side_data(finding.gained),
        "lost": side_data(finding.lost),
    }


def schema() -> dict[str, Any]:
    """What `drift_data` gives, as JSON Schema. New members may come in one format.

    None goes or changes its meaning.
    """
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    maybe = {"type": ["string", "null"]}
    side = _object(
        {
            "verdict": {"enum": ["yes", "no", "unknown"]},
            "access": {"type": "array", "items": {"type": "object"}},
            "witness": {"type": ["object", "null"]},
            "why": maybe,
            "complete": {"type": "boolean"},
            "undecided": {"type": "array", "items": _object({"actions": texts, "why": text})},
        }
    )
    finding = _object(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
            "address": text,
            "spec": text,
            "rule": {"enum": list(RULES)},
            "item": maybe,
            "severity": {"enum": list(SEVERITIES)},
            "origin": {"enum": ["drift", "pending", "both", "new", "unknown"]},
            "message": text,
            "remarks": texts,
            "source": maybe,
            "field": {"type": ["object", "null"]},
            "gained": side,
            "lost": side,
            "counts": {"type": "boolean"},
        }
    )
    count = {"type": "integer", "minimum": 0}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reconcile drift --format json",
        **_object(
            {
                "format": {"const": FORMAT},
                "specs": texts,
                "account": {"type": "string", "pattern": "^[0-9]{12}$"},
                "caller": text,
                "endpoint": maybe,
                "calls": count,
                "result": {"enum": list(WORDS.values())},
                "exit_code": {"enum": [0, 1, 2, 3]},
                "fail_on": {"enum": ["any", "gain", "drift", "never"]},
                "resources": count,
                "in_sync": texts,
                "findings": {"type": "array", "items": finding},
                "unread": {
                    "type": "array",
                    "items": _object({"address": text, "message": text, "permission": maybe}),
                },
                "failures": {"type": "array", "items": _object({"spec": text, "problems": texts})},
                "left_alone": {
                    "type": "array",
                    "items": _object({"address": text, "field": {"type": "object"}, "reason": text}),
                },
                "unmanaged": {
                    "anyOf": [
                        {"type": "null"},
                        _object({"addresses": texts, "aws_owned": count, "described": count}),
                    ]
                },
            }
        ),
    }


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}
