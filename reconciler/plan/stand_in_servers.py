"""What servers that stand in for IAM keep otherwise than IAM does: moto, and so LocalStack.

A difference that may be theirs is named as such. Only what no late answer looks like ends an apply's wait:
the endpoint may as well be a proxy before AWS, and a boundary that is not there yet is no boundary. On AWS's
own endpoints nothing is explained.
"""

import re

from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan
from reconciler.policy.document.document import document, parse_json

_TAGS_OF_SAML = "moto keeps no tags of SAML providers"
_BOUNDARY = "moto keeps no permissions boundary that a user is created with: apply again"
_PERCENT = "moto shows % in documents decoded"


def explain(plan: Plan) -> tuple[str, ...]:
    """A line for each resource that differs, where the server explains all of them; else none."""
    differing = plan.differing
    if not plan.header.endpoint or plan.unread or not differing:
        return ()
    reasons = {change.address: _reasons(change) for change in differing}
    if not all(reasons.values()):
        return ()
    return tuple(f"{address}: {', '.join(why)}" for address, why in sorted(reasons.items()))


def stays(plan: Plan) -> bool:
    """Whether all that differs is what the server will show for ever, and not what may only be late."""
    differing = plan.differing
    return bool(explain(plan)) and all(_reasons(change) == (_PERCENT,) for change in differing)


def _reasons(change: Change) -> tuple[str, ...]:
    """Why each field differs; none where any has no such reason."""
    if change.address.kind == "saml-provider" and all(field.field == "tags" for field in change.fields):
        return (_TAGS_OF_SAML,)
    if change.action != "update":
        return ()
    whys = [_reason(change.address.kind, field) for field in change.fields]
    return tuple(dict.fromkeys(whys)) if all(whys) else ()


def _reason(kind: str, field: FieldChange) -> str:
    if kind == "user" and field.field == "boundary" and not field.before:
        return _BOUNDARY
    return _PERCENT if field.shape == "document" and _is_decoded(field.before, field.after) else ""


def _is_decoded(live: object, wanted: object) -> bool:
    """Whether the live text is the wanted one with its % sequences decoded."""
    if not isinstance(live, str) or not isinstance(wanted, str) or "%" not in wanted:
        return False
    try:
        return document(parse_json(_decoded(wanted))).text == document(parse_json(live)).text
    except ValueError:
        return False


def _decoded(text: str) -> str:
    """The text as a URL's is read."""
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda hex_: bytes([int(hex_[1], 16)]), text.encode())
    return data.decode("utf-8", errors="replace")
