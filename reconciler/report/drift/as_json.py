"""A drift run as JSON, and the JSON Schema of that."""

from collections.abc import Mapping
from typing import Any

from reconciler.core.results.drift import WORDS, Drift, FailOn
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.results.unmanaged import UNMANAGED_FAIL_ON, Unmanaged
from reconciler.report.plan.as_json import field_data
from reconciler.report.words.access import side_data
from reconciler.report.words.finding import message, remarks, rules

FORMAT = 2
_TEXT: Mapping[str, Any] = {"type": "string"}
_TEXT_OR_NULL: Mapping[str, Any] = {"type": ["string", "null"]}
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}


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
        "unmanaged": _unmanaged_data(drift.unmanaged) if drift.unmanaged else None,
        "noticed": dict(drift.noticed),
        "notes": list(drift.notes),
    }


def _unmanaged_data(unmanaged: Unmanaged) -> dict[str, Any]:
    return {
        "addresses": list(unmanaged.addresses),
        "aws_owned": unmanaged.aws_owned,
        "described": unmanaged.described,
        "fail_on": unmanaged.fail_on,
        "elsewhere": [
            {"address": e.address, "spec": e.spec, "message": e.words, "severity": e.severity}
            for e in unmanaged.elsewhere
        ],
        "ignored": [{"address": e.address, "reason": e.reason} for e in unmanaged.ignored],
        "outside": unmanaged.outside,
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
    """What `drift_data` gives, as JSON Schema.

    A format may get new members. No member is removed or changes its meaning.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reconcile drift --format json",
        **_object(
            {
                "format": {"const": FORMAT},
                "specs": _TEXTS,
                "account": {"type": "string", "pattern": "^[0-9]{12}$"},
                "caller": _TEXT,
                "endpoint": _TEXT_OR_NULL,
                "calls": _COUNT,
                "result": {"enum": list(WORDS.values())},
                "exit_code": {"enum": [0, 1, 2, 3]},
                "fail_on": {"enum": ["any", "gain", "drift", "never"]},
                "resources": _COUNT,
                "in_sync": _TEXTS,
                "findings": {"type": "array", "items": _finding_schema()},
                "unread": {
                    "type": "array",
                    "items": _object({"address": _TEXT, "message": _TEXT, "permission": _TEXT_OR_NULL}),
                },
                "failures": {"type": "array", "items": _object({"spec": _TEXT, "problems": _TEXTS})},
                "left_alone": {
                    "type": "array",
                    "items": _object({"address": _TEXT, "field": {"type": "object"}, "reason": _TEXT}),
                },
                "unmanaged": {"anyOf": [{"type": "null"}, _unmanaged_schema()]},
                # Of what is in no spec, where nobody looked for it: how many were seen, by kind.
                "noticed": {"type": "object", "additionalProperties": _COUNT},
                "notes": _TEXTS,
            }
        ),
    }


def _unmanaged_schema() -> dict[str, Any]:
    elsewhere = _object(
        {"address": _TEXT, "spec": _TEXT, "message": _TEXT, "severity": {"enum": list(SEVERITIES)}}
    )
    return _object(
        {
            "addresses": _TEXTS,
            "aws_owned": _COUNT,
            "described": _COUNT,
            "fail_on": {"enum": list(UNMANAGED_FAIL_ON)},
            "elsewhere": {"type": "array", "items": elsewhere},
            "ignored": {"type": "array", "items": _object({"address": _TEXT, "reason": _TEXT})},
            "outside": _COUNT,
        }
    )


def _finding_schema() -> dict[str, Any]:
    side = _object(
        {
            "verdict": {"enum": ["yes", "no", "unknown"]},
            "access": {"type": "array", "items": {"type": "object"}},
            "witness": {"type": ["object", "null"]},
            "why": _TEXT_OR_NULL,
            "complete": {"type": "boolean"},
            "undecided": {"type": "array", "items": _object({"actions": _TEXTS, "why": _TEXT})},
        }
    )
    return _object(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
            "address": _TEXT,
            "spec": _TEXT,
            "rule": {"enum": list(rules())},
            "item": _TEXT_OR_NULL,
            "severity": {"enum": list(SEVERITIES)},
            "origin": {"enum": ["drift", "pending", "both", "new", "unknown"]},
            "message": _TEXT,
            "remarks": _TEXTS,
            "source": _TEXT_OR_NULL,
            "field": {"type": ["object", "null"]},
            "gained": side,
            "lost": side,
            "counts": {"type": "boolean"},
        }
    )


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}
