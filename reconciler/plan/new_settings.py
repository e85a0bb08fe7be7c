"""The settings of a new resource as differences from nothing, for plans to show."""

import json
from typing import Any

from reconciler.core.change import FieldChange

_DOCUMENTS = ("document", "trust")
# What everything has unless it says otherwise is not worth a line.
_DEFAULTS = {"path": "/", "max_session_duration": 3600}


def as_new(rendered: dict[str, Any]) -> tuple[FieldChange, ...]:
    """One change for each setting of a rendering that is not empty or the default."""
    changes: list[FieldChange] = []
    for field, value in rendered.items():
        if value in (None, [], {}) or _DEFAULTS.get(field) == value:
            continue
        changes += _changes(field, value)
    return tuple(changes)


def _changes(field: str, value: Any) -> list[FieldChange]:
    if field in _DOCUMENTS:
        return [FieldChange(field, "document", None, _json(value))]
    if field == "inline":
        return [FieldChange(field, "document", None, _json(doc), item=name) for name, doc in value.items()]
    if isinstance(value, list):
        return [FieldChange(field, "set", (), tuple(value))]
    if isinstance(value, dict):
        return [FieldChange(field, "set", (), tuple(f"{key}={_text(text)}" for key, text in value.items()))]
    return [FieldChange(field, "value", None, str(value))]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
