"""Documents that are too broad by the form of single statements: everything allowed, anyone trusted.

A condition does not hide it; what several statements allow together is judged in `escalations`.
"""

import re
from collections.abc import Hashable
from typing import Any

from reconciler.policy import globs
from reconciler.policy.catalogue import shared_identity_providers
from reconciler.policy.document.document import Document, as_list, compact
from reconciler.policy.meaning.canonical import normal

# AWS's own policy that allows everything, by the end of its ARN: known by its name where it can't be read.
ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"
EVERYTHING = Document('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
NOT, CONDITIONED, FULLY = 0, 1, 2
# Keys that say who is calling, or on whose behalf; a positive test on one of them narrows "anyone" down.
_NARROWING = (
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
)
# Ids that AWS draws: the beginning of one is also that of somebody else's.
_IDS = (
    "aws:principalorgid",
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
)
# Who is of the role's own account or organization.
_ITS_OWN = {
    "aws:principalorgid": "${aws:resourceorgid}",
    "aws:sourceorgid": "${aws:resourceorgid}",
    "aws:principalaccount": "${aws:resourceaccount}",
    "aws:sourceaccount": "${aws:resourceaccount}",
}
_POSITIVE = ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike")


def admin_level(document: Document) -> int:
    """Whether some statement allows every action on everything: NOT, CONDITIONED, or FULLY."""
    return max((admin_level_of(statement) for statement in document.statements), default=NOT)


def admin_level_of(statement: dict[str, Any]) -> int:
    """The same of one statement."""
    if statement.get("Effect") != "Allow" or not (_every_action(statement) and _every_resource(statement)):
        return NOT
    return CONDITIONED if statement.get("Condition") else FULLY


def _every_action(statement: dict[str, Any]) -> bool:
    if "NotAction" in statement:
        # Everything else includes IAM's own administration unless that is left out whole.
        return not any(globs.covers(pattern.lower(), "iam:*") for pattern in _texts(statement["NotAction"]))
    return any(globs.covers(pattern, "?*:?*") for pattern in _texts(statement.get("Action", [])))


def _every_resource(statement: dict[str, Any]) -> bool:
    if "NotResource" in statement:
        return not any(globs.covers(pattern, "*") for pattern in _texts(statement["NotResource"]))
    partitions = ("aws", "aws-cn", "aws-us-gov")
    return any(
        globs.covers(pattern, f"arn:{partition}:?*:*:*:?*")
        for pattern in _texts(statement.get("Resource", []))
        for partition in partitions
    )


def _texts(value: Any) -> list[str]:
    return [text for text in as_list(value) if isinstance(text, str)]


def open_doors(document: Document) -> frozenset[Hashable]:
    """The statements of a trust policy that let anyone in, by their meaning.

    Anyone is any principal, or any user of an identity provider.
    """
    return frozenset(
        normal(Document(compact({"Version": "2012-10-17", "Statement": [statement]})))
        for statement in document.statements
        if lets_anyone(statement)
    )


def lets_anyone(statement: dict[str, Any]) -> bool:
    """Whether one statement does so."""
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow":
        return False
    if "NotPrincipal" in statement:
        return not any(_narrows(*entry) for entry in _tests(statement))
    if principal == "*" or (isinstance(principal, dict) and "*" in _texts(principal.get("AWS", []))):
        return not any(_narrows(*entry) for entry in _tests(statement))
    if not isinstance(principal, dict):
        return False
    return any(_lets_anyone_of(provider, statement) for provider in _texts(principal.get("Federated", [])))


def _lets_anyone_of(provider: str, statement: dict[str, Any]) -> bool:
    """Whether every user of an identity provider may enter.

    A SAML provider is the owner's own directory.
    """
    if ":saml-provider/" in provider:
        return False
    host = shared_identity_providers.host_of(provider)
    tests = [
        (key.lower().rpartition(":")[2], operator, values)
        for operator, key, values in _tests(statement)
        if key.lower().startswith(f"{host}:") and _is_positive(operator, values)
    ]
    audience = shared_identity_providers.audience_claims(host)
    if audience:
        return not any(c in audience and all(_is_whole(o, v) for v in values) for c, o, values in tests)
    issuer = shared_identity_providers.issuer_of(host)
    if issuer is not None:
        return not any(
            all(shared_identity_providers.names_owner(issuer, c, v) for v in values) for c, _, values in tests
        )
    # What a provider of one's own issues for anybody has the usual audience, so only a subject narrows it
    # down.
    return not any(
        claim in ("sub", "amr") and not any(_is_anybody(o, v) for v in values) for claim, o, values in tests
    )


_EKS_SUBJECT = "system:serviceaccount:"


def _is_anybody(operator: str, subject: str) -> bool:
    """`project_path:*` and the like say what kind of subject it is, and not who."""
    if not _names_something(operator, subject):
        return True
    if "Like" in operator and subject.startswith(_EKS_SUBJECT):
        return not subject.removeprefix(_EKS_SUBJECT).strip("*?:")
    return globs.is_pattern(subject.partition(":")[2][:1])


def _tests(statement: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    block = statement.get("Condition")
    if not isinstance(block, dict):
        return []
    return [
        (o, k, [str(v) for v in as_list(vs)])
        for o, ks in block.items()
        if isinstance(ks, dict)
        for k, vs in ks.items()
    ]


def _narrows(operator: str, key: str, values: list[str]) -> bool:
    key = key.lower()
    if key not in _NARROWING:
        return False
    if values and all(value.lower() == _ITS_OWN.get(key) for value in values):
        return _has_positive_operator(operator)
    if not _is_positive(operator, values):
        return False
    return all(_narrows_by(operator, key, value) for value in values)


def _narrows_by(operator: str, key: str, value: str) -> bool:
    if key.endswith("arn"):
        return _names_account(operator, value)
    fixed = re.split(r"[*?]", value, maxsplit=1)[0] if "Like" in operator else value
    is_whole = fixed == value
    if key in _IDS:
        return is_whole
    if key == "aws:principalorgpaths":
        return is_whole or "/" in fixed
    if key == "aws:userid":
        # `AROA…:session`: the id is AWS's, what stands behind it the caller's own.
        return is_whole or ":" in fixed
    return _names_something(operator, value)


def _names_account(operator: str, arn: str) -> bool:
    """An ARN with its account spelled out, or one that has none and spells out its name.

    The Arn operators compare part by part; for the others a wildcard before the account stands for any
    account, too.
    """
    parts = arn.split(":", 5)
    account, tail = (*parts, "", "", "", "", "", "")[4:6]
    if "Arn" not in operator and globs.is_pattern("".join(parts[:4])):
        return False
    return bool(account or tail) and not globs.is_pattern(account or tail[:_LEAST])


# A pattern that begins with fewer letters could be anybody's (`o-*`).
_LEAST = 6


def _is_positive(operator: str, values: list[str]) -> bool:
    """Whether the test fails for whatever is none of its values, and where there is none."""
    return _has_positive_operator(operator) and bool(values) and not any("${" in value for value in values)


def _has_positive_operator(operator: str) -> bool:
    return operator.removeprefix("ForAnyValue:") in _POSITIVE


def _is_whole(operator: str, value: str) -> bool:
    return "Equals" in operator or not globs.is_pattern(value)


def _names_something(operator: str, value: str) -> bool:
    return "Equals" in operator or not globs.is_pattern(value[:_LEAST])
