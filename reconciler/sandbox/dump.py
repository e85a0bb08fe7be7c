"""The whole account as JSON, and back.

What GetAccountAuthorizationDetails answers, with what that leaves out.

A file that `aws iam get-account-authorization-details` wrote can be loaded; descriptions, session lengths,
tags of policies and instance profiles without a role are then those of an account that has none.
"""

from typing import Any

from moto.iam.models import (
    AccountPasswordPolicy,
    Group,
    InstanceProfile,
    ManagedPolicy,
    OpenIDConnectProvider,
    PolicyVersion,
    Role,
    SAMLProvider,
    User,
)

from reconciler.policy.document.document import compact, parse_json
from reconciler.sandbox.rules.base import ReceivedCall, bound_by, holders, own_policies, tags_of
from reconciler.sandbox.rules.identities import shown, stored
from reconciler.sandbox.world import World

Entry = dict[str, Any]


def dumped(iam: Any) -> Entry:
    """Users, groups, roles, policies and instance profiles of the account.

    AWS's own policies are left out.
    """
    call = ReceivedCall("Dump", {}, iam, World())
    return {
        "UserDetailList": [_user(user) for user in iam.users.values()],
        "GroupDetailList": [_holder(group, "Group") for group in iam.groups.values()],
        "RoleDetailList": [_role(call, role) for role in iam.roles.values()],
        "Policies": [_policy(policy) for policy in own_policies(iam)],
        "InstanceProfiles": [_profile(profile) for profile in iam.instance_profiles.values()],
        "OpenIDConnectProviders": [_provider(provider) for provider in iam.open_id_providers.values()],
        "SAMLProviders": [_saml_provider(provider) for provider in iam.saml_providers.values()],
        "AccountAliases": list(iam.account_aliases),
        "PasswordPolicy": _password_policy(iam.account_password_policy),
    }


def _saml_provider(provider: Any) -> Entry:
    return {
        "Name": provider.name,
        "SAMLProviderUUID": getattr(provider, "uuid", ""),
        "SAMLMetadataDocument": provider.saml_metadata_document,
        "Tags": tags_of(provider),
    }


# As moto's model names them.
_RULES = (
    "hard_expiry",
    "max_password_age",
    "minimum_password_length",
    "password_reuse_prevention",
    "require_lowercase_characters",
    "require_numbers",
    "require_symbols",
    "require_uppercase_characters",
)


def _password_policy(policy: Any) -> Entry | None:
    if policy is None:
        return None
    return {
        "allow_change_password": policy.allow_users_to_change_password,
        **{key: getattr(policy, key) for key in _RULES},
    }


def _provider(provider: Any) -> Entry:
    return {
        "Url": provider.url,
        "ClientIDList": list(provider.client_id_list),
        "ThumbprintList": list(provider.thumbprint_list),
        "Tags": tags_of(provider),
    }


def _holder(entity: Any, kind: str) -> Entry:
    return {
        "Path": entity.path,
        f"{kind}Name": entity.name,
        f"{kind}Id": entity.id,
        "Arn": entity.arn,
        f"{kind}PolicyList": [
            {"PolicyName": n, "PolicyDocument": parse_json(t)} for n, t in entity.policies.items()
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": p.name, "PolicyArn": p.arn} for p in entity.managed_policies.values()
        ],
    }


def _user(user: Any) -> Entry:
    found = {**_holder(user, "User"), "GroupList": user.group_list, "Tags": tags_of(user)}
    return {**found, **_boundary(bound_by(user))}


def _boundary(arn: str | None) -> Entry:
    shown = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"PermissionsBoundary": shown} if arn else {}


def _role(call: ReceivedCall, role: Any) -> Entry:
    trust = shown(call, role.assume_role_policy_document, turned=False, roots=False)
    found = {
        **_holder(role, "Role"),
        "AssumeRolePolicyDocument": parse_json(trust),
        "Description": role.description or "",
        "MaxSessionDuration": int(role.max_session_duration),
        "Tags": tags_of(role),
    }
    return {**found, **_boundary(role.permissions_boundary_arn)}


def _policy(policy: Any) -> Entry:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "Description": policy.description,
        "DefaultVersionId": policy.default_version_id,
        "sandbox:NextVersion": policy.next_version_num,
        "Tags": tags_of(policy),
        "PolicyVersionList": [
            {"VersionId": v.version_id, "IsDefaultVersion": v.is_default, "Document": parse_json(v.document)}
            for v in reversed(policy.versions)
        ],
    }


def _profile(profile: Any) -> Entry:
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Roles": [{"RoleName": role.name} for role in profile.roles],
        "Tags": tags_of(profile),
    }


def load(iam: Any, told: Entry) -> None:
    """Put what a dump holds into the account, past the rules: it was an account once.

    Raises:
        ValueError: with what is wrong with it, in words.
    """
    before = {name: dict(getattr(iam, name)) for name in _KEPT}
    try:
        _check_new(iam, told)
        _load(iam, told)
    except (KeyError, TypeError, AttributeError, IndexError, StopIteration, ValueError) as error:
        for name, kept in before.items():
            setattr(iam, name, kept)
        for policy in iam.aws_managed_policies:
            policy.attachment_count = sum(policy.arn in holder.managed_policies for holder in holders(iam))
        if isinstance(error, ValueError):
            raise
        raise ValueError(
            f"not the answer of get-account-authorization-details: {type(error).__name__} {error}"
        ) from None


_KEPT = (
    "managed_policies",
    "groups",
    "users",
    "roles",
    "instance_profiles",
    "open_id_providers",
    "saml_providers",
)


def _check_new(iam: Any, told: Entry) -> None:
    accounts = {role["Arn"].split(":")[4] for role in told.get("RoleDetailList", []) if "Arn" in role}
    if accounts - {iam.account_id}:
        raise ValueError(
            f"it is of account {', '.join(sorted(accounts))}, the sandbox plays {iam.account_id}: start it"
            " with --account"
        )
    for member, key, kept in (
        ("RoleDetailList", "RoleName", [role.name for role in iam.roles.values()]),
        ("UserDetailList", "UserName", iam.users),
        ("GroupDetailList", "GroupName", iam.groups),
        ("Policies", "Arn", [p.arn for p in own_policies(iam)]),
    ):
        twice = [entry[key] for entry in told.get(member, []) if entry.get(key) in kept]
        if twice:
            raise ValueError(f"{twice[0]} is there already")


def _load(iam: Any, told: Entry) -> None:
    for policy in told.get("Policies", []):
        _load_policy(iam, policy)
    for group in told.get("GroupDetailList", []):
        iam.groups[group["GroupName"]] = made = Group(
            iam.account_id, iam.region_name, group["GroupName"], group.get("Path", "/")
        )
        _load_holder(iam, made, group, "Group")
    for user in told.get("UserDetailList", []):
        _load_user(iam, user)
    for role in told.get("RoleDetailList", []):
        _load_role(iam, role)
    _load_profiles(iam, told)
    for provider in told.get("OpenIDConnectProviders", []):
        made = OpenIDConnectProvider(
            iam.account_id,
            iam.region_name,
            f"https://{provider['Url']}",
            provider.get("ThumbprintList", []),
            provider.get("ClientIDList", []),
            {tag["Key"]: tag for tag in provider.get("Tags", [])},
        )
        iam.open_id_providers[made.arn] = made
    _load_account(iam, told)


def _load_account(iam: Any, told: Entry) -> None:
    for provider in told.get("SAMLProviders", []):
        kept = SAMLProvider(
            iam.account_id, iam.region_name, provider["Name"], provider["SAMLMetadataDocument"]
        )
        kept.uuid, kept.tags = provider["SAMLProviderUUID"], {tag["Key"]: tag for tag in provider["Tags"]}
        iam.saml_providers[kept.name] = kept
    iam.account_aliases = list(told.get("AccountAliases", iam.account_aliases))
    if told.get("PasswordPolicy"):
        iam.account_password_policy = AccountPasswordPolicy(**told["PasswordPolicy"])


def _text(document: Any) -> str:
    return document if isinstance(document, str) else compact(document)


def _load_holder(iam: Any, made: Any, told: Entry, kind: str) -> None:
    made.id = told.get(f"{kind}Id", made.id)
    made.policies = {p["PolicyName"]: _text(p["PolicyDocument"]) for p in told.get(f"{kind}PolicyList", [])}
    for attached in told.get("AttachedManagedPolicies", []):
        policy = iam.managed_policies.get(attached["PolicyArn"])
        if policy is None:
            raise ValueError(f"{made.name} has {attached['PolicyArn']} attached, which is not in the dump")
        policy.attach_to(made)


def _load_policy(iam: Any, told: Entry) -> None:
    if ":iam::aws:" in told.get("Arn", ""):
        return
    policy = ManagedPolicy(
        told["PolicyName"],
        iam.account_id,
        iam.region_name,
        description=told.get("Description"),
        document="{}",
        path=told.get("Path"),
        tags={tag["Key"]: tag for tag in told.get("Tags", [])},
    )
    policy.id = told.get("PolicyId", policy.id)
    oldest_first = sorted(told["PolicyVersionList"], key=lambda version: _number(version["VersionId"]))
    policy.versions = [
        PolicyVersion(
            policy.arn, _text(v["Document"]), is_default=v["IsDefaultVersion"], version_id=v["VersionId"]
        )
        for v in oldest_first
    ]
    policy.default_version_id = next(v.version_id for v in policy.versions if v.is_default)
    policy.next_version_num = told.get("sandbox:NextVersion", _number(oldest_first[-1]["VersionId"]) + 1)
    iam.managed_policies[policy.arn] = policy


def _number(version: str) -> int:
    return int(version.removeprefix("v").partition(".")[0])


def _load_user(iam: Any, told: Entry) -> None:
    iam.users[told["UserName"]] = user = User(
        iam.account_id, iam.region_name, told["UserName"], told.get("Path")
    )
    user.permissions_boundary_arn = told.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    _load_holder(iam, user, told, "User")
    iam.tagger.tag_resource(user.arn, told.get("Tags", []))
    for name in told.get("GroupList", []):
        iam.groups[name].users.append(user)


def _load_role(iam: Any, told: Entry) -> None:
    boundary = told.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    role = Role(
        iam.account_id,
        iam.partition,
        told["RoleId"],
        told["RoleName"],
        _text(told["AssumeRolePolicyDocument"]),
        told.get("Path", "/"),
        boundary,
        told.get("Description") or "",
        list(told.get("Tags", [])),
        str(told.get("MaxSessionDuration", 3600)),
    )
    iam.roles[role.id] = role
    _load_holder(iam, role, told, "Role")


def _load_profiles(iam: Any, told: Entry) -> None:
    nested = [p for role in told.get("RoleDetailList", []) for p in role.get("InstanceProfileList", [])]
    named = {role.name: role for role in iam.roles.values()}
    for profile in (*nested, *told.get("InstanceProfiles", [])):
        name = profile["InstanceProfileName"]
        held = [named[role["RoleName"]] for role in profile.get("Roles", [])]
        made = InstanceProfile(
            iam.account_id,
            iam.region_name,
            profile.get("InstanceProfileId", f"AIPA{name.upper()}"),
            name,
            profile.get("Path", "/"),
            held,
            list(profile.get("Tags", [])),
        )
        iam.instance_profiles[name] = made
    # Trust policies keep ids, which are known only now that every role is there.
    call = ReceivedCall("Load", {}, iam, World())
    for role in iam.roles.values():
        role.assume_role_policy_document = stored(call, role.assume_role_policy_document)
