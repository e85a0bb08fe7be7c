"""The whole account as JSON: what GetAccountAuthorizationDetails answers, with what that leaves out."""

from typing import Any

from reconciler.policy.document.document import parse_json
from reconciler.sandbox.rule import ReceivedCall, bound_by, own_policies, tags_of
from reconciler.sandbox.rules.identities import shown
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
    entry = {**_holder(user, "User"), "GroupList": user.group_list, "Tags": tags_of(user)}
    return {**entry, **_boundary(bound_by(user))}


def _boundary(arn: str | None) -> Entry:
    shown = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"PermissionsBoundary": shown} if arn else {}


def _role(call: ReceivedCall, role: Any) -> Entry:
    trust = shown(call, role.assume_role_policy_document, turned=False, roots=False)
    entry = {
        **_holder(role, "Role"),
        "AssumeRolePolicyDocument": parse_json(trust),
        "Description": role.description or "",
        "MaxSessionDuration": int(role.max_session_duration),
        "Tags": tags_of(role),
    }
    return {**entry, **_boundary(role.permissions_boundary_arn)}


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
