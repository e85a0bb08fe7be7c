"""Names are unique in an account without regard to case and path; some paths are AWS's own."""

from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.rules.base import Params, Refusal, rule

_SOURCE = "contract §1 (M CreateRoleRequest.RoleName, GH cloudformation-coverage-roadmap#931); MT: moto tells case and path apart"  # fmt: skip


def _taken(name: str, others: Iterable[str]) -> bool:
    return name.lower() in {other.lower() for other in others}


@rule("policy names are unique without case and path", _SOURCE, "CreatePolicy")
def policies(world: Any, params: Params) -> None:
    """EntityAlreadyExists, on whatever path the other one is."""
    own = [policy.name for arn, policy in world.managed_policies.items() if ":aws:policy/" not in arn]
    if _taken(params["PolicyName"], own):
        raise Refusal("EntityAlreadyExists", f"A policy called {params['PolicyName']} already exists. Duplicate names are not allowed.")  # fmt: skip


@rule("role names are unique without case", _SOURCE, "CreateRole")
def roles(world: Any, params: Params) -> None:
    """EntityAlreadyExists."""
    if _taken(params["RoleName"], [role.name for role in world.roles.values()]):
        raise Refusal("EntityAlreadyExists", f"Role with name {params['RoleName']} already exists.")


@rule("instance profile names are unique without case", _SOURCE, "CreateInstanceProfile")
def profiles(world: Any, params: Params) -> None:
    """EntityAlreadyExists."""
    if _taken(params["InstanceProfileName"], world.instance_profiles):
        raise Refusal(
            "EntityAlreadyExists", f"Instance Profile {params['InstanceProfileName']} already exists."
        )


@rule("service-linked paths are AWS's own", "contract §1 (GH tilfin/aws-iam-policy-tool#9)", "CreateRole")
def reserved_paths(_world: Any, params: Params) -> None:
    """InvalidInput."""
    if str(params.get("Path", "/")).startswith("/aws-service-role/"):
        raise Refusal(
            "InvalidInput", "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
        )


RULES = (policies, roles, profiles, reserved_paths)
