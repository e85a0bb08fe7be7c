"""Character sets and lengths: botocore checks minimum lengths only, moto nothing (contract §1, §11)."""

from typing import Any

from reconciler.policy import limits
from reconciler.sandbox.rules.base import Params, Refusal, Rule, rule

_SOURCE = (
    "contract §1 (botocore's IAM service model); MT: moto takes a 65-character role name and CJK descriptions"
)
# Operations, parameter, shape.
_FIELDS = (
    (("CreateRole",), "RoleName", "roleNameType"),
    (("CreateRole", "UpdateRole"), "Description", "roleDescriptionType"),
    (("CreateRole", "CreateInstanceProfile"), "Path", "pathType"),
    (("CreatePolicy",), "PolicyName", "policyNameType"),
    (("CreatePolicy",), "Path", "policyPathType"),
    (("CreatePolicy",), "Description", "policyDescriptionType"),
    (("PutRolePolicy",), "PolicyName", "policyNameType"),
    (("CreateInstanceProfile",), "InstanceProfileName", "instanceProfileNameType"),
    (
        ("CreatePolicy", "CreatePolicyVersion", "PutRolePolicy", "UpdateAssumeRolePolicy"),
        "PolicyDocument",
        "policyDocumentType",
    ),
    (("CreateRole",), "AssumeRolePolicyDocument", "policyDocumentType"),
)


def _field_rule(operations: tuple[str, ...], key: str, shape: str) -> Rule:
    """ValidationError names the parameter and its constraint."""
    member = key[0].lower() + key[1:]
    least, most = limits.bounds(shape)

    def check(_world: Any, params: Params) -> None:
        text = params.get(key)
        if not isinstance(text, str):
            return
        if not least <= len(text) <= most:
            raise Refusal("ValidationError", f"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {most}")  # fmt: skip
        if not limits.fits_pattern(shape, text):
            raise Refusal("ValidationError", f"The specified value for {member} is invalid.")

    return Rule(f"characters and length of {key} in {operations[0]}", frozenset(operations), check, _SOURCE)


@rule("session length", _SOURCE, "CreateRole", "UpdateRole")
def session_length(_world: Any, params: Params) -> None:
    """MaxSessionDuration is 3600 to 43200 seconds."""
    least, most = limits.bounds("roleMaxSessionDurationType")
    seconds = params.get("MaxSessionDuration")
    if seconds is not None and not least <= int(seconds) <= most:
        raise Refusal("ValidationError", "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint")  # fmt: skip


RULES = (*(_field_rule(*entry) for entry in _FIELDS), session_length)
