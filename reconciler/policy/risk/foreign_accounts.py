"""Whom of other accounts a trust policy names.

Source: IAM user guide, reference_policies_elements_principal.
"""

import re

from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, as_list

_IN_ACCOUNT = re.compile(r"arn:[a-z0-9-]+:(?:iam|sts)::([0-9]{12}):.+")


def foreign_accounts(trust: Document, account: str) -> tuple[str, ...]:
    """The numbers of other accounts of which somebody is let in, whatever the conditions."""
    named: set[str] = set()
    for statement in trust.statements:
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, dict):
            continue
        texts = [text for text in as_list(principal.get("AWS", [])) if isinstance(text, str)]
        named |= {_account_of(text) for text in texts}
    return tuple(sorted(named - {"", account}))


def _account_of(text: str) -> str:
    """The account that a principal is of: a number alone stands for its root."""
    if arns.ACCOUNT.fullmatch(text):
        return text
    match = _IN_ACCOUNT.fullmatch(text)
    return match[1] if match else ""
