"""What the specs' own resources name of others: a resource that is named must not be deleted under those who name it."""

from collections.abc import Iterator
from typing import Any

from reconciler.policy import arns
from reconciler.policy.document import Document

# A resource as others name it: by its ARN, or by kind and name where IAM takes a name.
Named = frozenset[str]


def names_of(kind: str, name: str, arn: str) -> Named:
    """The ways in which a resource can be named."""
    return frozenset({arn, f"{kind} {name}"})


def named_by(state: Any) -> Named:
    """What a state says of others: policies, principals, providers, members, groups, a profile's role."""
    found = {*getattr(state, "attached", ()), getattr(state, "boundary", "")}
    for key, kind in (("members", "user"), ("groups", "group"), ("roles", "role")):
        found |= {f"{kind} {name}" for name in getattr(state, key, None) or ()}
    if hasattr(state, "trust"):
        found |= set(_principals(state.trust))
    return frozenset(found - {""})


def _principals(trust: Document) -> Iterator[str]:
    for statement in trust.statements:
        principal = statement.get("Principal")
        for values in principal.values() if isinstance(principal, dict) else ():
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) and arns.parse(value) is not None:
                    yield value
