"""Everything of an account that this project manages, for comparing end states."""

from typing import Any

from tests.conftest import Server


def state_of(server: Server) -> dict[str, Any]:
    """Policies, principals, profiles, groups and providers with all that hangs on them, the account's settings; ids, times and version numbers left out."""
    iam = server.iam()
    policies = {}
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        arn = policy["Arn"]
        full = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=full["DefaultVersionId"])["PolicyVersion"]
        versions = len(iam.list_policy_versions(PolicyArn=arn)["Versions"])
        policies[arn] = (full.get("Description"), version["Document"], versions, tags(full))
    roles = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        full = iam.get_role(RoleName=name)["Role"]
        inline = {
            n: iam.get_role_policy(RoleName=name, PolicyName=n)["PolicyDocument"]
            for n in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        attached = {
            p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        }
        settings = {
            k: full.get(k)
            for k in (
                "Path",
                "Description",
                "MaxSessionDuration",
                "AssumeRolePolicyDocument",
                "PermissionsBoundary",
            )
        }
        found = settings["AssumeRolePolicyDocument"]["Statement"]
        for statement in found if isinstance(found, list) else [found]:
            if isinstance(statement.get("Principal"), dict):
                # IAM shows them in changing order.
                statement["Principal"] = {
                    k: sorted(v) if isinstance(v, list) else v for k, v in statement["Principal"].items()
                }
        roles[name] = (settings, attached, inline, tags(full))
    profiles = {}
    for profile in iam.list_instance_profiles()["InstanceProfiles"]:
        full = iam.get_instance_profile(InstanceProfileName=profile["InstanceProfileName"])["InstanceProfile"]
        profiles[full["InstanceProfileName"]] = (
            full["Path"],
            [r["RoleName"] for r in full["Roles"]],
            tags(full),
        )
    providers = {}
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        full = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
        providers[full["Url"]] = (sorted(full["ClientIDList"]), sorted(full["ThumbprintList"]), tags(full))
    groups = {}
    for group in iam.list_groups()["Groups"]:
        name = group["GroupName"]
        inline = iam.list_group_policies(GroupName=name)["PolicyNames"]
        groups[name] = (
            group["Path"],
            {p["PolicyArn"] for p in iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]},
            {n: iam.get_group_policy(GroupName=name, PolicyName=n)["PolicyDocument"] for n in inline},
            {user["UserName"] for user in iam.get_group(GroupName=name)["Users"]},
        )
    users = {}
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        full = iam.get_user(UserName=name)["User"]
        inline = iam.list_user_policies(UserName=name)["PolicyNames"]
        users[name] = (
            (full["Path"], full.get("PermissionsBoundary")),
            {p["PolicyArn"] for p in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]},
            {n: iam.get_user_policy(UserName=name, PolicyName=n)["PolicyDocument"] for n in inline},
            tags(full),
        )
    return {
        "policies": policies,
        "roles": roles,
        "profiles": profiles,
        "providers": providers,
        "groups": groups,
        **account_state(iam),
        "users": users,
    }


def account_state(iam: Any) -> dict[str, Any]:
    """SAML providers, alias and password policy."""
    saml = {}
    for provider in iam.list_saml_providers()["SAMLProviderList"]:
        full = iam.get_saml_provider(SAMLProviderArn=provider["Arn"])
        saml[provider["Arn"]] = (full["SAMLMetadataDocument"], tags(full))
    try:
        policy = iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        policy = None
    return {"saml": saml, "aliases": iam.list_account_aliases()["AccountAliases"], "password_policy": policy}


def tags(entity: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in entity.get("Tags", [])}
