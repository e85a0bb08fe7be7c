"""What is AWS's own: it can be used, and hardly changed."""

from typing import Any

from reconciler.policy.document import arns
from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, before, role_named

_ROLE_WRITES = (
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "DeleteRole",
    "UpdateRole",
    "UpdateRoleDescription",
    "UpdateAssumeRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
    "AddRoleToInstanceProfile",
    "RemoveRoleFromInstanceProfile",
)
_OUTSIDE = {
    "DeletePolicy": "Cannot delete policies outside your own account.",
    "DeletePolicyVersion": "Cannot delete policy versions for policies outside your own account.",
    "SetDefaultPolicyVersion": "Cannot update policies outside your own account.",
    "CreatePolicyVersion": "Cannot update policies outside your own account.",
    "TagPolicy": "Cannot update policies outside your own account.",
    "UntagPolicy": "Cannot update policies outside your own account.",
}


@before(*_ROLE_WRITES, codes=("UnmodifiableEntity",))
def roles(call: ReceivedCall) -> None:
    """Service-linked roles and Identity Center's roles can't be changed.

    A service-linked one's description and tags can.

    Source: contract §9 (GH rebuy-de/aws-nuke#331, #441, #1028, UG:troubleshoot_roles.md; M TagRole). MT: moto
    changes them.
    """
    role: Any = role_named(call.iam, call.params["RoleName"])
    if not role.path.startswith(arns.RESERVED_PATHS):
        return
    only_described = call.operation == "UpdateRoleDescription" or (
        call.operation == "UpdateRole" and "MaxSessionDuration" not in call.params
    )
    if only_described and role.path.startswith("/aws-service-role/"):
        return
    raise ApiRefusal(
        "UnmodifiableEntity",
        f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable"
        " by AWS",
    )


@before("CreateRole", codes=("InvalidInput",))
def paths(call: ReceivedCall) -> None:
    """The path of service-linked roles is not for others.

    Source: contract §1 (GH tilfin/aws-iam-policy-tool#9). MT: moto creates them.
    """
    if str(call.params.get("Path", "/")).startswith("/aws-service-role/"):
        raise ApiRefusal(
            "InvalidInput", "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
        )


@before(*_OUTSIDE, codes=("AccessDenied",))
def policies(call: ReceivedCall) -> None:
    """AWS's managed policies can't be changed; for tags and new versions the words are inferred.

    Source: contract §9, LS:managed_policies#test_aws_managed_policy_errors. MT: moto changes them.
    """
    parsed = arns.parse(call.params["PolicyArn"])
    if parsed is not None and parsed.is_aws_managed:
        raise ApiRefusal("AccessDenied", _OUTSIDE[call.operation])


@before("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy", codes=("PolicyNotAttachable",))
def service_role_policies(call: ReceivedCall) -> None:
    """Policies of service-linked roles can be attached to nothing else.

    Source: contract §9 (M AttachRolePolicy, UG:troubleshoot_policies.md). MT: moto attaches them.
    """
    parsed = arns.parse(call.params["PolicyArn"])
    if parsed is not None and parsed.is_aws_managed and parsed.path.startswith("/aws-service-role/"):
        raise ApiRefusal("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")


RULES = (roles, paths, policies, service_role_policies)
