"""Sizes and numbers: LimitExceeded, HTTP 409 (contract §2)."""

from typing import Any

from reconciler.policy import limits
from reconciler.sandbox.rules.base import Params, Refusal, role_named, rule

_SOURCE = "contract §2 (LS:account_summary, TF#49365, kubeflow#6687, eks-hybrid#741); MT: moto enforces none"


def _size(text: str) -> int:
    """Characters without white space, as IAM counts."""
    return sum(1 for c in text if not c.isspace())


@rule("managed policy size", _SOURCE, "CreatePolicy", "CreatePolicyVersion")
def policy_size(_world: Any, params: Params) -> None:
    """6144 characters, fixed."""
    if _size(params["PolicyDocument"]) > limits.MANAGED_POLICY_SIZE:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for PolicySize: {limits.MANAGED_POLICY_SIZE}")


@rule("trust policy size", _SOURCE, "CreateRole", "UpdateAssumeRolePolicy")
def trust_size(_world: Any, params: Params) -> None:
    """2048 characters unless raised."""
    text = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or ""
    if _size(text) > limits.TRUST_SIZE:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {limits.TRUST_SIZE}")


@rule("inline policies of a role", _SOURCE, "PutRolePolicy")
def inline_size(world: Any, params: Params) -> None:
    """10240 characters in all, fixed."""
    role = role_named(world, params["RoleName"])
    others = [text for name, text in role.policies.items() if name != params["PolicyName"]] if role else []
    if sum(map(_size, [*others, params["PolicyDocument"]])) > limits.INLINE_TOTAL_PER_ROLE:
        raise Refusal("LimitExceeded", f"Maximum policy size of {limits.INLINE_TOTAL_PER_ROLE} bytes exceeded for role {params['RoleName']}")  # fmt: skip


@rule("attachments of a role", _SOURCE, "AttachRolePolicy")
def attachments(world: Any, params: Params) -> None:
    """Ten unless raised; attaching once more what is attached counts for nothing."""
    role = role_named(world, params["RoleName"])
    if role is None or params["PolicyArn"] in role.managed_policies:
        return
    if len(role.managed_policies) >= limits.POLICIES_PER_ROLE:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {limits.POLICIES_PER_ROLE}")


@rule("versions of a policy", "contract §2 (LS:policies#test_policy_version_limit)", "CreatePolicyVersion")
def versions(world: Any, params: Params) -> None:
    """Five, fixed."""
    policy = world.managed_policies.get(params["PolicyArn"])
    if policy is not None and len(policy.versions) >= limits.VERSIONS_PER_POLICY:
        raise Refusal("LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")  # fmt: skip


@rule("one role a profile", "contract §2 (LS:instance_profiles)", "AddRoleToInstanceProfile")
def profile_roles(world: Any, params: Params) -> None:
    """One, fixed, whichever role it is."""
    profile = world.instance_profiles.get(params["InstanceProfileName"])
    if profile is not None and profile.roles:
        raise Refusal("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")


RULES = (policy_size, trust_size, inline_size, attachments, versions, profile_roles)
