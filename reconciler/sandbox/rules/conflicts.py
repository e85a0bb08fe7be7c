"""What must be gone before something can be deleted, and what must be there before it can be used."""

from typing import Any

from reconciler.policy.document import arns
from reconciler.sandbox.rule import (
    ApiRefusal,
    ReceivedCall,
    before,
    bound_by,
    holders,
    service_credentials,
)


@before("DeletePolicy", codes=("DeleteConflict",))
def policies(call: ReceivedCall) -> None:
    """A policy stays while it is attached, is a boundary, or has other versions than the default.

    Source: contract §7 (M DeletePolicy, LS:policies, GH rebuy-de/aws-nuke#1, #294). MT: moto deletes it.
    """
    arn = call.params["PolicyArn"]
    if any(arn in holder.managed_policies for holder in holders(call.iam)) or any(
        bound_by(entity) == arn for entity in (*call.iam.roles.values(), *call.iam.users.values())
    ):
        raise ApiRefusal("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(call.iam.managed_policies[arn].versions) > 1:
        raise ApiRefusal(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's"
            " versions. The default version is deleted with the policy.",
        )


@before("DeleteUser", codes=("DeleteConflict",))
def users(call: ReceivedCall) -> None:
    """A user stays while policies, groups, keys of any sort, certificates, devices or a login profile are
    there.

    Source: contract §7 (M DeleteUser, LS:users, GH cloud-custodian#1663). MT: asks for policies only.
    """  # noqa: D205 - a rule says it in one sentence
    user = call.iam.users[call.params["UserName"]]
    _bare(user)
    held = (user.access_keys, user.mfa_devices, user.ssh_public_keys, service_credentials(user))
    if any(user in group.users for group in call.iam.groups.values()) or any(held):
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must remove referenced objects first.")
    if user.password is not None:
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must delete login profile first.")
    if user.signing_certificates:
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must delete certificates first.")


@before("DeleteGroup", codes=("DeleteConflict",))
def groups(call: ReceivedCall) -> None:
    """A group stays while members or policies are there.

    Source: contract §7 (GH go-to-k/delstack#40). MT: moto deletes it.
    """
    group = call.iam.groups[call.params["GroupName"]]
    if group.users:
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must remove users from group first.")
    _bare(group)


def _bare(holder: Any) -> None:
    if holder.managed_policies:
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    if holder.policies:
        raise ApiRefusal("DeleteConflict", "Cannot delete entity, must delete policies first.")


@before(
    "CreateRole",
    "PutRolePermissionsBoundary",
    "CreateUser",
    "PutUserPermissionsBoundary",
    codes=("InvalidInput", "NoSuchEntity"),
)
def boundaries(call: ReceivedCall) -> None:
    """A permissions boundary is the ARN of a policy that exists.

    Source: contract §2, §11 (LS:roles#test_role_permissions_boundary_errors). MT: any policy ARN will do.
    """
    arn = call.params.get("PermissionsBoundary")
    if arn is None:
        return
    parsed = arns.parse(arn)
    if parsed is None or parsed.kind != "policy":
        raise ApiRefusal("InvalidInput", f"ARN {arn} is not valid.")
    unseen = call.world.lags.holds("unseen", ("managed_policies", arn))
    if arn not in call.iam.managed_policies or unseen:
        raise ApiRefusal("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


RULES = (policies, users, groups, boundaries)
