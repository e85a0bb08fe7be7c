"""The roles and users of the account that a trust policy names.

IAM refuses a policy that names one that isn't there.
"""

import re

from reconciler.core import facts
from reconciler.core.call import Answers, Call
from reconciler.facets.reads import role as role_reads
from reconciler.facets.reads import user as user_reads
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, as_list


def probes(trust: Document, account: str) -> tuple[Call, ...]:
    """The reads that tell whether the roles and users of this account that a trust policy names exist.

    IAM refuses a trust policy that names one that does not (contract §10).
    """
    return tuple(_probe(arn) for arn in principals_in_account(trust, account))


def _probe(arn: str) -> Call:
    parsed = arns.parse(arn)
    name = parsed.name if parsed else ""
    return user_reads.get(name) if ":user/" in arn else role_reads.get(name)


def probed(arn: str) -> tuple[str, str]:
    """The action that looks for it, and its ARN."""
    return ("iam:GetUser" if ":user/" in arn else "iam:GetRole"), arn


def missing(trust: Document, account: str, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
    """Those that a trust policy names, that do not exist under this ARN, and that no call will make."""
    absent = []
    for arn in principals_in_account(trust, account):
        probe = _probe(arn)
        if probe not in answers or facts.exists(arn) in promised:
            continue
        there = answers.get(probe) or {}
        if there.get("Role", there.get("User", {})).get("Arn") != arn:
            absent.append(arn)
    return tuple(absent)


def principals_in_account(trust: Document, account: str) -> tuple[str, ...]:
    """The ARNs of this account's roles and users that a trust policy names."""
    principals: set[str] = set()
    for part in trust.statements:
        principal = part.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for text in named if isinstance(named, list) else [named]:
            parsed = arns.parse(text) if isinstance(text, str) else None
            if parsed and parsed.account == account and parsed.kind in ("role", "user"):
                principals.add(text)
    return tuple(sorted(principals))


# The unique id that IAM shows in the place of a role's or user's ARN once that was deleted (contract §5).
_DELETED = re.compile(r"(?:AROA|AIDA)[A-Z0-9]{12,}")


def deleted_ids(trust: Document) -> frozenset[str]:
    """The ids of deleted roles and users that a trust policy names."""
    named = (statement.get(key) for statement in trust.statements for key in ("Principal", "NotPrincipal"))
    texts = (
        text
        for principal in named
        if isinstance(principal, dict)
        for text in as_list(principal.get("AWS", []))
    )
    return frozenset(text for text in texts if isinstance(text, str) and _DELETED.fullmatch(text))


def dead(trust: Document) -> tuple[str, ...]:
    """Why a trust policy that names them can't be written.

    IAM takes no such id as a principal (contract §10).
    """
    return tuple(
        f"the trust names {unique_id}, the id of a role or user that was deleted: IAM takes no such principal"
        for unique_id in sorted(deleted_ids(trust))
    )
