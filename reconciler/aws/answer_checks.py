"""What must be in an answer before the rest of the project sees it: nothing else looks for a missing member.

An answer is repaired where it tells the same elsewhere: a role shows its unique id in the place of its ARN
while IAM is still spreading it, and some servers leave out the name that the ARN ends with. One that lacks
what is needed can't be used, and "there is none" is never made of "not told". Account-wide answers may leave
out what the resource itself can be asked for (contract §8).
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from reconciler.core.answer_shape import ANY, DOCUMENT, TAGS, TEXT, Each, Member, Shape, resource
from reconciler.core.call import Call
from reconciler.kinds import KINDS
from reconciler.policy.document import arns

# The account and the partition that the answers are of.
Home = Callable[[], tuple[str, str]]


class Unusable(ValueError):
    """An answer lacks what is needed, or has it in no form that can be read."""


_BOUNDARY = Shape({"PermissionsBoundaryArn": TEXT})
_ATTACHED = Each(Shape({"PolicyArn": TEXT}))
_INLINE = Each(Shape({"PolicyName": TEXT, "PolicyDocument": DOCUMENT}))
_NAMED = {"Path": TEXT, "Arn": TEXT}
_MARKS: Final[Mapping[str, Member]] = {"Tags": TAGS, "PermissionsBoundary": _BOUNDARY}


_ROLE = resource("role", "RoleName", optional={"Description": TEXT, **_MARKS})
_WHOLE_ROLE = resource(
    "role",
    "RoleName",
    {"MaxSessionDuration": ANY, "AssumeRolePolicyDocument": DOCUMENT},
    optional={"Description": TEXT, **_MARKS},
)
_USER = resource("user", "UserName", optional=_MARKS)
_GROUP = resource("group", "GroupName")
_POLICY = resource("policy", "PolicyName", optional={"Description": TEXT, "Tags": TAGS})
_WHOLE_POLICY = resource(
    "policy", "PolicyName", {"DefaultVersionId": TEXT}, optional={"Description": TEXT, "Tags": TAGS}
)
# It shows few members of a role.
_ROLE_INSIDE = Shape({"RoleName": TEXT, **_NAMED}, resource=("role", "RoleName"))
_PROFILE = resource(
    "instance-profile", "InstanceProfileName", optional={"Tags": TAGS}, untold={"Roles": Each(_ROLE_INSIDE)}
)
_WHOLE_PROFILE = resource(
    "instance-profile", "InstanceProfileName", {"Roles": Each(_ROLE_INSIDE)}, optional={"Tags": TAGS}
)
_VERSION = Shape({"VersionId": TEXT})
_ALWAYS_TOLD = (
    "RequireSymbols",
    "RequireNumbers",
    "RequireUppercaseCharacters",
    "RequireLowercaseCharacters",
    "AllowUsersToChangePassword",
    "MinimumPasswordLength",
)
_NAMES = {noun: Each(Shape({f"{noun}Name": TEXT})) for noun in ("Role", "User", "Group")}

_GROUP_DETAIL = resource(
    "group", "GroupName", untold={"GroupPolicyList": _INLINE, "AttachedManagedPolicies": _ATTACHED}
)
_DETAILS: Final[Mapping[str, Member]] = {
    "RoleDetailList": Each(
        resource(
            "role",
            "RoleName",
            optional=_MARKS,
            untold={
                "AssumeRolePolicyDocument": DOCUMENT,
                "RolePolicyList": _INLINE,
                "AttachedManagedPolicies": _ATTACHED,
            },
        )
    ),
    # The list of a user's own policies is absent, and not empty, where there is none.
    "UserDetailList": Each(
        resource(
            "user",
            "UserName",
            optional={**_MARKS, "UserPolicyList": _INLINE},
            untold={"AttachedManagedPolicies": _ATTACHED, "GroupList": Each(TEXT)},
        )
    ),
    "GroupDetailList": Each(_GROUP_DETAIL),
    "Policies": Each(
        resource(
            "policy",
            "PolicyName",
            optional={"Description": TEXT},
            untold={
                "DefaultVersionId": TEXT,
                "PolicyVersionList": Each(Shape({**_VERSION.needed, "Document": DOCUMENT})),
            },
        )
    ),
}
_OF_FILTER = {
    "Role": "RoleDetailList",
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "LocalManagedPolicy": "Policies",
}

_SHAPES: Final[Mapping[str, Shape]] = {
    "GetCallerIdentity": Shape({"Account": TEXT, "Arn": TEXT}),
    "GetAccountSummary": Shape({"SummaryMap": Shape()}),
    "GetRole": Shape({"Role": _WHOLE_ROLE}),
    "GetUser": Shape({"User": _USER}),
    "GetGroup": Shape({"Group": _GROUP, "Users": Each(Shape({"UserName": TEXT}))}),
    "GetPolicy": Shape({"Policy": _WHOLE_POLICY}),
    "GetPolicyVersion": Shape({"PolicyVersion": Shape({"Document": DOCUMENT})}),
    "GetInstanceProfile": Shape({"InstanceProfile": _WHOLE_PROFILE}),
    "GetLoginProfile": Shape({"LoginProfile": Shape()}),
    # Numbers that are off are left out of it (contract §10).
    "GetAccountPasswordPolicy": Shape({"PasswordPolicy": Shape(dict.fromkeys(_ALWAYS_TOLD, ANY))}),
    "ListAccountAliases": Shape({"AccountAliases": Each(TEXT)}),
    "ListRoles": Shape({"Roles": Each(_ROLE)}),
    "ListUsers": Shape({"Users": Each(_USER)}),
    "ListGroups": Shape({"Groups": Each(_GROUP)}),
    "ListGroupsForUser": Shape({"Groups": Each(Shape({"GroupName": TEXT}))}),
    "ListPolicies": Shape({"Policies": Each(_POLICY)}),
    "ListPolicyVersions": Shape({"Versions": Each(_VERSION)}),
    "ListInstanceProfiles": Shape({"InstanceProfiles": Each(_PROFILE)}),
    "ListInstanceProfilesForRole": Shape({"InstanceProfiles": Each(_PROFILE)}),
    "ListEntitiesForPolicy": Shape({f"Policy{noun}s": kind for noun, kind in _NAMES.items()}),
    "GetResources": Shape({"ResourceTagMappingList": Each(Shape({"ResourceARN": TEXT, "Tags": TAGS}))}),
    "ListAccessKeys": Shape({"AccessKeyMetadata": Each(Shape({"AccessKeyId": TEXT, "Status": TEXT}))}),
    "ListMFADevices": Shape({"MFADevices": Each(Shape({"SerialNumber": TEXT}))}),
    "ListSigningCertificates": Shape({"Certificates": Each(Shape({"CertificateId": TEXT, "Status": TEXT}))}),
    "ListSSHPublicKeys": Shape({"SSHPublicKeys": Each(Shape({"SSHPublicKeyId": TEXT, "Status": TEXT}))}),
    "ListServiceSpecificCredentials": Shape(
        {"ServiceSpecificCredentials": Each(Shape({"ServiceName": TEXT, "Status": TEXT}))}
    ),
    **{f"ListAttached{noun}Policies": Shape({"AttachedPolicies": _ATTACHED}) for noun in _NAMES},
    **{f"List{noun}Policies": Shape({"PolicyNames": Each(TEXT)}) for noun in _NAMES},
    **{f"Get{noun}Policy": Shape({"PolicyDocument": DOCUMENT}) for noun in _NAMES},
}


def usable(call: Call, answer: Mapping[str, Any], home: Home) -> Mapping[str, Any]:
    """The answer with all that is needed of it; `home` is asked only where an ARN is missing.

    Raises:
        Unusable: it lacks something.
    """
    shape = _SHAPES.get(call.operation) or _of_kind(call.operation)
    if call.operation == "GetAccountAuthorizationDetails":
        shape = Shape({key: _DETAILS[key] for key in (_OF_FILTER[f] for f in call.params["Filter"])})
    return answer if shape is None else _object(answer, shape, home, "the answer")


@cache
def _of_kind(operation: str) -> Shape | None:
    """What the kind that sends it uses of it. Others are not loaded for it."""
    shapes = (kind.ANSWER_SHAPES[operation] for kind in KINDS if operation in kind.ANSWER_SHAPES)
    return next(shapes, None)


def _checked(value: Any, kind: Member, home: Home, where: str) -> Any:
    if isinstance(kind, Each):
        if not isinstance(value, list):
            raise Unusable(f"{where} is no list")
        return [_checked(member, kind.of, home, where) for member in value]
    if isinstance(kind, Shape):
        return _object(value, kind, home, where)
    if kind == TEXT and not isinstance(value, str):
        raise Unusable(f"{where} is no text")
    if kind == DOCUMENT and not isinstance(value, Mapping):
        # What botocore can't decode stays the text that it was.
        raise Unusable(f"{where} is no JSON object, as a policy document is")
    return value


def _object(value: Any, shape: Shape, home: Home, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unusable(f"{where} is no object")
    members = dict(value)
    if shape.resource[0]:
        _repair(members, *shape.resource, home)
    for key, kind in shape.needed.items():
        if key not in members:
            raise Unusable(f"{where} has no {key}")
        members[key] = _checked(members[key], kind, home, key)
    for key, kind in shape.optional.items():
        if key in members:
            members[key] = _checked(members[key], kind, home, key)
    for key, kind in shape.untold.items():
        if key not in members:
            continue
        try:
            members[key] = _checked(members[key], kind, home, key)
        except Unusable:
            del members[key]
    return members


def _repair(members: dict[str, Any], word: str, name: str, home: Home) -> None:
    """Name, path and ARN tell one another."""
    parsed = arns.parse(str(members.get("Arn", "")))
    if parsed is not None:
        members.setdefault(name, parsed.name)
        members.setdefault("Path", parsed.path)
    elif isinstance(members.get(name), str) and isinstance(members.get("Path"), str):
        account, partition = home()
        members["Arn"] = arns.build(partition, account, word, members["Path"], members[name])
