"""The normal form of a policy document: equal normal forms mean equal documents.

The rules are `A1` of the project's policy semantics. What the normal form can't see (one statement
covering another, say) is not equal here; it is never equal by mistake.
"""

import re
from dataclasses import dataclass
from typing import Any

from reconciler.policy.document.document import Document, Json, as_list, statements_of
from reconciler.policy.document.statement_syntax import STATEMENT_ELEMENTS

Entries = frozenset[tuple[str, frozenset[str]]]

_ROOT = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):root")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class NormalStatement:
    """One statement; the fields are sets, so that order and repetition can't matter.

    `actions` and `resources` carry their element's name first ("Action" or "NotAction").
    """

    effect: str
    actions: frozenset[str]
    resources: frozenset[str]
    principals: Entries
    conditions: frozenset[tuple[str, str, frozenset[str]]]
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Normal:
    """The whole document: the version only where it matters, and the set of statements."""

    version: str
    statements: frozenset[NormalStatement]


def normal(doc: Document, partition: str = "aws") -> Normal:
    """The normal form; `partition` completes principals that are a bare account number."""
    data = doc.data
    if not isinstance(data, dict):
        return Normal(f"invalid {doc.text}", frozenset())
    statements = frozenset(normal_statement(s, partition) for s in statements_of(data))
    version = data.get("Version", "2008-10-17")
    return Normal(str(version) if "${" in doc.text else "any", statements)


def same_form(document: Document, other: Document, partition: str = "aws") -> bool:
    """Whether the normal forms are equal: if so, the documents mean the same."""
    return document == other or normal(document, partition) == normal(other, partition)


def digest(doc: Document, partition: str = "aws") -> str:
    """A short fingerprint of the normal form, the same for documents that mean the same."""
    return fingerprint(_stable(normal(doc, partition)))


def fingerprint(text: str) -> str:
    """Eight hexadecimal digits of a text: enough to tell whether a field changed, small enough for a tag."""
    import hashlib  # noqa: PLC0415 - start-up: only plans need it

    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _stable(value: object) -> str:
    """A text that is the same for equal values in every run (sets have no order of their own)."""
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(_stable(member) for member in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(_stable(member) for member in value) + ")"
    if isinstance(value, Normal):
        return _stable((value.version, value.statements))
    if isinstance(value, NormalStatement):
        return _stable(
            (value.effect, value.actions, value.resources, value.principals, value.conditions, value.odd)
        )
    return repr(value)


def normal_statement(raw: dict[str, Any], partition: str) -> NormalStatement:
    """The normal form of one statement, whose Sid is not part of it."""
    odd = {key: raw[key] for key in sorted(raw) if key not in STATEMENT_ELEMENTS}
    return NormalStatement(
        effect=str(raw.get("Effect")),
        actions=_named(raw, "Action", fold=True) | _named(raw, "NotAction", fold=True),
        resources=_named(raw, "Resource") | _named(raw, "NotResource"),
        principals=_principals(raw, "Principal", partition) | _principals(raw, "NotPrincipal", partition),
        conditions=_conditions(raw.get("Condition")),
        odd=repr(odd) if odd else "",
    )


def _named(raw: dict[str, Any], element: str, *, fold: bool = False) -> frozenset[str]:
    if element not in raw:
        return frozenset()
    texts = [_scalar(value) for value in as_list(raw[element])]
    return frozenset([element, *(f"= {t.lower() if fold else t}" for t in texts)])


def _principals(raw: dict[str, Any], element: str, partition: str) -> Entries:
    if element not in raw:
        return frozenset()
    value = raw[element]
    if value == "*":
        value = {"AWS": "*"}
    if not isinstance(value, dict):
        return frozenset({(f"{element} odd", frozenset({repr(value)}))})
    entries = {
        (f"{element} {kind}", frozenset(_principal(kind, _scalar(v), partition) for v in as_list(values)))
        for kind, values in value.items()
    }
    return frozenset(entries) or frozenset({(f"{element} nobody", frozenset())})


def _principal(kind: str, text: str, partition: str) -> str:
    """An account number and the account's root ARN are one principal (user guide, elements_principal)."""
    if kind != "AWS":
        return text
    if _ACCOUNT.fullmatch(text):
        return f"arn:{partition}:iam::{text}:root"
    root = _ROOT.fullmatch(text)
    return f"arn:{root[1]}:iam::{root[2]}:root" if root else text


def _conditions(block: Json) -> frozenset[tuple[str, str, frozenset[str]]]:
    if block is None:
        return frozenset()
    if not isinstance(block, dict):
        return frozenset({("odd", repr(block), frozenset())})
    entries: set[tuple[str, str, frozenset[str]]] = set()
    for operator, keys in block.items():
        # What an operator without keys means is documented in two ways (A4): never equal to its absence.
        if not isinstance(keys, dict) or not keys:
            entries.add((operator, repr(keys), frozenset()))
            continue
        for key, values in keys.items():
            texts = frozenset(_condition_value(operator, _scalar(value)) for value in as_list(values))
            entries.add((_operator(operator), key.lower(), texts))
    return frozenset(entries)


def _operator(name: str) -> str:
    """`ArnEquals` behaves as `ArnLike` does (user guide, elements_condition_operators)."""
    return name.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike")


def _condition_value(operator: str, text: str) -> str:
    if "IgnoreCase" in operator:
        return text.lower()
    if operator.removesuffix("IfExists").rpartition(":")[2] in ("IpAddress", "NotIpAddress"):
        return _network(text)
    return text


def _network(text: str) -> str:
    """A network in one spelling; host bits under a prefix are not documented, so such text stays as it is."""
    import ipaddress  # noqa: PLC0415 - start-up: only comparisons need it

    try:
        return str(ipaddress.ip_network(text, strict=True))
    except ValueError:
        return text


def _scalar(value: Json) -> str:
    """JSON `true` is `"true"` and 5 is `"5"` (user guide, reference_policies_grammar)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
