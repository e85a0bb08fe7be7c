"""Names are unique in an account without regard to case and path."""

from collections.abc import Iterable

from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, before, own_policies


def _taken(name: str, others: Iterable[str]) -> bool:
    return name.lower() in {other.lower() for other in others}


@before("CreatePolicy", codes=("EntityAlreadyExists",))
def policies(call: ReceivedCall) -> None:
    """A policy's name is taken on every path and in every case.

    Source: contract §1 (UG:reference_iam-quotas.md, GH
    aws-cloudformation/cloudformation-coverage-roadmap#931). MT: per path.
    """
    if _taken(call.params["PolicyName"], [policy.name for policy in own_policies(call.iam)]):
        raise ApiRefusal(
            "EntityAlreadyExists",
            f"A policy called {call.params['PolicyName']} already exists. Duplicate names are not allowed.",
        )


@before("CreateRole", codes=("EntityAlreadyExists",))
def roles(call: ReceivedCall) -> None:
    """A role's name is taken in every case.

    Source: contract §1 (M CreateRoleRequest.RoleName, LS:roles#test_role_errors). MT: moto tells case apart.
    """
    if _taken(call.params["RoleName"], [role.name for role in call.iam.roles.values()]):
        raise ApiRefusal("EntityAlreadyExists", f"Role with name {call.params['RoleName']} already exists.")


@before("CreateInstanceProfile", codes=("EntityAlreadyExists",))
def profiles(call: ReceivedCall) -> None:
    """An instance profile's name is taken in every case.

    Source: contract §1 (M, LS:instance_profiles#test_instance_profile_errors). MT: moto tells case apart.
    """
    if _taken(call.params["InstanceProfileName"], call.iam.instance_profiles):
        raise ApiRefusal(
            "EntityAlreadyExists", f"Instance Profile {call.params['InstanceProfileName']} already exists."
        )


@before("UpdateUser", "UpdateGroup", codes=("EntityAlreadyExists",))
def renamed(call: ReceivedCall) -> None:
    """A new name is taken in every case, also by the entity itself in another.

    Source: contract §1, LS:groups#test_update_group_duplicate_name, GH noobaa/noobaa-core#9323. MT: replaces
    the other.
    """
    kind = call.operation.removeprefix("Update")
    new, old = call.params.get(f"New{kind}Name"), call.params[f"{kind}Name"]
    known = call.iam.users if kind == "User" else call.iam.groups
    if new not in (None, old) and _taken(new, known):
        raise ApiRefusal("EntityAlreadyExists", f"{kind} with name {new} already exists.")


@before("CreateUser", codes=("EntityAlreadyExists",))
def users(call: ReceivedCall) -> None:
    """A user's name is taken in every case.

    Source: contract §1 (UG:reference_iam-quotas.md, LS:users#test_user_errors). MT: moto tells case apart.
    """
    if _taken(call.params["UserName"], call.iam.users):
        raise ApiRefusal("EntityAlreadyExists", f"User with name {call.params['UserName']} already exists.")


@before("CreateGroup", codes=("EntityAlreadyExists",))
def groups(call: ReceivedCall) -> None:
    """A group's name is taken in every case.

    Source: contract §1 (UG:reference_iam-quotas.md, LS:groups#test_create_group). MT: moto tells case apart.
    """
    if _taken(call.params["GroupName"], call.iam.groups):
        raise ApiRefusal("EntityAlreadyExists", f"Group with name {call.params['GroupName']} already exists.")


RULES = (policies, roles, profiles, users, groups, renamed)
