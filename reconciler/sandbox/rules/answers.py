"""What answers leave out, and how text comes back."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from moto.iam.models import AWSManagedPolicy

from reconciler.sandbox.aws_descriptions import description_of
from reconciler.sandbox.rule import Answer, ReceivedCall, after, bound_by

_OF_HELD_ROLES = ("Description", "MaxSessionDuration", "PermissionsBoundary", "RoleLastUsed", "Tags")


def _held_roles(*path: str) -> tuple[tuple[str, ...], ...]:
    """A role inside an instance profile is poorer than the role itself."""
    return tuple((*path, "Roles", member) for member in _OF_HELD_ROLES)


_LEFT_OUT: dict[str, tuple[tuple[str, ...], ...]] = {
    "CreatePolicy": (("Policy", "Description"),),
    "CreatePolicyVersion": (("PolicyVersion", "Document"),),
    "CreateRole": (("Role", "Description"), ("Role", "MaxSessionDuration"), ("Role", "RoleLastUsed")),
    "GetAccountAuthorizationDetails": (
        ("RoleDetailList", "Description"),
        ("RoleDetailList", "MaxSessionDuration"),
        ("Policies", "Description"),
        ("Policies", "Tags"),
        ("RoleDetailList", "InstanceProfileList", "Tags"),
        *_held_roles("RoleDetailList", "InstanceProfileList"),
    ),
    "GetInstanceProfile": _held_roles("InstanceProfile"),
    "ListInstanceProfiles": (("InstanceProfiles", "Tags"), *_held_roles("InstanceProfiles")),
    "ListInstanceProfilesForRole": (("InstanceProfiles", "Tags"), *_held_roles("InstanceProfiles")),
    "ListPolicies": (("Policies", "Description"), ("Policies", "Tags")),
    "ListPolicyVersions": (("Versions", "Document"),),
    "ListRoles": (("Roles", "Tags"), ("Roles", "PermissionsBoundary"), ("Roles", "RoleLastUsed")),
    "ListUsers": (("Users", "Tags"), ("Users", "PermissionsBoundary")),
    "UpdateRoleDescription": (("Role", "MaxSessionDuration"), ("Role", "RoleLastUsed"), ("Role", "Tags")),
}
# What is absent, and not an empty list or text, where there is none.
_IF_THERE = {
    "CreateInstanceProfile": (("InstanceProfile", "Tags"),),
    "CreatePolicy": (("Policy", "Tags"),),
    "CreateRole": (("Role", "Tags"),),
    "GetPolicy": (("Policy", "Description"),),
    "GetRole": (("Role", "Tags"), ("Role", "Description")),
    "GetAccountAuthorizationDetails": (("UserDetailList", "UserPolicyList"),),
    "ListRoles": (("Roles", "Description"),),
}


@after(*_LEFT_OUT)
def left_out(call: ReceivedCall, answer: Answer) -> None:
    """Creates and lists answer with less than Get does: no descriptions, tags, boundaries or documents.

    Source: contract §8 (LS:gaad, LS:roles, LS:policies; M ListRoles, ManagedPolicyDetail). MT: some of it is
    there.
    """
    for path in _LEFT_OUT[call.operation]:
        for holder in _holders(answer, path[:-1]):
            holder.pop(path[-1], None)


@after(*_IF_THERE)
def absent(call: ReceivedCall, answer: Answer) -> None:
    """What is empty is absent from some answers: tags of GetRole, a description of nothing.

    Source: contract §4, §8 (LS:roles, LS:gaad#no_filter, GH go-to-k/cdk-real-drift#40).
    """
    for path in _IF_THERE[call.operation]:
        for holder in _holders(answer, path[:-1]):
            if not holder.get(path[-1]):
                holder.pop(path[-1], None)


def _holders(value: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The members at a path, through lists."""
    if isinstance(value, list):
        for member in value:
            yield from _holders(member, path)
    elif isinstance(value, dict):
        if not path:
            yield value
        else:
            yield from _holders(value.get(path[0]), path[1:])


@after("CreateRole", "GetRole", "GetUser", "GetAccountAuthorizationDetails")
def boundary_type(_call: ReceivedCall, answer: Answer) -> None:
    """The type of a permissions boundary is "Policy", whatever the model says.

    Source: contract §4 (LS:roles#test_role_permissions_boundary_lifecycle against M). MT: as the model.
    """
    for path in (("Role",), ("User",), ("RoleDetailList",), ("UserDetailList",)):
        for holder in _holders(answer, (*path, "PermissionsBoundary")):
            holder["PermissionsBoundaryType"] = "Policy"


@after("GetPolicy")
def garbled(_call: ReceivedCall, answer: Answer) -> None:
    """A managed policy's description is taken with any letter, and comes back garbled outside Latin-1.

    Source: contract §12.10 (TF#41553; that it is "?" in the place of each letter is inferred). MT: as it was
    sent.
    """
    text = answer["Policy"].get("Description")
    if text:
        answer["Policy"]["Description"] = text.encode("latin-1", "replace").decode("latin-1")


@after("GetPolicy")
def of_aws(call: ReceivedCall, answer: Answer) -> None:
    """AWS's managed policies have a description; its text is AWS's where a source has it.

    Source: LS:managed_policies#test_get_aws_managed_policy. MT: has none.
    """
    if isinstance(call.iam.managed_policies[call.params["PolicyArn"]], AWSManagedPolicy):
        answer["Policy"]["Description"] = description_of(call.params["PolicyArn"])


@after("ListPolicyVersions", "GetAccountAuthorizationDetails")
def newest_first(call: ReceivedCall, answer: Answer) -> None:
    """Versions are listed newest first.

    Source: contract §3 (LS:policies, LS:managed_policies). MT: oldest first.
    """
    if call.operation == "ListPolicyVersions":
        answer["Versions"].reverse()
        return
    for policy in answer["Policies"]:
        policy["PolicyVersionList"].reverse()


@after("GetAccountAuthorizationDetails")
def users_tags(_call: ReceivedCall, answer: Answer) -> None:
    """A user's tags are an empty list there, and not absent.

    Source: contract §8 (LS:gaad#no_filter). MT: absent.
    """
    for user in answer["UserDetailList"]:
        user.setdefault("Tags", [])


@after("GetPolicy", "ListPolicies", "CreatePolicy", "GetAccountAuthorizationDetails")
def boundary_uses(call: ReceivedCall, answer: Answer) -> None:
    """A policy counts how often it is a permissions boundary, apart from its attachments.

    Source: contract §8 (LS:gaad). MT: leaves the count out, or says 0.
    """
    used = Counter(bound_by(entity) for entity in (*call.iam.roles.values(), *call.iam.users.values()))
    for path in (("Policy",), ("Policies",)):
        for policy in _holders(answer, path):
            policy["PermissionsBoundaryUsageCount"] = used[policy["Arn"]]


_WITH_ARNS = {
    "RoleName": ("roles", "RoleId"),
    "InstanceProfileName": ("instance_profiles", "InstanceProfileId"),
}


@after(
    "GetRole",
    "ListRoles",
    "GetInstanceProfile",
    "ListInstanceProfiles",
    "ListInstanceProfilesForRole",
    "GetAccountAuthorizationDetails",
)
def ids_as_arns(call: ReceivedCall, answer: Answer) -> None:
    """A new role or instance profile may show its unique id as its ARN for a while (on request: `id-as-arn`).

    Source: contract §13 (TF:role.go, wait.go waitRoleARNIsNotUniqueID), §5.
    """
    for entity in _entities(answer):
        for named, (kept, unique) in _WITH_ARNS.items():
            if (
                "Arn" in entity
                and unique in entity
                and call.world.lags.holds("id_as_arn", (kept, entity[named]))
            ):
                entity["Arn"] = entity[unique]


def _entities(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from _entities(member)
    elif isinstance(value, list):
        for member in value:
            yield from _entities(member)


RULES = (
    ids_as_arns,
    users_tags,
    left_out,
    absent,
    boundary_type,
    garbled,
    of_aws,
    newest_first,
    boundary_uses,
)
