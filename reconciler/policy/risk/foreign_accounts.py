"""Whom of other accounts a trust policy names.

Source: IAM user guide, reference_policies_elements_principal.
"""

import re
from collections.abc import Iterator

from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, as_list

_OF_ACCOUNTS = ("aws:principalaccount", "aws:principalarn", "aws:sourceaccount", "aws:sourcearn")
_OF_ORGANIZATIONS = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid")
_IN_ACCOUNT = re.compile(r"arn:[^:]+:[^:]*:[^:]*:([0-9]{12}):.+")


def foreign_accounts(trust: Document, account: str) -> tuple[str, ...]:
    """The numbers of other accounts, and organizations, of which somebody is let in, whatever else is asked.

    Where anyone is named, conditions say who it is.
    """
    named: set[str] = set()
    for statement in trust.statements:
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow":
            continue
        listed = as_list(principal.get("AWS", [])) if isinstance(principal, dict) else as_list(principal)
        if isinstance(principal, dict):
            listed = [*listed, *as_list(principal.get("Federated", []))]
        texts = [text for text in listed if isinstance(text, str)]
        named |= {_account_of(text) for text in texts}
        if "*" in texts:
            named |= set(_by_conditions(statement.get("Condition")))
    return tuple(sorted(named - {"", account}))


def _by_conditions(block: object) -> Iterator[str]:
    for operator, tests in block.items() if isinstance(block, dict) else ():
        if "Not" in operator:
            continue
        for key, values in tests.items() if isinstance(tests, dict) else ():
            texts = [text for text in as_list(values) if isinstance(text, str) and "${" not in text]
            if key.lower() in _OF_ACCOUNTS:
                yield from map(_account_of, texts)
            elif key.lower() in _OF_ORGANIZATIONS:
                yield from (text.partition("/")[0] for text in texts)


def _account_of(text: str) -> str:
    """The account that a principal is of: a number alone stands for its root."""
    if arns.ACCOUNT.fullmatch(text):
        return text
    match = _IN_ACCOUNT.fullmatch(text)
    return match[1] if match else ""
