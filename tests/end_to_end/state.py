"""Everything of an account that this project manages, for comparing end states."""

import json
from collections.abc import Iterable
from typing import Any

from botocore import xform_name
from mypy_boto3_iam import IAMClient
from mypy_boto3_iam.type_defs import GroupTypeDef, TagTypeDef

from reconciler.core.kind import AnyKind
from reconciler.kinds import KINDS
from tests.conftest import Server, parsed


def state_of(server: Server) -> dict[str, Any]:
    """All that the account has, without ids, times and version numbers."""
    iam = server.iam()
    return {
        "policies": _policies(iam),
        "roles": {role["RoleName"]: _role(iam, role["RoleName"]) for role in iam.list_roles()["Roles"]},
        "profiles": _profiles(iam),
        "providers": _oidc_providers(iam),
        "groups": {group["GroupName"]: _group(iam, group) for group in iam.list_groups()["Groups"]},
        **account_state(iam),
        "users": {user["UserName"]: _user(iam, user["UserName"]) for user in iam.list_users()["Users"]},
        **{kind.SECTION: _listed(iam, kind) for kind in KINDS if kind.KIND not in _KNOWN},
    }


# The kinds of which the functions below know what matters.
_KNOWN = {
    "policy",
    "role",
    "instance-profile",
    "oidc-provider",
    "saml-provider",
    "group",
    "user",
    "account-settings",
}


def _listed(iam: IAMClient, kind: AnyKind) -> dict[str, Any]:
    """What IAM answers about each resource of another kind."""
    listed, reading = kind.LISTED, kind.CREATED_READ
    assert listed is not None
    assert reading is not None
    names = [entry[listed.name] for entry in getattr(iam, xform_name(listed.call.operation))()[listed.member]]
    answers = {name: getattr(iam, xform_name(reading.read))(**{reading.parameter: name}) for name in names}
    return {name: _of_any_kind(answer[reading.member]) for name, answer in answers.items()}


def _of_any_kind(answer: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it, which has no dates."""
    return {**json.loads(json.dumps(answer, default=str)), "Tags": tags(answer["Tags"])}


def _policies(iam: IAMClient) -> dict[str, Any]:
    policies = {}
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        arn = policy["Arn"]
        full = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=full["DefaultVersionId"])["PolicyVersion"]
        versions = len(iam.list_policy_versions(PolicyArn=arn)["Versions"])
        policies[arn] = (full.get("Description"), version["Document"], versions, tags(full.get("Tags", ())))
    return policies


def _role(iam: IAMClient, name: str) -> tuple[Any, ...]:
    role = iam.get_role(RoleName=name)["Role"]
    inline = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    attached = {
        policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    }
    settings = {
        key: role.get(key)
        for key in (
            "Path",
            "Description",
            "MaxSessionDuration",
            "PermissionsBoundary",
        )
    }
    trust_policy = parsed(role["AssumeRolePolicyDocument"])
    _sort_principals(trust_policy)
    return settings, attached, inline, tags(role.get("Tags", ())), trust_policy


def _sort_principals(trust_policy: dict[str, Any]) -> None:
    """IAM shows them in changing order."""
    statements = trust_policy["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement.get("Principal"), dict):
            statement["Principal"] = {
                key: sorted(names) if isinstance(names, list) else names
                for key, names in statement["Principal"].items()
            }


def _profiles(iam: IAMClient) -> dict[str, Any]:
    profiles = {}
    for listed in iam.list_instance_profiles()["InstanceProfiles"]:
        name = listed["InstanceProfileName"]
        profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        roles = [role["RoleName"] for role in profile["Roles"]]
        profiles[profile["InstanceProfileName"]] = (profile["Path"], roles, tags(profile.get("Tags", ())))
    return profiles


def _oidc_providers(iam: IAMClient) -> dict[str, Any]:
    providers = {}
    for listed in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed["Arn"])
        audiences, thumbprints = sorted(provider["ClientIDList"]), sorted(provider["ThumbprintList"])
        providers[provider["Url"]] = (audiences, thumbprints, tags(provider.get("Tags", ())))
    return providers


def _group(iam: IAMClient, group: GroupTypeDef) -> tuple[Any, ...]:
    name = group["GroupName"]
    inline = iam.list_group_policies(GroupName=name)["PolicyNames"]
    return (
        group["Path"],
        {p["PolicyArn"] for p in iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]},
        {n: iam.get_group_policy(GroupName=name, PolicyName=n)["PolicyDocument"] for n in inline},
        {user["UserName"] for user in iam.get_group(GroupName=name)["Users"]},
    )


def _user(iam: IAMClient, name: str) -> tuple[Any, ...]:
    user = iam.get_user(UserName=name)["User"]
    inline = iam.list_user_policies(UserName=name)["PolicyNames"]
    return (
        (user["Path"], user.get("PermissionsBoundary")),
        {p["PolicyArn"] for p in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]},
        {n: iam.get_user_policy(UserName=name, PolicyName=n)["PolicyDocument"] for n in inline},
        tags(user.get("Tags", ())),
    )


def account_state(iam: IAMClient) -> dict[str, Any]:
    """SAML providers, alias and password policy."""
    saml = {}
    for provider in iam.list_saml_providers()["SAMLProviderList"]:
        full = iam.get_saml_provider(SAMLProviderArn=provider["Arn"])
        saml[provider["Arn"]] = (full["SAMLMetadataDocument"], tags(full.get("Tags", ())))
    try:
        policy = iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        policy = None
    return {"saml": saml, "aliases": iam.list_account_aliases()["AccountAliases"], "password_policy": policy}


def tags(pairs: Iterable[TagTypeDef]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in pairs}
