"""What `plan --format json`, `plan --report json=FILE` and `show --format json` give, as JSON Schema."""

from typing import Any

from reconciler.report.json_shapes import (
    ACCOUNT,
    COUNT,
    SIDE,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    list_of,
    object_of,
)
from reconciler.report.plan.as_json import FORMAT, SCHEMA

_ORIGINS = ("drift", "pending", "both", "new", "unknown")
_FIELD: dict[str, Any] = {"origin": {"enum": [*_ORIGINS, None]}, "field": TEXT, "item": TEXT_OR_NULL}

_CALL: dict[str, Any] = {
    "id": COUNT,
    "address": TEXT,
    "service": TEXT,
    "operation": TEXT,
    "params": {"type": "object"},
    "needs": {"type": "array", "items": COUNT},
}
_ACCESS: dict[str, Any] = {
    "address": TEXT,
    "subject": {"enum": ["access", "trust"]},
    "gained": SIDE,
    "lost": SIDE,
    "unseen": TEXTS,
}


def schema() -> dict[str, Any]:
    """A format may get new members. No member is removed or changes its meaning."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "reconcile plan --format json",
        **object_of(
            {
                "$schema": {"const": SCHEMA},
                "format": {"const": FORMAT},
                "specs": TEXTS,
                "account": ACCOUNT,
                "partition": TEXT,
                "caller": TEXT,
                "endpoint": TEXT_OR_NULL,
                "reads": COUNT,
                # By action, or "blocked": how many resources.
                "summary": {"type": "object", "additionalProperties": COUNT},
                "changes": {"type": "array", "items": _change()},
                "calls": list_of(_CALL),
                "access": list_of(_ACCESS),
                "unread": list_of({"address": TEXT, "message": TEXT, "permission": TEXT_OR_NULL}),
                "notes": TEXTS,
                "refusals": list_of({"address": TEXT_OR_NULL, "message": TEXT, "consent": TEXT_OR_NULL}),
                "warnings": list_of(
                    {
                        "place": TEXT,
                        "path": TEXT_OR_NULL,
                        "severity": {"enum": ["warning", "note", "error"]},
                        "code": TEXT_OR_NULL,
                        "message": TEXT,
                    }
                ),
                "saved": {"anyOf": [{"type": "null"}, _saved()]},
            }
        ),
    }


def _change() -> dict[str, Any]:
    return object_of(
        {
            "address": TEXT,
            "action": {"enum": ["create", "update", "adopt", "delete", "release", "none"]},
            "differs": {"type": "boolean"},
            "origin": {"enum": [*_ORIGINS, None]},
            "owner": TEXT_OR_NULL,
            "foreign": TEXT_OR_NULL,
            "source": TEXT_OR_NULL,
            "fields": list_of(_FIELD),
            "noted": list_of({**_FIELD, "note": TEXT}),
            "ignored": list_of({**_FIELD, "reason": TEXT}),
            "notes": TEXTS,
            "obstacles": TEXTS,
        }
    )


def _saved() -> dict[str, Any]:
    return object_of(
        {
            "at": TEXT,
            "version": TEXT,
            "folder": TEXT,
            "paths": TEXTS,
            "environment": TEXT_OR_NULL,
            "agreed": TEXTS,
        }
    )
