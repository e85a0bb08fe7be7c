"""The roles of the account that a trust policy names: IAM refuses a policy that names one that isn't there."""

from reconciler.core import facts
from reconciler.core.call import Answers, Call, read
from reconciler.policy import arns
from reconciler.policy.document import Document


def probes(trust: Document, account: str) -> tuple[Call, ...]:
    """The reads that tell whether the roles of this account that a trust policy names exist.

    IAM refuses a trust policy that names a role that does not (contract §10).
    """
    found = (arns.parse(arn) for arn in principals_in_account(trust, account))
    return tuple(read("GetRole", RoleName=role.name) for role in found if role and role.kind == "role")


def missing_roles(
    trust: Document, account: str, answers: Answers, promised: frozenset[str]
) -> tuple[str, ...]:
    """The roles that a trust policy names, that do not exist under this ARN, and that no call will make."""
    missing = []
    for arn in principals_in_account(trust, account):
        parsed = arns.parse(arn)
        probe = read("GetRole", RoleName=parsed.name) if parsed and parsed.kind == "role" else None
        if probe is None or probe not in answers or facts.exists(arn) in promised:
            continue
        found = answers.get(probe)
        if found is None or found["Role"]["Arn"] != arn:
            missing.append(arn)
    return tuple(missing)


def principals_in_account(trust: Document, account: str) -> tuple[str, ...]:
    """The ARNs of this account's roles and users that a trust policy names."""
    found: set[str] = set()
    for part in trust.statements:
        principal = part.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for text in named if isinstance(named, list) else [named]:
            parsed = arns.parse(text) if isinstance(text, str) else None
            if parsed and parsed.account == account and parsed.kind in ("role", "user"):
                found.add(text)
    return tuple(sorted(found))
