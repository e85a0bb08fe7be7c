"""Documents that are too broad on their face, by the form of single statements: everything allowed, anyone trusted.

This sees also what hides behind a condition; what several statements come to together is judged in `escalations`.
"""

from typing import Any

from reconciler.policy import doors, globs
from reconciler.policy.document import Document, as_list

# AWS's own policy that allows everything, by the end of its ARN: known by its name where it can't be read.
ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"
EVERYTHING = Document('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
NOT, CONDITIONED, FULLY = 0, 1, 2
# Keys that say who is calling, or on whose behalf; a positive test on one of them narrows "anyone" down.
_NARROWING = (
    "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:principalservicename",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
    "saml:sub", "saml:aud",
)  # fmt: skip
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


def is_public(document: Document) -> bool:
    """Whether some statement of a trust policy lets anyone in: any principal, or anyone at an identity provider."""
    return any(lets_anyone(statement) for statement in document.statements)


def lets_anyone(statement: dict[str, Any]) -> bool:
    """The same of one statement."""
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow":
        return False
    if principal == "*" or (isinstance(principal, dict) and "*" in _texts(principal.get("AWS", []))):
        return not any(_narrows(*entry) for entry in _tests(statement))
    if not isinstance(principal, dict):
        return False
    return any(_lets_anyone_of(provider, statement) for provider in _texts(principal.get("Federated", [])))


def _lets_anyone_of(provider: str, statement: dict[str, Any]) -> bool:
    """Whether everybody whom an identity provider knows may enter. A SAML provider is the owner's own directory."""
    if ":saml-provider/" in provider:
        return False
    host = doors.host_of(provider)
    tests = [
        (key.lower().rpartition(":")[2], values)
        for operator, key, values in _tests(statement)
        if key.lower().startswith(f"{host}:") and _is_real_test(operator, values)
    ]
    audience = doors.audience_claims(host)
    if audience:
        return not any(claim in audience for claim, _ in tests)
    issuer = doors.issuer_of(host)
    if issuer is not None:
        return not any(all(doors.names_owner(issuer, c, v) for v in values) for c, values in tests)
    # What a provider of one's own issues for anybody has the usual audience, so only a subject narrows it down.
    return not any(claim in ("sub", "amr") and not any(map(_is_anybody, values)) for claim, values in tests)


def _is_anybody(subject: str) -> bool:
    """`project_path:*` and its like say what kind of subject it is, and not who."""
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
    if key.lower() not in _NARROWING:
        return False
    if key.lower().endswith("arn"):
        return _is_positive(operator, values) and all(_names_account(operator, value) for value in values)
    return _is_real_test(operator, values)


def _names_account(operator: str, arn: str) -> bool:
    """An ARN with its account spelled out, or one that has none and spells out its name.

    The Arn operators compare part by part; for the others a wildcard before the account stands for any account, too.
    """
    parts = arn.split(":", 5)
    account, tail = (*parts, "", "", "", "", "", "")[4:6]
    if "Arn" not in operator and globs.is_pattern("".join(parts[:4])):
        return False
    return bool(account or tail) and not globs.is_pattern(account or tail[:_LEAST])


# A pattern that begins with fewer letters could be anybody's (`o-*`).
_LEAST = 6


def _is_real_test(operator: str, values: list[str]) -> bool:
    """A positive operator, and values that name something: no wildcards near the beginning, no policy variables."""
    return _is_positive(operator, values) and all(_names_something(operator, value) for value in values)


def _is_positive(operator: str, values: list[str]) -> bool:
    """Whether the test fails for whatever is none of its values, and where there is none."""
    known = operator.removeprefix("ForAnyValue:") in _POSITIVE
    return known and bool(values) and not any("${" in value for value in values)


def _names_something(operator: str, value: str) -> bool:
    return "Equals" in operator or not globs.is_pattern(value[:_LEAST])
