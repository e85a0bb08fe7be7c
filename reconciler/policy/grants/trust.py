"""The trust shorthand: who may assume a role, as statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.core.problems import Problems
from reconciler.policy.grants.conditions import ConditionTest, combined
from reconciler.policy.grants.grant import condition_block, one_or_list

COMPLETE_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".api.aws")
POD_IDENTITY = "pods.eks.amazonaws.com"
TAG_SESSION = "sts:TagSession"
# How each kind of principal comes in (IAM user guide, id_roles_create_for-*).
_ACTION = {
    "Service": "sts:AssumeRole",
    "AWS": "sts:AssumeRole",
    "OIDC": "sts:AssumeRoleWithWebIdentity",
    "SAML": "sts:AssumeRoleWithSAML",
}
# The audience that AWS's own tools ask an OIDC provider for (aws-actions/configure-aws-credentials, EKS).
_OIDC_AUDIENCES = {"aws-cn": "sts.amazonaws.com.cn"}
_OIDC_AUDIENCE_ELSEWHERE = "sts.amazonaws.com"
# Where a browser posts its assertion, which is the audience it is made for (IAM user guide,
# id_roles_create_for-idp_saml).
_SIGN_IN = {
    "aws-cn": "https://signin.amazonaws.cn/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
}
_SIGN_IN_ELSEWHERE = "https://signin.aws.amazon.com/saml"

Kind = Literal["Service", "AWS", "OIDC", "SAML"]


@dataclass(frozen=True, slots=True)
class Trust:
    """One item of `trust:`; the principals are complete."""

    kind: Kind
    principals: tuple[str, ...]
    tests: tuple[ConditionTest, ...] = ()
    tags_sessions: bool = False
    sid: str = ""


def service_principal(name: str) -> str:
    """`ec2` is `ec2.amazonaws.com`; a name that has a suffix of AWS's already is complete."""
    return name if name.endswith(COMPLETE_SUFFIXES) else f"{name}.amazonaws.com"


def sign_in_url(partition: str) -> str:
    """The audience of SAML assertions for the console of a partition."""
    return _SIGN_IN.get(partition, _SIGN_IN_ELSEWHERE)


def oidc_audience(partition: str) -> str:
    """The audience of a partition where a spec names none."""
    return _OIDC_AUDIENCES.get(partition, _OIDC_AUDIENCE_ELSEWHERE)


def statement(trust: Trust, problems: Problems) -> dict[str, Any]:
    """The statement of one trust item; tests that clash go to `problems`."""
    written: dict[str, Any] = {"Sid": trust.sid} if trust.sid else {}
    written["Effect"] = "Allow"
    written["Principal"] = {_element(trust.kind): one_or_list(trust.principals)}
    written["Action"] = one_or_list(_actions(trust))
    condition = combined(trust.tests, problems)
    if condition:
        written["Condition"] = condition_block(condition)
    return written


def _element(kind: Kind) -> str:
    return "Federated" if kind in ("OIDC", "SAML") else kind


def _actions(trust: Trust) -> Iterable[str]:
    yield _ACTION[trust.kind]
    # EKS Pod Identity sends session tags with every assume (EKS user guide, pod-id-role).
    if trust.tags_sessions or POD_IDENTITY in trust.principals:
        yield TAG_SESSION


NOBODY = "nobody"


def admits_nobody(account_root: str) -> dict[str, Any]:
    """A trust policy that IAM takes and that lets nobody in.

    It is for roles that must exist before their principals.
    """
    statement_ = {
        "Sid": NOBODY,
        "Effect": "Deny",
        "Principal": {"AWS": account_root},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement_]}
