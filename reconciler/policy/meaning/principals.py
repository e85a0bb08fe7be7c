"""Principals of trust policies: whom an entry names.

Source: IAM user guide, reference_policies_elements_principal.
"""

import re

Principal = tuple[str, str]

_ROOT = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):root")
_IN_ACCOUNT = re.compile(r"arn:([a-z-]+):(?:iam|sts)::([0-9]{12}):.+")
_ROLE = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):role/(?:.*/)?([^/]+)")
_SESSION = re.compile(r"arn:([a-z-]+):sts::([0-9]{12}):assumed-role/([^/]+)/.+")
EVERYBODY = ("AWS", "*")


def names(entry: Principal, principal: Principal) -> bool:
    """Whether an entry of a Principal element names a principal; an account's root names everybody of it."""
    if entry in (EVERYBODY, principal):
        return True
    kind, text = entry
    if kind != "AWS" or principal[0] != "AWS":
        return False
    account = account_of_root(text)
    if account:
        return account == account_of(principal[1])
    return is_session_of(principal[1], text)


def account_of_root(text: str) -> str:
    """Partition and account whose root an ARN is, as `aws:123456789012`, or ""."""
    match = _ROOT.fullmatch(text)
    return ":".join(match.groups()) if match else ""


def account_of(text: str) -> str:
    """Partition and account of an IAM or STS principal's ARN, or ""."""
    match = _IN_ACCOUNT.fullmatch(text)
    return ":".join(match.groups()) if match else ""


def is_session_of(session: str, role: str) -> bool:
    """Whether an assumed-role session is one of the role; its ARN does not show the role's path."""
    of_session, of_role = _SESSION.fullmatch(session), _ROLE.fullmatch(role)
    return bool(of_session and of_role and of_session.groups() == of_role.groups())


def candidates(entries: set[Principal], *, negated: bool) -> list[Principal]:
    """Principals of every class that the entries can tell apart.

    Each named one, another one of each account, and strangers.
    """
    principals = [entry for entry in sorted(entries) if entry[1] != "*" and not account_of_root(entry[1])]
    accounts = {account_of(text) for kind, text in entries if kind == "AWS"} - {""}
    principals += [("AWS", _user(account, "somebody")) for account in sorted(accounts)]
    principals += [
        ("AWS", _user(f"aws:{_stranger({account.partition(':')[2] for account in accounts})}", "stranger"))
    ]
    for kind, text in (("Service", "stranger.amazonaws.com"), ("Federated", "stranger.example.com")):
        if negated or EVERYBODY in entries or any(named == kind for named, _ in entries):
            principals.append((kind, text))
    return principals


def _user(account: str, name: str) -> str:
    partition, _, number = account.partition(":")
    return f"arn:{partition}:iam::{number}:user/{name}"


def _stranger(known: set[str]) -> str:
    """An account number that is none of the known ones."""
    return next(text for n in range(10**12 - 1, 0, -1) if (text := f"{n:012}") not in known)
