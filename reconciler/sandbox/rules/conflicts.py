"""What must be gone before something can be deleted; what must exist before it can be used."""

from typing import Any

from reconciler.sandbox.rules.base import Params, Refusal, rule

_SOURCE = "contract §7 (M DeletePolicy, LS:policies); MT: moto deletes all the same"


@rule("attached policies can't be deleted", _SOURCE, "DeletePolicy")
def attached_policy(world: Any, params: Params) -> None:
    """DeleteConflict while attached, while a boundary, or while other versions are kept."""
    arn = params["PolicyArn"]
    policy = world.managed_policies.get(arn)
    if policy is None:
        return
    holders = [*world.roles.values(), *world.users.values(), *world.groups.values()]
    if any(arn in holder.managed_policies for holder in holders) or any(
        role.permissions_boundary_arn == arn for role in world.roles.values()
    ):
        raise Refusal("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise Refusal("DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")  # fmt: skip


@rule("a boundary must exist", "contract §11 (LS:roles#test_role_permissions_boundary_lifecycle)", "CreateRole", "PutRolePermissionsBoundary")  # fmt: skip
def boundary_exists(world: Any, params: Params) -> None:
    """NoSuchEntity."""
    arn = params.get("PermissionsBoundary")
    if arn and arn not in world.managed_policies:
        raise Refusal("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


RULES = (attached_policy, boundary_exists)
