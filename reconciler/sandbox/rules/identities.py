"""Principals of trust policies.

Kept as unique ids, shown as ARNs for as long as the entity exists (contract §4).
"""

import json
import re
from typing import Any

from reconciler.policy.document import arns
from reconciler.policy.document.document import as_list, parse_json
from reconciler.sandbox.rule import ReceivedCall

_ID = re.compile(r"(AROA|AIDA)[A-Z0-9]{12,}")


def exists(call: ReceivedCall, value: str) -> bool:
    """Whether a role's or user's ARN, or id, is a principal.

    Those of other accounts are taken at their word.
    """
    if _ID.fullmatch(value):
        return _arn_of(call, value) is not None
    parsed = arns.parse(value)
    if parsed is None or parsed.partition != call.iam.partition or parsed.kind not in ("role", "user"):
        return False
    if parsed.account != call.account:
        return not re.search(r"[*?]", value)
    entity = _entity(call, value)
    if entity is None:
        return False
    kept = "roles" if parsed.kind == "role" else "users"
    return not call.world.lags.holds("new_principal", (kept, entity.name))


def _entity(call: ReceivedCall, arn: str) -> Any:
    """The living role or user of an ARN.

    Names are told apart by case here (UG:reference_policies_elements_principal.md).
    """
    name = arn.rpartition("/")[2]
    kept = call.iam.roles if ":role/" in arn else call.iam.users
    return next((entity for entity in kept.values() if entity.name == name and entity.arn == arn), None)


def _arn_of(call: ReceivedCall, unique_id: str) -> str | None:
    if unique_id in call.iam.roles:
        return str(call.iam.roles[unique_id].arn)
    return next((str(user.arn) for user in call.iam.users.values() if user.id == unique_id), None)


def stored(call: ReceivedCall, text: str) -> str:
    """A trust policy as IAM keeps it: ids in the place of this account's ARNs."""

    def keep(value: str) -> str:
        entity = _entity(call, value) if ":role/" in value or ":user/" in value else None
        return str(entity.id) if entity is not None else value

    return _with_principals(text, keep, turned=False)


def shown(call: ReceivedCall, text: str, *, turned: bool, roots: bool) -> str:
    """A trust policy as IAM shows it.

    ARNs in the place of living ids, root ARNs (`roots`) in the place of account ids.
    """

    def show(value: str) -> str:
        if roots and arns.ACCOUNT.fullmatch(value):
            return arns.root(call.iam.partition, value)
        return (_arn_of(call, value) or value) if _ID.fullmatch(value) else value

    return _with_principals(text, show, turned=turned)


def _with_principals(text: str, change: Any, *, turned: bool) -> str:
    data = parse_json(text)
    if not isinstance(data, dict):
        return text
    for statement in as_list(data.get("Statement", [])):
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            statement["Principal"] = {
                kind: _values(kind, values, change, turned=turned) for kind, values in principal.items()
            }
    return json.dumps(data, ensure_ascii=False)


def _values(kind: str, values: Any, change: Any, *, turned: bool) -> Any:
    if isinstance(values, str):
        return change(values) if kind == "AWS" else values
    changed = [change(value) if kind == "AWS" else value for value in values]
    return changed[::-1] if turned else changed
