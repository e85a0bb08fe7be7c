"""Statements and documents in few words, and what a verdict lists of them."""

from typing import Any

from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.witness import narrowed
from reconciler.policy.document.document import Document, document

Raw = dict[str, Any]


def says(action: Any, resource: Any, condition: Raw | None = None, effect: str = "Allow") -> Raw:
    return {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    }


def of(*statements: Raw) -> Document:
    return document({"Version": "2012-10-17", "Statement": list(statements)})


def listed(verdict: AccessVerdict, statements: Any) -> list[Raw]:
    return [narrowed(statements[index], *part) for index, part in verdict.parts]
