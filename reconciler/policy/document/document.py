"""A policy document as text and as data, parsed without the traps of JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

Json = Any


class DuplicateMember(ValueError):
    """A JSON object says the same member twice; `json` alone would silently keep the last."""


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document. `text` is compact JSON, byte-stable for equal data: it is what IAM is sent.

    `to_the_letter` marks one that is wanted as it is written, and not only what it means.
    """

    text: str
    to_the_letter: bool = field(default=False, compare=False)

    @property
    def data(self) -> Json:
        """The parsed document, a fresh copy each time."""
        return json.loads(self.text)

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The statements, one alone as a list of one; what is not a map is left out."""
        return statements_of(self.data)

    @property
    def size(self) -> int:
        """Characters as IAM counts them for its quotas: without white space between tokens.

        Whether IAM counts white space inside strings is not documented; it is counted here.
        """
        return len(self.text)


def statements_of(data: Json) -> list[dict[str, Any]]:
    """The statements of a document's data, one or many."""
    listed = data.get("Statement", []) if isinstance(data, dict) else []
    return [s for s in (listed if isinstance(listed, list) else [listed]) if isinstance(s, dict)]


_TOP = ("Version", "Id", "Statement")
_STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def document(data: Json) -> Document:
    """The document with its members in the order in which people read them."""
    if isinstance(data, dict):
        data = _ordered(data, _TOP)
        statements = data.get("Statement")
        if isinstance(statements, list):
            data["Statement"] = [_ordered(s, _STATEMENT) if isinstance(s, dict) else s for s in statements]
        elif isinstance(statements, dict):
            data["Statement"] = _ordered(statements, _STATEMENT)
    return Document(compact(data))


def compact(data: Json) -> str:
    """JSON without white space. Characters that IAM's document pattern (up to U+00FF) lacks are escaped."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text if text.isascii() or max(text) <= "\xff" else json.dumps(data, separators=(",", ":"))


def _ordered(members: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    known = {key: members[key] for key in order if key in members}
    return known | {key: members[key] for key in sorted(members) if key not in known}


def parse_json(text: str) -> Json:
    """Parse JSON, refusing repeated members.

    Raises:
        DuplicateMember: an object has the same member twice.
        ValueError: the text is no JSON.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members:
                raise DuplicateMember(f'"{key}" is there twice in one object')
            members[key] = value
        return members

    try:
        return json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise ValueError("nested too deep") from None


def as_list(value: Json) -> list[Any]:
    """One value as a list of one: IAM reads both alike."""
    return value if isinstance(value, list) else [value]


def in_order(document: Document) -> Document:
    """The document with its lists of principals sorted.

    IAM shows those of a trust policy in changing order (contract §4).
    """
    data = document.data
    for statement in statements_of(data):
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            statement["Principal"] = {kind: _sorted(values) for kind, values in principal.items()}
    return Document(compact(data), document.to_the_letter)


def _sorted(values: Json) -> Json:
    return sorted(values, key=str) if isinstance(values, list) else values
