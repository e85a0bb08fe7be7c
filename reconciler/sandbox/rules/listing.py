"""Lists: how they are cut into pages, and what moto can't list."""

from typing import Any

from reconciler.sandbox.quotas import FIXED
from reconciler.sandbox.rule import (
    Answer,
    ApiRefusal,
    ReceivedCall,
    after,
    before,
    bound_by,
    instead,
    tags_of,
)
from reconciler.sandbox.world import Item

# What is cut into pages, by operation: the members of the answer whose entries count together (M:paginators).
PAGED: dict[str, tuple[str, ...]] = {
    "GetAccountAuthorizationDetails": ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"),
    "GetGroup": ("Users",),
    "ListAttachedGroupPolicies": ("AttachedPolicies",),
    "ListAttachedRolePolicies": ("AttachedPolicies",),
    "ListAttachedUserPolicies": ("AttachedPolicies",),
    "ListEntitiesForPolicy": ("PolicyGroups", "PolicyUsers", "PolicyRoles"),
    "ListGroupPolicies": ("PolicyNames",),
    "ListAccessKeys": ("AccessKeyMetadata",),
    "ListGroups": ("Groups",),
    "ListGroupsForUser": ("Groups",),
    "ListInstanceProfileTags": ("Tags",),
    "ListInstanceProfiles": ("InstanceProfiles",),
    "ListInstanceProfilesForRole": ("InstanceProfiles",),
    "ListMFADevices": ("MFADevices",),
    "ListPolicies": ("Policies",),
    "ListPolicyTags": ("Tags",),
    "ListPolicyVersions": ("Versions",),
    "ListRolePolicies": ("PolicyNames",),
    "ListRoleTags": ("Tags",),
    "ListRoles": ("Roles",),
    "ListSSHPublicKeys": ("SSHPublicKeys",),
    "ListServerCertificates": ("ServerCertificateMetadataList",),
    "ListServiceSpecificCredentials": ("ServiceSpecificCredentials",),
    "ListSigningCertificates": ("Certificates",),
    "ListUserPolicies": ("PolicyNames",),
    "ListUsers": ("Users",),
    "ListVirtualMFADevices": ("VirtualMFADevices",),
}
_EVERYTHING = 1_000_000
_MARK, _SIZE = "sandbox.marker", "sandbox.size"


@before(*PAGED)
def whole(call: ReceivedCall) -> None:
    """A page is asked for with MaxItems, 100 where it is not; every list call takes it.

    Source: contract §6 (M, M:paginators). MT: many list calls ignore it.
    """
    call.params[_MARK] = call.params.pop("Marker", None)
    call.params[_SIZE] = int(call.params.pop("MaxItems", 100))
    call.params["MaxItems"] = _EVERYTHING


@after(*PAGED)
def page(call: ReceivedCall, answer: Answer) -> None:
    """IsTruncated and Marker tell that there is more, and a page can be smaller than asked for (on request:
    `page-size`).

    Source: contract §6 (M ListRoles.MaxItems). MT: never smaller, and some never end.
    """  # noqa: D205 - a rule says it in one sentence
    keys, size = PAGED[call.operation], _size(call)
    items = [(key, member) for key in keys for member in answer.get(key) or []]
    token = f"{call.operation}-{call.world.begin_pages(items)}" if size < len(items) else ""
    answer.pop("Marker", None)
    answer |= _cut(call.operation, items, 0, size, token)


def continued(call: ReceivedCall) -> Answer | None:
    """A later page of what an earlier call found; None where this is the first.

    Raises:
        ApiRefusal: the marker is none of those given out, or was given out long ago.
    """
    marker = call.params.get(_MARK)
    if not marker:
        return None
    token, _, at = marker.partition(".")
    operation, _, number = token.partition("-")
    kept = call.world.pages(number) if operation == call.operation else None
    if kept is None or not (at.isdecimal() and int(at) < len(kept)):
        raise ApiRefusal("ValidationError", "Invalid Marker.")
    return _cut(call.operation, kept, int(at), _size(call), token)


def _size(call: ReceivedCall) -> int:
    asked = int(call.params[_SIZE])
    return min(asked, call.world.page_size) if call.world.page_size else asked


def _cut(operation: str, items: list[Item], start: int, size: int, token: str) -> Answer:
    end = start + size
    members: Answer = {
        key: [member for of, member in items[start:end] if of == key] for key in PAGED[operation]
    }
    if end < len(items):
        return {**members, "IsTruncated": True, "Marker": f"{token}.{end}"}
    return {**members, "IsTruncated": False}


@after("ListInstanceProfiles", "ListGroups")
def prefixes(call: ReceivedCall, answer: Answer) -> None:
    """`PathPrefix` holds for instance profiles and groups as for the others.

    Source: M ListInstanceProfiles (LS:instance_profiles#test_list_instance_profiles). MT: ignores it there.
    """
    prefix = call.params.get("PathPrefix", "/")
    for key in PAGED[call.operation]:
        answer[key] = [member for member in answer[key] if member["Path"].startswith(prefix)]


def narrowed(call: ReceivedCall, answer: Any) -> Any:
    """What moto answers without policies that nobody uses, where those are filtered out anyway.

    AWS's own are many.
    """
    if call.operation != "ListPolicies" or not call.params.get("PolicyUsageFilter"):
        return answer
    bounds = {bound_by(entity) for entity in (*call.iam.roles.values(), *call.iam.users.values())}
    return {**answer, "Policies": [p for p in answer["Policies"] if p.attachment_count or p.arn in bounds]}


@after("ListPolicies")
def usage(call: ReceivedCall, answer: Answer) -> None:
    """`PolicyUsageFilter` tells policies that are attached from those that are somebody's boundary.

    Source: M ListPolicies. MT: ignores it.
    """
    wanted = call.params.get("PolicyUsageFilter")
    counted = {"PermissionsPolicy": "AttachmentCount", "PermissionsBoundary": "PermissionsBoundaryUsageCount"}
    if wanted:
        answer["Policies"] = [policy for policy in answer["Policies"] if policy[counted[wanted]] > 0]


@instead("ListInstanceProfileTags")
def profile_tags(call: ReceivedCall) -> Answer:
    """The tags of an instance profile.

    Source: M ListInstanceProfileTags. MT: not implemented.
    """
    return {"Tags": tags_of(call.iam.instance_profiles[call.params["InstanceProfileName"]])}


@instead("ListEntitiesForPolicy")
def entities_for_policy(call: ReceivedCall) -> Answer:
    """Who a policy is attached to, and whose boundary it is; `PolicyUsageFilter` tells the two apart.

    Source: contract §7 (M ListEntitiesForPolicy, LS:policies). MT: knows no boundaries, filters only some.
    """
    arn, wanted = call.params["PolicyArn"], call.params.get("PolicyUsageFilter")
    prefix, only = call.params.get("PathPrefix", "/"), call.params.get("EntityFilter")

    def found(kept: Any, kind: str) -> list[dict[str, str]]:
        uses = [
            entity
            for entity in kept.values()
            if entity.path.startswith(prefix)
            and (
                (wanted != "PermissionsBoundary" and arn in entity.managed_policies)
                or (wanted != "PermissionsPolicy" and bound_by(entity) == arn)
            )
        ]
        return [
            {f"{kind}Name": entity.name, f"{kind}Id": entity.id} for entity in uses if only in (None, kind)
        ]

    iam = call.iam
    return {
        "PolicyGroups": found(iam.groups, "Group"),
        "PolicyUsers": found(iam.users, "User"),
        "PolicyRoles": found(iam.roles, "Role"),
    }


@instead("ListGroupsForUser")
def groups_of_user(call: ReceivedCall) -> Answer:
    """The groups of a user, also where the user itself is seen as it was a moment ago (on request:
    `stale-reads`).

    Source: M ListGroupsForUser. MT: a user seen late is in no group.
    """  # noqa: D205 - a rule says it in one sentence
    name = call.params["UserName"]
    groups = [g for g in call.iam.groups.values() if name in [user.name for user in g.users]]
    keys = {"Path": "path", "GroupName": "name", "GroupId": "id", "Arn": "arn", "CreateDate": "create_date"}
    return {"Groups": [{key: getattr(group, own) for key, own in keys.items()} for group in groups]}


@after("ListRoles", "ListInstanceProfiles", "GetAccountAuthorizationDetails")
def by_name(_call: ReceivedCall, answer: Answer) -> None:
    """Lists are sorted by name here; IAM promises no order, and moto's changes with its random ids.

    Source: M ListRoles says nothing of the order.
    """
    for key, name in (
        ("Roles", "RoleName"),
        ("InstanceProfiles", "InstanceProfileName"),
        ("RoleDetailList", "RoleName"),
        ("Policies", "PolicyName"),
    ):
        if key in answer:
            answer[key].sort(key=lambda member, of=name: member[of])


@after("ListPolicies")
def own_first(call: ReceivedCall, answer: Answer) -> None:
    """The account's own policies come on the first page, before AWS's hundreds; IAM promises no order.

    Source: LS:policies#test_policy_lifecycle (filtered-policy-list). MT: AWS's first.
    """
    own = f"::{call.account}:"
    answer["Policies"].sort(key=lambda policy: own not in policy["Arn"])


@after("GetAccountSummary")
def summary(call: ReceivedCall, answer: Answer) -> None:
    """The account's own quotas, raised ones as raised; and that its root has a password.

    Source: contract §2 (LS:account_summary).
    """
    numbers = answer["SummaryMap"]
    numbers |= {f"{kind}PolicySizeQuota": FIXED[f"{kind}PolicySize"] for kind in ("Role", "User", "Group")}
    numbers |= {
        f"AttachedPoliciesPer{kind}Quota": call.world.quotas[f"PoliciesPer{kind}"]
        for kind in ("Role", "User", "Group")
    }
    numbers |= {
        f"{kind}Quota": call.world.quotas[f"{kind}PerAccount"]
        for kind in ("Roles", "Policies", "InstanceProfiles", "Groups", "Users")
    }
    numbers["AccountPasswordPresent"] = 1
    numbers["AssumeRolePolicySizeQuota"] = call.world.quotas["ACLSizePerRole"]


FIRST = (whole,)
RULES = (prefixes, usage, profile_tags, entities_for_policy, groups_of_user, by_name, own_first, summary)
LAST = (page,)
