"""Sizes and numbers: LimitExceeded, HTTP 409. The adjustable ones are raised by `--quota NAME=N`."""

from typing import Any

from reconciler.sandbox.rule import (
    ApiRefusal,
    ReceivedCall,
    before,
    folds_tag_keys,
    own_policies,
    tags_of,
)
from reconciler.sandbox.rules.entities import holder


def _size(text: str) -> int:
    """Characters without white space, as IAM counts."""
    return sum(1 for c in text if not c.isspace())


def _exceeded(call: ReceivedCall, quota: str) -> ApiRefusal:
    return ApiRefusal("LimitExceeded", f"Cannot exceed quota for {quota}: {call.world.quotas[quota]}")


@before("CreatePolicy", "CreatePolicyVersion", codes=("LimitExceeded",))
def policy_size(call: ReceivedCall) -> None:
    """A managed policy has at most 6144 characters beside white space; fixed.

    Source: contract §2 (LS:account_summary, TF#49365). MT: no limit.
    """
    if _size(call.params["PolicyDocument"]) > call.world.quotas["PolicySize"]:
        raise _exceeded(call, "PolicySize")


@before("CreateRole", "UpdateAssumeRolePolicy", codes=("LimitExceeded",))
def trust_size(call: ReceivedCall) -> None:
    """A trust policy has at most 2048 characters beside white space; adjustable (ACLSizePerRole).

    Source: contract §2 (GH kubeflow/kubeflow#6687, pytorch/test-infra#5825). MT: no limit.
    """
    text = call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument") or ""
    if _size(text) > call.world.quotas["ACLSizePerRole"]:
        raise _exceeded(call, "ACLSizePerRole")


@before("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy", codes=("LimitExceeded",))
def inline_size(call: ReceivedCall) -> None:
    """The inline policies of a role, group or user have at most 10240, 5120 or 2048 characters together.

    Fixed.

    Source: contract §2 (GH ExpediaGroup/apiary-data-lake#173, HumanCellAtlas/data-store#1963,
    danvk/mapsnap#483). MT: no limit.
    """
    kind = next(k for k in ("Role", "User", "Group") if f"{k}Name" in call.params)
    others = [text for name, text in holder(call).policies.items() if name != call.params["PolicyName"]]
    most = call.world.quotas[f"{kind}PolicySize"]
    if sum(map(_size, [*others, call.params["PolicyDocument"]])) > most:
        raise ApiRefusal(
            "LimitExceeded",
            f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {call.params[f'{kind}Name']}",
        )


@before("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy", codes=("LimitExceeded",))
def attachments(call: ReceivedCall) -> None:
    """Ten managed policies on a role, user or group; adjustable for roles and users.

    The same again counts once.

    Source: contract §2 (GH aws/eks-hybrid#741, aws/aws-cdk#13515). MT: no limit.
    """
    kind = next(k for k in ("Role", "User", "Group") if f"{k}Name" in call.params)
    attached = holder(call).managed_policies
    if call.params["PolicyArn"] not in attached and len(attached) >= call.world.quotas[f"PoliciesPer{kind}"]:
        raise _exceeded(call, f"PoliciesPer{kind}")


@before("CreatePolicyVersion", codes=("LimitExceeded",))
def versions(call: ReceivedCall) -> None:
    """A managed policy keeps five versions; fixed.

    Source: contract §2 (LS:policies#test_policy_version_limit).
    """
    if (
        len(call.iam.managed_policies[call.params["PolicyArn"]].versions)
        >= call.world.quotas["VersionsPerPolicy"]
    ):
        raise ApiRefusal(
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an"
            " existing version.",
        )


_COUNTED = {
    "CreateRole": ("RolesPerAccount", "roles"),
    "CreateInstanceProfile": ("InstanceProfilesPerAccount", "instance_profiles"),
    "CreateUser": ("UsersPerAccount", "users"),
    "CreateGroup": ("GroupsPerAccount", "groups"),
    "CreatePolicy": ("PoliciesPerAccount", "managed_policies"),
}


@before(*_COUNTED, codes=("LimitExceeded",))
def per_account(call: ReceivedCall) -> None:
    """Roles, policies, profiles, groups and users per account; adjustable but for users.

    Source: contract §2 (UG, LS:account_summary). MT: no limit.
    """
    quota, kept = _COUNTED[call.operation]
    present = own_policies(call.iam) if kept == "managed_policies" else getattr(call.iam, kept)
    if len(present) >= call.world.quotas[quota]:
        raise _exceeded(call, quota)


@before("AddUserToGroup", codes=("LimitExceeded",))
def groups(call: ReceivedCall) -> None:
    """A user is in ten groups; fixed. The words are inferred.

    Source: contract §2 (UG). MT: no limit.
    """
    user = call.iam.users[call.params["UserName"]]
    others = [g for g in call.iam.groups.values() if user in g.users and g.name != call.params["GroupName"]]
    if len(others) >= call.world.quotas["GroupsPerUser"]:
        raise _exceeded(call, "GroupsPerUser")


@before(
    "TagRole",
    "TagPolicy",
    "TagInstanceProfile",
    "TagUser",
    "TagOpenIDConnectProvider",
    "TagSAMLProvider",
    codes=("LimitExceeded",),
)
def tags(call: ReceivedCall) -> None:
    """Fifty tags on a resource, over all calls together; fixed.

    Source: contract §1 (LS:oidc#test_open_id_connect_provider_tags_limit). MT: no limit over several calls.
    """
    fold = str.lower if folds_tag_keys(call.params) else str
    keys = {fold(tag["Key"]) for tag in (*tags_of(_tagged(call)), *call.params["Tags"])}
    if len(keys) > call.world.quotas["TagsPerResource"]:
        raise ApiRefusal("LimitExceeded", "The number of tags has reached the maximum limit.")


def _tagged(call: ReceivedCall) -> Any:
    if "PolicyArn" in call.params:
        return call.iam.managed_policies[call.params["PolicyArn"]]
    if "InstanceProfileName" in call.params:
        return call.iam.instance_profiles[call.params["InstanceProfileName"]]
    if "OpenIDConnectProviderArn" in call.params:
        return call.iam.open_id_providers[call.params["OpenIDConnectProviderArn"]]
    if "SAMLProviderArn" in call.params:
        return call.iam.saml_providers[call.params["SAMLProviderArn"].rpartition("/")[2]]
    return holder(call)


RULES: tuple[Any, ...] = (
    policy_size,
    trust_size,
    inline_size,
    attachments,
    versions,
    per_account,
    groups,
    tags,
)
