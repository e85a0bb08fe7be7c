"""How updates and creates take effect where moto's differ."""

from reconciler.sandbox.rule import (
    Answer,
    ReceivedCall,
    after,
    before,
    bound_by,
    instead,
    role_named,
    tags_of,
)
from reconciler.sandbox.rules.entities import holder


@before("UpdateRole")
def update_role(call: ReceivedCall) -> None:
    """A member that is left out stays as it is, though the documentation says otherwise.

    Empty text is no description.

    Source: contract §3 (LS:roles#test_update_role, GH go-to-k/cdkd#1239). MT: moto resets.
    """
    role = role_named(call.iam, call.params["RoleName"])
    call.params["Description"] = call.params.get("Description", role.description) or None
    call.params.setdefault("MaxSessionDuration", int(role.max_session_duration))


@before("CreateRole")
def empty_description(call: ReceivedCall) -> None:
    """An empty description is none.

    Source: contract §4 (GH go-to-k/cdk-real-drift#40). MT: keeps it.
    """
    if call.params.get("Description") == "":
        del call.params["Description"]


@after("CreateInstanceProfile", "CreateUser", "CreateGroup")
def ids(call: ReceivedCall, answer: Answer) -> None:
    """Unique ids begin with what tells their kind: AIPA, AIDA, AGPA.

    Source: contract §4 (UG:reference_identifiers.md). MT: random lower case.
    """
    kind, prefix, kept = {
        "CreateInstanceProfile": ("InstanceProfile", "AIPA", call.iam.instance_profiles),
        "CreateUser": ("User", "AIDA", call.iam.users),
        "CreateGroup": ("Group", "AGPA", call.iam.groups),
    }[call.operation]
    entity = kept[call.params[f"{kind}Name"]]
    entity.id = prefix + entity.id.upper()[4:]
    answer[kind][f"{kind}Id"] = entity.id


@instead("UpdateRoleDescription")
def update_description(call: ReceivedCall) -> Answer:
    """Sets the description alone, and answers with the role.

    Source: M UpdateRoleDescription; empty text is no description, contract §4.
    """
    role = role_named(call.iam, call.params["RoleName"])
    role.description = call.params["Description"] or None
    return {"Role": role}


@instead("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy")
def attach(call: ReceivedCall) -> Answer:
    """Attaching what is attached changes nothing, the count of attachments included.

    Source: contract §6 (M, inf). MT: counts it twice, and looks through every policy there is.
    """
    held, policy = holder(call), call.iam.managed_policies[call.params["PolicyArn"]]
    if policy.arn not in held.managed_policies:
        policy.attach_to(held)
    return {}


@after("CreateAccessKey")
def keys(call: ReceivedCall, answer: Answer) -> None:
    """A key that was deleted is nobody's, and not the account's (seen with `--authorize`).

    Source: UG:id_credentials_access-keys.md. MT: knows no deleted keys.
    """
    call.world.keys.add(answer["AccessKey"]["AccessKeyId"])


@instead("UpdateGroup")
def update_group(call: ReceivedCall) -> Answer:
    """A group's path changes without its name, and its id stays.

    Source: contract §3 (LS:groups#test_update_group_path). MT: ignores a path alone.
    """
    group = call.iam.groups.pop(call.params["GroupName"])
    group.name = call.params.get("NewGroupName", group.name)
    group.path = call.params.get("NewPath", group.path)
    call.iam.groups[group.name] = group
    return {}


@instead("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary")
def user_boundary(call: ReceivedCall) -> Answer:
    """A user has a permissions boundary like a role.

    Source: M PutUserPermissionsBoundary. MT: not implemented.
    """
    call.iam.users[call.params["UserName"]].permissions_boundary_arn = call.params.get("PermissionsBoundary")
    return {}


@after("CreateUser")
def new_user_boundary(call: ReceivedCall, answer: Answer) -> None:
    """A user can be created within a permissions boundary.

    Source: M CreateUserRequest. MT: drops it.
    """
    arn = call.params.get("PermissionsBoundary")
    call.iam.users[call.params["UserName"]].permissions_boundary_arn = arn
    _show_boundary(answer["User"], arn)


def _show_boundary(user: Answer, arn: str | None) -> None:
    if arn:
        user["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


@after("GetUser", "GetAccountAuthorizationDetails")
def shown_user_boundary(call: ReceivedCall, answer: Answer) -> None:
    """A user's permissions boundary is shown.

    Source: M User, UserDetail. MT: knows none.
    """
    for user in [answer["User"]] if "User" in answer else answer["UserDetailList"]:
        _show_boundary(user, bound_by(call.iam.users.get(user.get("UserName"))))


@instead("RemoveUserFromGroup")
def remove_from_group(call: ReceivedCall) -> Answer:
    """Taking a user out of a group in which it is not changes nothing, and is no error.

    Source: LS:users#test_user_group_membership (remove-nonmember-user-from-group). MT: NoSuchEntity.
    """
    user, group = call.iam.users[call.params["UserName"]], call.iam.groups[call.params["GroupName"]]
    group.users = [member for member in group.users if member is not user]
    return {}


@instead("UpdateUser")
def update_user(call: ReceivedCall) -> Answer:
    """A user keeps its id, tags, keys and groups under another name or path.

    Source: contract §3 (UG:id_users_manage.md, LS:users#test_user_update). MT: loses the tags, and keys under
    another name.
    """
    user = call.iam.users.pop(call.params["UserName"])
    tags = tags_of(user)
    call.iam.tagger.delete_all_tags_for_resource(user.arn)
    user.name = call.params.get("NewUserName", user.name)
    user.path = call.params.get("NewPath", user.path)
    for key in user.access_keys:
        key.user_name = user.name
    call.iam.users[user.name] = user
    call.iam.tagger.tag_resource(user.arn, tags)
    return {}


RULES = (
    keys,
    update_group,
    user_boundary,
    new_user_boundary,
    shown_user_boundary,
    remove_from_group,
    update_user,
    update_role,
    empty_description,
    ids,
    update_description,
    attach,
)
