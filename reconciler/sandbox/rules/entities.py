"""What a call names must exist, and IAM has its own words where it does not."""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import AWSManagedPolicy

from reconciler.policy.document import arns
from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, before, role_named

_CREATES = frozenset({"CreateRole", "CreateUser", "CreateGroup", "CreateInstanceProfile"})
_NOT_ATTACHABLE = frozenset(
    {
        "AttachRolePolicy",
        "AttachUserPolicy",
        "AttachGroupPolicy",
        "CreatePolicyVersion",
        "ListPolicyVersions",
        "ListEntitiesForPolicy",
    }
)
_OF_VERSIONS = ("GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion")


@before("*", codes=("NoSuchEntity",))
def named(call: ReceivedCall) -> None:
    """A profile, role, user or group that does not exist, or is not seen yet, is not found.

    Source: contract §2 (LS:roles, LS:instance_profiles, LS:users, LS:groups); MT: other texts ("Role X not
    found").
    """
    if call.operation in _CREATES:
        return
    unseen = call.world.lags.is_unseen(call.params)
    for key, text, exists in _named(call):
        if key == unseen or not exists:
            raise ApiRefusal("NoSuchEntity", text)


def _named(call: ReceivedCall) -> Iterator[tuple[str, str, bool]]:
    """Parameter, IAM's words, and whether it is there; in the order in which IAM looks."""
    params, iam = call.params, call.iam
    if "InstanceProfileName" in params:
        name = params["InstanceProfileName"]
        yield (
            "InstanceProfileName",
            f"Instance Profile {name} cannot be found.",
            name in iam.instance_profiles,
        )
    if "RoleName" in params:
        name = params["RoleName"]
        yield "RoleName", f"The role with name {name} cannot be found.", role_named(iam, name) is not None
    if "UserName" in params:
        name = params["UserName"]
        yield "UserName", f"The user with name {name} cannot be found.", name in iam.users
    if "GroupName" in params:
        name = params["GroupName"]
        yield "GroupName", f"The group with name {name} cannot be found.", name in iam.groups
    if "PolicyArn" in params:
        exists = params["PolicyArn"] in iam.managed_policies and arns.parse(params["PolicyArn"]) is not None
        yield "PolicyArn", _policy_text(call), exists or call.operation.startswith("Detach")


def _policy_text(call: ReceivedCall) -> str:
    arn = call.params["PolicyArn"]
    if call.operation in _OF_VERSIONS:
        return f"Policy {arn} version {call.params['VersionId']} does not exist or is not attachable."
    return (
        f"Policy {arn}"
        f" {'does not exist or is not attachable' if call.operation in _NOT_ATTACHABLE else 'was not found'}."
    )


@before("*", codes=("ValidationError",))
def policy_arns(call: ReceivedCall) -> None:
    """A policy is named by an ARN of IAM, and by nothing else.

    Source: contract §2, LS:roles#test_role_managed_policy_errors. MT: moto says NoSuchEntity.
    """
    arn = call.params.get("PolicyArn")
    if arn is not None and not arn.startswith("arn:"):
        raise ApiRefusal("ValidationError", f"ARN {arn} is not valid.")


@before(*_OF_VERSIONS, codes=("NoSuchEntity",))
def policy_versions(call: ReceivedCall) -> None:
    """A version that the policy does not have.

    Source: contract §2, LS:policies#test_policy_version_errors. MT: "Policy version not found".
    """
    policy = call.iam.managed_policies[call.params["PolicyArn"]]
    if call.operation != "GetPolicyVersion" and isinstance(policy, AWSManagedPolicy):
        return  # refused as AWS's own (`protected`), whatever the version
    if all(version.version_id != call.params["VersionId"] for version in policy.versions):
        raise ApiRefusal("NoSuchEntity", _policy_text(call))


@before("DetachRolePolicy", "DetachUserPolicy", "DetachGroupPolicy", codes=("NoSuchEntity",))
def attachments(call: ReceivedCall) -> None:
    """A policy that is not attached can't be detached.

    Source: contract §2, LS:roles#test_role_managed_policy_errors,
    LS:groups#test_detach_unattached_group_policy.
    """
    if call.params["PolicyArn"] not in holder(call).managed_policies:
        raise ApiRefusal("NoSuchEntity", f"Policy {call.params['PolicyArn']} was not found.")


@before(
    "GetRolePolicy",
    "DeleteRolePolicy",
    "GetUserPolicy",
    "DeleteUserPolicy",
    "GetGroupPolicy",
    "DeleteGroupPolicy",
    codes=("NoSuchEntity",),
)
def inline_policies(call: ReceivedCall) -> None:
    """An inline policy that the role, user or group does not have.

    Source: contract §2, LS:roles#test_role_inline_policy_errors, LS:groups#test_get_group_policy. MT: other
    texts.
    """
    kind = next(k for k in ("role", "user", "group") if f"{k.title()}Name" in call.params)
    if call.params["PolicyName"] not in holder(call).policies:
        raise ApiRefusal(
            "NoSuchEntity", f"The {kind} policy with name {call.params['PolicyName']} cannot be found."
        )


@before("RemoveRoleFromInstanceProfile", codes=("NoSuchEntity",))
def profile_roles(call: ReceivedCall) -> None:
    """A role that the profile does not hold can't be removed from it.

    Source: contract §2, LS:instance_profiles#test_role_instance_profile_operations_errors. MT: HTTP 500.
    """
    profile = call.iam.instance_profiles[call.params["InstanceProfileName"]]
    if all(role.name != call.params["RoleName"] for role in profile.roles):
        raise ApiRefusal(
            "NoSuchEntity",
            f"Role {call.params['RoleName']} in Instance Profile {profile.name} cannot be found.",
        )


@before("AddRoleToInstanceProfile", codes=("NoSuchEntity",))
def new_profiles(call: ReceivedCall) -> None:
    """A profile that was just created may not be usable yet, though it can be read (on request:
    `new-profile`).

    Source: contract §5 (TF:instance_profile.go, GH aws/aws-sdk-js-v3#5253).
    """  # noqa: D205 - a rule says it in one sentence
    name = call.params["InstanceProfileName"]
    if call.world.lags.holds("new_profile", ("instance_profiles", name)):
        raise ApiRefusal("NoSuchEntity", f"Instance Profile {name} cannot be found.")


def holder(call: ReceivedCall) -> Any:
    """The role, user or group that a call is about."""
    if "RoleName" in call.params:
        return role_named(call.iam, call.params["RoleName"])
    if "UserName" in call.params:
        return call.iam.users[call.params["UserName"]]
    return call.iam.groups[call.params["GroupName"]]


RULES = (policy_arns, named, policy_versions, attachments, inline_policies, profile_roles, new_profiles)
