"""What the specs' own resources name of others.

A resource that is named must not be deleted under those who name it.
"""

import re
from collections.abc import Iterator
from typing import Any

from reconciler.policy.document import arns
from reconciler.policy.document.document import Document

# A session's ARN has the role's name, and never its path (contract §1).
_SESSION = re.compile(r"(arn:[a-z-]+:sts::[0-9]{12}:assumed-role/[^/]+)/.+")
# A resource as others name it: by its ARN, or by kind and name where IAM takes a name.
Named = frozenset[str]


def names_of(kind: str, name: str, arn: str) -> Named:
    """The ways in which a resource can be named."""
    sessions = (
        {f"{arn.replace(':iam:', ':sts:', 1).partition(':role/')[0]}:assumed-role/{name}"}
        if kind == "role"
        else set()
    )
    return frozenset({arn, f"{kind} {name}"} | sessions)


def named_by(state: Any) -> Named:
    """What a state says of others: policies, principals, providers, members, groups, a profile's role."""
    references = {*getattr(state, "attached", ()), getattr(state, "boundary", "")}
    for key, kind in (("members", "user"), ("groups", "group"), ("roles", "role")):
        references |= {f"{kind} {name}" for name in getattr(state, key, None) or ()}
    if hasattr(state, "trust"):
        references |= trusted(state.trust)
    return frozenset(references - {""})


def trusted(trust: Document) -> Named:
    """Whom a trust policy names.

    By their ARNs, and roles by those of their sessions as far as these are the same.
    """
    return frozenset(_principals(trust))


def _principals(trust: Document) -> Iterator[str]:
    for statement in trust.statements:
        principal = statement.get("Principal")
        for values in principal.values() if isinstance(principal, dict) else ():
            for value in values if isinstance(values, list) else [values]:
                if not isinstance(value, str):
                    continue
                session = _SESSION.fullmatch(value)
                if session or arns.parse(value) is not None:
                    yield session[1] if session else value
