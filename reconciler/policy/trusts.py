"""The trust shorthand: who may assume a role, as statements."""

from dataclasses import dataclass, field
from typing import Any

from reconciler.policy.grants import condition_block, one_or_list

COMPLETE_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".api.aws")
POD_IDENTITY = "pods.eks.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Trust:
    """One item of `trust:`. `kind` is "Service" or "AWS"; the principals are complete."""

    kind: str
    principals: tuple[str, ...]
    condition: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    sid: str = ""


def service_principal(name: str) -> str:
    """`ec2` is `ec2.amazonaws.com`; a name that has a suffix of AWS's already is complete."""
    return name if name.endswith(COMPLETE_SUFFIXES) else f"{name}.amazonaws.com"


def statement(trust: Trust) -> dict[str, Any]:
    """The statement of one trust item."""
    made: dict[str, Any] = {"Sid": trust.sid} if trust.sid else {}
    made["Effect"] = "Allow"
    made["Principal"] = {trust.kind: one_or_list(trust.principals)}
    # EKS Pod Identity sends session tags with every assume (EKS user guide, pod-id-role).
    made["Action"] = (
        ["sts:AssumeRole", "sts:TagSession"] if POD_IDENTITY in trust.principals else "sts:AssumeRole"
    )
    if trust.condition:
        made["Condition"] = condition_block(trust.condition)
    return made


NOBODY = "nobody"


def admits_nobody(account_root: str) -> dict[str, Any]:
    """A trust policy that IAM takes and that lets nobody in: for roles that must exist before their principals."""
    statement_ = {
        "Sid": NOBODY,
        "Effect": "Deny",
        "Principal": {"AWS": account_root},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement_]}
