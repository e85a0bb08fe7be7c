"""moto's answers as plain values in the shapes of IAM's model, and those as the XML that IAM sends.

moto keeps objects and finds their attributes while it serialises. Rules want values that they can edit.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

_XMLNS = "https://iam.amazonaws.com/doc/2010-05-08/"
_DOCUMENT = "policyDocumentType"
_NOTHING: Any = object()


def plain(value: Any, shape: Shape) -> Any:
    """A moto object as dicts, lists and scalars: the members that the shape has and the object knows."""
    if isinstance(shape, StructureShape):
        picked = ((key, _picked(value, key, shape)) for key in shape.members)
        return {key: plain(inner, shape.members[key]) for key, inner in picked if inner is not None}
    if isinstance(shape, ListShape):
        members = value.values() if isinstance(value, Mapping) else value  # moto keeps some lists by key
        return [plain(member, shape.member) for member in members]
    if isinstance(shape, MapShape):
        return dict(value)
    if shape.name == _DOCUMENT and value[:1] == "%":
        return unquote(value)  # moto has quoted those inside lists already
    return value


def _picked(value: Any, key: str, shape: Shape) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    for name in _attributes(key, shape.name, type(value).__name__, tuple(getattr(shape, "members", ()))):
        member = getattr(value, name, _NOTHING)
        if member is not _NOTHING:
            return member
    return None


@cache
def _attributes(key: str, shape: str, kind: str, siblings: tuple[str, ...]) -> tuple[str, ...]:
    """What moto may call a member: its name, or that without the name of the entity (`RoleName`, `name`)."""
    names = [key]
    for prefix in (
        shape,
        kind,
        shape.removesuffix("Detail"),
        shape.removesuffix("Detail").removeprefix("Managed"),
    ):
        shorter = key[len(prefix) :]
        if prefix and shorter and key.lower().startswith(prefix.lower()) and shorter not in siblings:
            names.append(shorter)
    return tuple(dict.fromkeys(form for name in names for form in (name, xform_name(name))))


def answer(operation: OperationModel, value: Any, request_id: str) -> str:
    """The body of an answer in IAM's query protocol."""
    name, shape = operation.name, operation.output_shape
    body = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{name}Result")
        body = f"<{wrapper}>{_members(value, shape)}</{wrapper}>"
    return (
        f"<{name}Response"
        f' xmlns="{_XMLNS}">{body}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>'
        f"</{name}Response>"
    )


def error(code: str, message: str, status: int, request_id: str) -> str:
    """The body of a refusal."""
    kind = "Sender" if status < 500 else "Receiver"
    words = f"<Message>{_text(message)}</Message>" if message else ""
    return (
        "<ErrorResponse"
        f' xmlns="{_XMLNS}"><Error><Type>{kind}</Type><Code>{_text(code)}</Code>{words}</Error>'
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _members(value: Mapping[str, Any], shape: StructureShape) -> str:
    members = ((key, value.get(key), inner) for key, inner in shape.members.items())
    return "".join(f"<{key}>{_xml(inner, of)}</{key}>" for key, inner, of in members if inner is not None)


def _xml(value: Any, shape: Shape) -> str:
    if isinstance(shape, StructureShape):
        return _members(value, shape)
    if isinstance(shape, ListShape):
        return "".join(f"<member>{_xml(member, shape.member)}</member>" for member in value)
    if isinstance(shape, MapShape):
        return "".join(
            f"<entry><key>{_text(k)}</key><value>{_text(str(v))}</value></entry>" for k, v in value.items()
        )
    if shape.name == _DOCUMENT:
        return quote(value, safe="")
    if shape.type_name == "blob":
        return b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return _text(str(value))


def _text(text: str) -> str:
    """Escaped; a bare carriage return would be read as a line feed."""
    return escape(text, {"\r": "&#xD;"})
