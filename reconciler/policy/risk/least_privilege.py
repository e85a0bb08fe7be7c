"""The smallest policy that allows given actions on given resources."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document


@dataclass(frozen=True, slots=True, order=True)
class RequiredPermission:
    """An action on an ARN, or on `*` where it takes no resource.

    `condition` pairs keys with the text they must equal.
    """

    action: str
    resource: str
    condition: tuple[tuple[str, str], ...] = ()


def least(needs: Iterable[RequiredPermission]) -> Document:
    """One statement for each set of resources.

    Where that is too long for a policy, the resources' names are replaced by their paths.
    """
    wanted = frozenset(needs)
    exact = _document(wanted)
    if exact.size <= MANAGED_POLICY_SIZE:
        return exact
    return _document(
        frozenset(RequiredPermission(n.action, _by_path(n.resource), n.condition) for n in wanted)
    )


def _by_path(resource: str) -> str:
    parsed = arns.parse(resource)
    if parsed is None or "*" in resource:
        return resource
    return arns.build(parsed.partition, parsed.account, parsed.kind, parsed.path, "*")


def _document(needs: frozenset[RequiredPermission]) -> Document:
    """Actions that need the same resources under the same condition stand together."""
    resources: dict[tuple[str, tuple[tuple[str, str], ...]], set[str]] = {}
    for need in needs:
        resources.setdefault((need.action, need.condition), set()).add(need.resource)
    groups: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], list[str]] = {}
    for (action, condition), of_action in resources.items():
        groups.setdefault((_without_covered(of_action), condition), []).append(action)
    statements = [_statement(actions, where, condition) for (where, condition), actions in groups.items()]
    statements.sort(key=lambda statement: str(statement["Action"]))
    return document({"Version": "2012-10-17", "Statement": statements})


def _without_covered(resources: set[str]) -> tuple[str, ...]:
    """Without those that another one, ending in a star, covers."""
    wide = [text[:-1] for text in resources if text.endswith("*")]
    return tuple(sorted(r for r in resources if not any(r.startswith(w) and r != f"{w}*" for w in wide)))


def _statement(
    actions: list[str], resources: tuple[str, ...], condition: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": _one_or_list(tuple(sorted(actions))),
        "Resource": _one_or_list(resources),
    }
    return {**statement, "Condition": {"StringEquals": dict(condition)}} if condition else statement


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
