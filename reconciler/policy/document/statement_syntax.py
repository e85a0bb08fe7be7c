"""The shape of one statement of a policy document: its elements, its principals and its conditions."""

from collections.abc import Iterator
from typing import Any

from reconciler.core.problems import Path
from reconciler.policy.document.document import Json, as_list
from reconciler.policy.document.grammar_texts import is_operator

STATEMENT_ELEMENTS = frozenset(
    (
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    )
)


def statement_syntax(statement: dict[str, Any], *, identity: bool) -> Iterator[tuple[Path, str]]:
    """What is wrong with the shape of one statement, each with its place in the statement."""
    for key in statement:
        if key not in STATEMENT_ELEMENTS:
            yield (key,), f'"{key}" is no element of a statement'
    if not isinstance(statement.get("Sid", ""), str):
        yield ("Sid",), "Sid is text"
    effect = statement.get("Effect")
    if not isinstance(effect, str) or effect.lower() not in ("allow", "deny"):
        yield ("Effect",) if "Effect" in statement else (), 'Effect is required, "Allow" or "Deny"'
    for element, opposite in (
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ):
        # IAM takes Resource and NotResource apart, but never both of a pair in one statement.
        if element in statement and opposite in statement:
            yield (opposite,), f"{element} and {opposite} exclude each other"
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in statement and not _is_text_list(statement[key]):
            yield (key,), f"{key} is text or a list of text"
    yield from _condition_syntax(statement.get("Condition", {}))
    if not identity:
        yield from _principal_syntax(statement)


def _is_text_list(value: Json) -> bool:
    return all(isinstance(member, str) for member in as_list(value))


def _condition_syntax(block: Json) -> Iterator[tuple[Path, str]]:
    if not isinstance(block, dict):
        yield ("Condition",), "Condition is an object: operator, then key, then value"
        return
    for operator, keys in block.items():
        if not isinstance(keys, dict):
            yield ("Condition", operator), f"{operator} holds an object of keys and values"
            continue
        if keys and not is_operator(operator):
            yield ("Condition", operator), f'there is no condition operator "{operator}"'
        for key, values in keys.items():
            if not all(isinstance(v, str | int | float | bool) for v in as_list(values)):
                yield (
                    ("Condition", operator, key),
                    "a condition value is text, a number, a boolean, or a list of them",
                )


def _principal_syntax(statement: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        for kind, values in principal.items():
            if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
                yield ("Principal", kind), f'"{kind}" is no kind of principal: AWS, Service, Federated'
            elif not _is_text_list(values):
                yield ("Principal", kind), "a principal is text or a list of text"
    elif principal is not None and principal != "*":
        yield ("Principal",), 'a principal is {"AWS": …}, {"Service": …} or {"Federated": …}'
