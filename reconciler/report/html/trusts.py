"""Who may assume a role, as the page draws it: the principals of its trust policy."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reconciler.core.principal_view import PrincipalView, Standing
from reconciler.policy.document import arns
from reconciler.policy.document.document import as_list, statements_of
from reconciler.report.html.page import PrincipalLine
from reconciler.report.html.views import View
from reconciler.report.words.statement import condition_words

_KINDS = {
    "Service": "AWS service",
    "AWS": "AWS principal",
    "Federated": "identity provider",
    "CanonicalUser": "canonical user",
}


def admitted(picture: PrincipalView, view: View) -> Iterator[PrincipalLine]:
    """The principals that may assume the role, or are denied it, each with its standing."""
    live, desired = _principals(picture.trust_live), _principals(picture.trust_desired)
    for principal in sorted({*live, *desired}, key=lambda who: (who.is_denied, who.kind, who.name)):
        standing: Standing = (
            "same"
            if principal in live and principal in desired
            else "added"
            if principal in desired
            else "removed"
        )
        word, tone = view.words[standing]
        name = _short(principal.name, picture.address.account)
        yield replace(
            principal,
            name=name,
            whole="" if name == principal.name else principal.name,
            standing=word,
            tone=tone,
        )


def _short(arn: str, account: str) -> str:
    """`role/NAME` for an entity of this account, with the account for others; anything else as it is."""
    whose = arns.account_of_root(arn)
    if whose:
        return "this account" if whose == account else f"account {whose}"
    parsed = arns.parse(arn)
    if parsed is None:
        return arn
    named = f"{parsed.kind}{parsed.path}{parsed.name}"
    return named if parsed.account == account else f"{named} of {parsed.account}"


@lru_cache(maxsize=4096)
def _principals(text: str) -> frozenset[PrincipalLine]:
    """The principals of a trust policy."""
    return (
        frozenset(who for s in statements_of(json.loads(text)) for who in _of_statement(s))
        if text
        else frozenset()
    )


def _of_statement(statement: dict[str, Any]) -> Iterator[PrincipalLine]:
    doing = ", ".join(sorted(map(str, as_list(statement.get("Action", statement.get("NotAction", []))))))
    doing = f"everything but {doing}" if "NotAction" in statement else doing
    condition, is_denied = condition_words(statement), statement.get("Effect") == "Deny"
    but = "everyone but " if "NotPrincipal" in statement else ""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    named = principal if isinstance(principal, dict) else {"": principal}
    for kind, values in named.items():
        for value in map(str, as_list(values)):
            name = "anyone" if value == "*" else value
            yield PrincipalLine(_KINDS.get(kind, kind), f"{but}{name}", doing, condition, is_denied=is_denied)
