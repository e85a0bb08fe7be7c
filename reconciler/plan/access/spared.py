"""Of a service that is lost or gained as a whole: what of it the principal has all the same."""

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.policy.catalogue.actions import matching
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.document.document import as_list


def spared(other: IdentityPolicies, statements: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """The action patterns that the other side allows on everything, within services of these statements.

    `statements` are those that are lost, or gained. Nothing is said where something on the other side could
    limit the patterns: a boundary, a denial, or what could not be read.
    """
    whole = {pattern for statement in statements for pattern in _whole(statement)}
    if not whole or other.boundary or other.unseen or other.unseen_boundary:
        return ()
    written = [statement for _, document in other.identity for statement in document.statements]
    if any(statement.get("Effect") != "Allow" for statement in written):
        return ()
    patterns = {pattern for statement in written for pattern in _on_everything(statement)}
    return tuple(sorted(pattern for pattern in patterns if _is_of(pattern, whole)))


def _is_of(pattern: str, services: set[str]) -> bool:
    """Whether it names actions of one of these services."""
    service, _, name = pattern.partition(":")
    return service.lower() in services and bool(matching(service.lower(), name))


def _whole(statement: dict[str, Any]) -> Iterator[str]:
    """The services of which it names every action, in lower case."""
    for action in map(str, as_list(statement.get("Action", []))):
        service, _, name = action.partition(":")
        if name == "*":
            yield service.lower()


def _on_everything(statement: dict[str, Any]) -> Iterator[str]:
    if "*" in as_list(statement.get("Resource", [])) and not statement.get("Condition"):
        yield from map(str, as_list(statement.get("Action", [])))
