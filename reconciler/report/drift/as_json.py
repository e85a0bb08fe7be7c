"""A drift run as JSON, and the JSON Schema of that."""

from typing import Any

from reconciler.core.results.drift import WORDS, Drift, FailOn
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.results.unmanaged import UNMANAGED_FAIL_ON, Unmanaged
from reconciler.report.json_shapes import COUNT, SIDE, TEXT, TEXT_OR_NULL, TEXTS, object_of
from reconciler.report.plan.as_json import field_data
from reconciler.report.words.access import side_data
from reconciler.report.words.finding import message, remarks, rules

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
        **object_of(
            {
                "format": {"const": FORMAT},
                "specs": TEXTS,
                "account": {"type": "string", "pattern": "^[0-9]{12}$"},
                "caller": TEXT,
                "endpoint": TEXT_OR_NULL,
                "calls": COUNT,
                "result": {"enum": list(WORDS.values())},
                "exit_code": {"enum": [0, 1, 2, 3]},
                "fail_on": {"enum": ["any", "gain", "drift", "never"]},
                "resources": COUNT,
                "in_sync": TEXTS,
                "findings": {"type": "array", "items": _finding_schema()},
                "unread": {
                    "type": "array",
                    "items": object_of({"address": TEXT, "message": TEXT, "permission": TEXT_OR_NULL}),
                },
                "failures": {"type": "array", "items": object_of({"spec": TEXT, "problems": TEXTS})},
                "left_alone": {
                    "type": "array",
                    "items": object_of({"address": TEXT, "field": {"type": "object"}, "reason": TEXT}),
                },
                "unmanaged": {"anyOf": [{"type": "null"}, _unmanaged_schema()]},
                # Of what is in no spec, where nobody looked for it: how many were seen, by kind.
                "noticed": {"type": "object", "additionalProperties": COUNT},
                "notes": TEXTS,
            }
        ),
    }


def _unmanaged_schema() -> dict[str, Any]:
    elsewhere = object_of(
        {"address": TEXT, "spec": TEXT, "message": TEXT, "severity": {"enum": list(SEVERITIES)}}
    )
    return object_of(
        {
            "addresses": TEXTS,
            "aws_owned": COUNT,
            "described": COUNT,
            "fail_on": {"enum": list(UNMANAGED_FAIL_ON)},
            "elsewhere": {"type": "array", "items": elsewhere},
            "ignored": {"type": "array", "items": object_of({"address": TEXT, "reason": TEXT})},
            "outside": COUNT,
        }
    )


def _finding_schema() -> dict[str, Any]:
    return object_of(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
            "address": TEXT,
            "spec": TEXT,
            "rule": {"enum": list(rules())},
            "item": TEXT_OR_NULL,
            "severity": {"enum": list(SEVERITIES)},
            "origin": {"enum": ["drift", "pending", "both", "new", "unknown"]},
            "message": TEXT,
            "remarks": TEXTS,
            "source": TEXT_OR_NULL,
            "field": {"type": ["object", "null"]},
            "gained": SIDE,
            "lost": SIDE,
            "counts": {"type": "boolean"},
        }
    )
