"""What the JSON Schemas of several reports share."""

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
ACCOUNT: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{12}$"}


def object_of(members: dict[str, Any]) -> dict[str, Any]:
    """An object that has all of these members, and may have more."""
    return {"type": "object", "required": list(members), "properties": members}


def list_of(members: dict[str, Any]) -> dict[str, Any]:
    """A list of such objects."""
    return {"type": "array", "items": object_of(members)}


# What is gained, or what is lost (`report.words.access.side_data`).
SIDE: dict[str, Any] = object_of(
    {
        "verdict": {"enum": ["yes", "no", "unknown"]},
        "access": {"type": "array", "items": {"type": "object"}},
        "witness": {"type": ["object", "null"]},
        "why": TEXT_OR_NULL,
        "complete": {"type": "boolean"},
        "undecided": list_of({"actions": TEXTS, "why": TEXT}),
    }
)
