"""Puts an account that was dumped as JSON into the sandbox.

A file that `aws iam get-account-authorization-details` wrote can be loaded as well. It has no descriptions,
session lengths, tags of policies, or instance profiles without a role: these are then empty.
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

from reconciler.policy.document.document import compact
from reconciler.sandbox.rule import ReceivedCall, holders, own_policies
from reconciler.sandbox.rules.identities import stored
from reconciler.sandbox.world import World

Entry = dict[str, Any]


def load(iam: Any, account: Entry) -> None:
    """Put what a dump holds into the account, past the rules: it was an account once.

    Raises:
        ValueError: with what is wrong with it, in words.
    """
    before = {name: dict(getattr(iam, name)) for name in _KEPT}
    try:
        _check_new(iam, account)
        _load(iam, account)
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


def _check_new(iam: Any, account: Entry) -> None:
    accounts = {role["Arn"].split(":")[4] for role in account.get("RoleDetailList", []) if "Arn" in role}
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
        twice = [entry[key] for entry in account.get(member, []) if entry.get(key) in kept]
        if twice:
            raise ValueError(f"{twice[0]} is there already")


def _load(iam: Any, account: Entry) -> None:
    for policy in account.get("Policies", []):
        _load_policy(iam, policy)
    for group in account.get("GroupDetailList", []):
        iam.groups[group["GroupName"]] = entity = Group(
            iam.account_id, iam.region_name, group["GroupName"], group.get("Path", "/")
        )
        _load_holder(iam, entity, group, "Group")
    for user in account.get("UserDetailList", []):
        _load_user(iam, user)
    for role in account.get("RoleDetailList", []):
        _load_role(iam, role)
    _load_profiles(iam, account)
    for provider in account.get("OpenIDConnectProviders", []):
        entity = OpenIDConnectProvider(
            iam.account_id,
            iam.region_name,
            f"https://{provider['Url']}",
            provider.get("ThumbprintList", []),
            provider.get("ClientIDList", []),
            {tag["Key"]: tag for tag in provider.get("Tags", [])},
        )
        iam.open_id_providers[entity.arn] = entity
    _load_account(iam, account)


def _load_account(iam: Any, account: Entry) -> None:
    for provider in account.get("SAMLProviders", []):
        kept = SAMLProvider(
            iam.account_id, iam.region_name, provider["Name"], provider["SAMLMetadataDocument"]
        )
        kept.uuid, kept.tags = provider["SAMLProviderUUID"], {tag["Key"]: tag for tag in provider["Tags"]}
        iam.saml_providers[kept.name] = kept
    iam.account_aliases = list(account.get("AccountAliases", iam.account_aliases))
    if account.get("PasswordPolicy"):
        iam.account_password_policy = AccountPasswordPolicy(**account["PasswordPolicy"])


def _text(document: Any) -> str:
    return document if isinstance(document, str) else compact(document)


def _load_holder(iam: Any, holder: Any, entry: Entry, kind: str) -> None:
    holder.id = entry.get(f"{kind}Id", holder.id)
    holder.policies = {
        p["PolicyName"]: _text(p["PolicyDocument"]) for p in entry.get(f"{kind}PolicyList", [])
    }
    for attached in entry.get("AttachedManagedPolicies", []):
        policy = iam.managed_policies.get(attached["PolicyArn"])
        if policy is None:
            raise ValueError(f"{holder.name} has {attached['PolicyArn']} attached, which is not in the dump")
        policy.attach_to(holder)


def _load_policy(iam: Any, entry: Entry) -> None:
    if ":iam::aws:" in entry.get("Arn", ""):
        return
    policy = ManagedPolicy(
        entry["PolicyName"],
        iam.account_id,
        iam.region_name,
        description=entry.get("Description"),
        document="{}",
        path=entry.get("Path"),
        tags={tag["Key"]: tag for tag in entry.get("Tags", [])},
    )
    policy.id = entry.get("PolicyId", policy.id)
    oldest_first = sorted(entry["PolicyVersionList"], key=lambda version: _number(version["VersionId"]))
    policy.versions = [
        PolicyVersion(
            policy.arn, _text(v["Document"]), is_default=v["IsDefaultVersion"], version_id=v["VersionId"]
        )
        for v in oldest_first
    ]
    policy.default_version_id = next(v.version_id for v in policy.versions if v.is_default)
    policy.next_version_num = entry.get("sandbox:NextVersion", _number(oldest_first[-1]["VersionId"]) + 1)
    iam.managed_policies[policy.arn] = policy


def _number(version: str) -> int:
    return int(version.removeprefix("v").partition(".")[0])


def _load_user(iam: Any, entry: Entry) -> None:
    iam.users[entry["UserName"]] = user = User(
        iam.account_id, iam.region_name, entry["UserName"], entry.get("Path")
    )
    user.permissions_boundary_arn = entry.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    _load_holder(iam, user, entry, "User")
    iam.tagger.tag_resource(user.arn, entry.get("Tags", []))
    for name in entry.get("GroupList", []):
        iam.groups[name].users.append(user)


def _load_role(iam: Any, entry: Entry) -> None:
    boundary = entry.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    role = Role(
        iam.account_id,
        iam.partition,
        entry["RoleId"],
        entry["RoleName"],
        _text(entry["AssumeRolePolicyDocument"]),
        entry.get("Path", "/"),
        boundary,
        entry.get("Description") or "",
        list(entry.get("Tags", [])),
        str(entry.get("MaxSessionDuration", 3600)),
    )
    iam.roles[role.id] = role
    _load_holder(iam, role, entry, "Role")


def _load_profiles(iam: Any, account: Entry) -> None:
    nested = [p for role in account.get("RoleDetailList", []) for p in role.get("InstanceProfileList", [])]
    named = {role.name: role for role in iam.roles.values()}
    for profile in (*nested, *account.get("InstanceProfiles", [])):
        name = profile["InstanceProfileName"]
        held = [named[role["RoleName"]] for role in profile.get("Roles", [])]
        instance_profile = InstanceProfile(
            iam.account_id,
            iam.region_name,
            profile.get("InstanceProfileId", f"AIPA{name.upper()}"),
            name,
            profile.get("Path", "/"),
            held,
            list(profile.get("Tags", [])),
        )
        iam.instance_profiles[name] = instance_profile
    # Trust policies keep ids, which are known only now that every role is there.
    call = ReceivedCall("Load", {}, iam, World())
    for role in iam.roles.values():
        role.assume_role_policy_document = stored(call, role.assume_role_policy_document)
