"""Answers that IAM gives and moto does not: what is done, what is read then, what IAM shows."""

import re
from collections.abc import Callable
from typing import Any

from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT, parsed
from tests.sandbox.rule_steps import (
    ATTACHED,
    BATCH,
    CERTIFICATE,
    DEVICE,
    OIDC,
    PROVIDER,
    SAML,
    SAML_PROVIDER,
    SECRET,
    tagged,
)
from tests.sandbox.steps import (
    GROUP,
    POLICY,
    PROFILE,
    ROLE,
    USER,
    P,
    R,
    Step,
    arn,
    document,
    trust_of,
)


def lists(operation: str, member: str, **params: Any) -> Callable[[Any], Any]:
    def observed(iam: IAMClient) -> Any:
        return [
            member in entry
            for entry in next(v for v in getattr(iam, operation)(**params).values() if isinstance(v, list))
        ]

    return observed


def get(operation: str, path: str, **params: Any) -> Callable[[Any], Any]:
    def observed(iam: IAMClient) -> Any:
        answer = getattr(iam, operation)(**params)
        for key in path.split("."):
            if isinstance(answer, list):
                answer = answer[int(key)] if key.isdecimal() else [entry.get(key) for entry in answer]
            else:
                answer = answer.get(key)
        return answer

    return observed


def twice(observe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda iam: [observe(iam), observe(iam)]


def trust_principals(iam: IAMClient) -> Any:
    trust_policy = parsed(iam.get_role(RoleName="S")["Role"]["AssumeRolePolicyDocument"])
    return trust_policy["Statement"][0]["Principal"]["AWS"]


def trusting(*principals: str) -> Step:
    return (
        "create_role",
        {"RoleName": "S", "AssumeRolePolicyDocument": trust_of({"AWS": list(principals)})},
    )


def is_deleted_id(iam: IAMClient) -> Any:
    principals = trust_principals(iam)
    return sorted((value[:4], value.isalnum()) for value in principals)


def pages(iam: IAMClient) -> Any:
    sizes: list[int] = []
    more: dict[str, str] = {}
    while True:
        answer = iam.list_instance_profiles(MaxItems=1, **more)
        sizes.append(len(answer["InstanceProfiles"]))
        if not answer["IsTruncated"]:
            return sizes
        more = {"Marker": answer["Marker"]}


PROFILES: list[Step] = [
    ("create_instance_profile", {"InstanceProfileName": f"I{n}", "Tags": tagged("b", "a")}) for n in range(3)
]
VERSIONS: list[Step] = [
    POLICY,
    ("create_policy_version", {"PolicyArn": P, "PolicyDocument": document(Sid="B")}),
]
ROOTED = document(Resource=f"arn:aws:iam::{ACCOUNT}:root")
NO_VERSION = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
BOUND: list[Step] = [POLICY, ("create_role", {**R, "PermissionsBoundary": P})]
# Rule, steps, what to look at, what IAM shows.
ShownAnswer = tuple[str, list[Step], Callable[[Any], Any], Any]
OF_READS: list[ShownAnswer] = [
    ("providers.thumbprints", [("create_open_id_connect_provider", {"Url": "https://gitlab.com", "ThumbprintList": ["A" * 40]})], get("get_open_id_connect_provider", "ThumbprintList", OpenIDConnectProviderArn=OIDC), ["a" * 40]),
    ("providers.added", [PROVIDER, *[("add_client_id_to_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC, "ClientID": "b"})] * 2], get("get_open_id_connect_provider", "ClientIDList", OpenIDConnectProviderArn=OIDC), ["a", "b"]),
    ("providers.removed", [PROVIDER, *[("remove_client_id_from_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC, "ClientID": "a"})] * 2], get("get_open_id_connect_provider", "ClientIDList", OpenIDConnectProviderArn=OIDC), []),
    ("providers.provider_tags", [PROVIDER, ("tag_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC, "Tags": tagged("env")})], get("get_open_id_connect_provider", "Tags.Key", OpenIDConnectProviderArn=OIDC), ["Env", "env"]),
    ("saml.created", [SAML_PROVIDER], get("list_saml_provider_tags", "Tags.Key", SAMLProviderArn=SAML), ["Env", "b"]),
    ("saml.tagged", [SAML_PROVIDER, ("tag_saml_provider", {"SAMLProviderArn": SAML, "Tags": tagged("env")})], get("get_saml_provider", "Tags.Key", SAMLProviderArn=SAML), ["Env", "b", "env"]),
    ("saml.untagged", [SAML_PROVIDER, ("untag_saml_provider", {"SAMLProviderArn": SAML, "TagKeys": ["env", "b"]})], get("get_saml_provider", "Tags.Key", SAMLProviderArn=SAML), ["Env"]),
    ("saml.listed_tags", [SAML_PROVIDER], get("list_saml_provider_tags", "Tags.Key", SAMLProviderArn=SAML), ["Env", "b"]),
    ("saml.shown", [SAML_PROVIDER], get("get_saml_provider", "AssertionEncryptionMode", SAMLProviderArn=SAML), "Allowed"),
    ("account.password_policy", [("update_account_password_policy", {"RequireNumbers": True})], lambda iam: sorted(iam.get_account_password_policy()["PasswordPolicy"]), ["AllowUsersToChangePassword", "ExpirePasswords", "MinimumPasswordLength", "RequireLowercaseCharacters", "RequireNumbers", "RequireSymbols", "RequireUppercaseCharacters"]),
    ("tagging.role_keys", [("create_role", {**R, "Tags": tagged("Env")}), ("tag_role", {"RoleName": "R", "Tags": tagged("env")})], get("get_role", "Role.Tags.Key", RoleName="R"), ["env"]),
    ("tagging.policy_keys", [("create_policy", {**POLICY[1], "Tags": tagged("Env")}), ("tag_policy", {"PolicyArn": P, "Tags": tagged("env")})], get("list_policy_tags", "Tags.Key", PolicyArn=P), ["Env", "env"]),
    ("tagging.user_keys", [("create_user", {"UserName": "U", "Tags": tagged("Env", "a")}), ("tag_user", {"UserName": "U", "Tags": tagged("env")}), ("untag_user", {"UserName": "U", "TagKeys": ["A"]})], get("get_user", "User.Tags.Key", UserName="U"), ["env"]),
    ("updates.update_group", [GROUP, ("update_group", {"GroupName": "G", "NewPath": "/a/"})], get("get_group", "Group.Path", GroupName="G"), "/a/"),
    ("updates.user_boundary", [POLICY, USER, ("put_user_permissions_boundary", {"UserName": "U", "PermissionsBoundary": P}), ("delete_user_permissions_boundary", {"UserName": "U"})], get("get_policy", "Policy.PermissionsBoundaryUsageCount", PolicyArn=P), 0),
    ("updates.new_user_boundary", [POLICY, ("create_user", {"UserName": "U", "PermissionsBoundary": P})], get("get_user", "User.PermissionsBoundary.PermissionsBoundaryArn", UserName="U"), P),
    ("updates.shown_user_boundary", [POLICY, ("create_user", {"UserName": "U", "PermissionsBoundary": P})], get("get_account_authorization_details", "UserDetailList.PermissionsBoundary.PermissionsBoundaryArn", Filter=["User"]), [P]),
    ("updates.update_user", [("create_user", {"UserName": "U", "Tags": tagged("a")}), GROUP, ("add_user_to_group", {"UserName": "U", "GroupName": "G"}), ("update_user", {"UserName": "U", "NewPath": "/a/"})], lambda iam: [iam.get_user(UserName="U")["User"][key] for key in ("Path", "Tags")], ["/a/", tagged("a")]),
    ("credentials.of_services", [USER, *[("create_service_specific_credential", {"UserName": "U", "ServiceName": "codecommit.amazonaws.com"})] * 2, ("delete_service_specific_credential", {"UserName": "U", "ServiceSpecificCredentialId": "ACCA0000000000000000"})], get("list_service_specific_credentials", "ServiceSpecificCredentials.ServiceSpecificCredentialId", UserName="U"), ["ACCA0000000000000001"]),
    ("updates.shown_user_boundary", [POLICY, USER, ("put_user_permissions_boundary", {"UserName": "U", "PermissionsBoundary": P})], get("get_user", "User.PermissionsBoundary.PermissionsBoundaryType", UserName="U"), "Policy"),
    ("listing.usage", [*BOUND, ("create_policy", {"PolicyName": "Q", "PolicyDocument": document()})], get("list_policies", "Policies.PolicyName", Scope="Local", PolicyUsageFilter="PermissionsBoundary"), ["P"]),
    ("listing.profile_tags", [("create_instance_profile", {"InstanceProfileName": "I", "Tags": tagged("b", "a", "Z")})], lambda iam: sorted(get("list_instance_profile_tags", "Tags.Key", InstanceProfileName="I")(iam)), ["Z", "a", "b"]),
    ("tagging.untagging", [("create_role", {**R, "Tags": tagged("Env")}), ("untag_role", {"RoleName": "R", "TagKeys": ["env"]})], get("get_role", "Role.Tags", RoleName="R"), None),
    ("tagging.untagging", [("create_policy", {**POLICY[1], "Tags": tagged("Env")}), ("untag_policy", {"PolicyArn": P, "TagKeys": ["env"]})], get("get_policy", "Policy.Tags.Key", PolicyArn=P), ["Env"]),
    ("documents.create_policy", [("create_policy", {**POLICY[1], "PolicyDocument": ROOTED, "Tags": tagged("a", "A")})], get("get_policy", "Policy.Tags.Key", PolicyArn=P), ["a", "A"]),
    ("documents.create_policy", [POLICY], lambda iam: iam.get_policy(PolicyArn=P)["Policy"]["PolicyId"][:4], "ANPA"),
    ("documents.create_policy_version", [POLICY, ("create_policy_version", {"PolicyArn": P, "PolicyDocument": ROOTED, "SetAsDefault": True}), ("delete_policy_version", {"PolicyArn": P, "VersionId": "v1"}), ("create_policy_version", {"PolicyArn": P, "PolicyDocument": ROOTED})], get("get_policy", "Policy.DefaultVersionId", PolicyArn=P), "v2"),
    ("documents.put_inline_policy", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "I", "PolicyDocument": ROOTED})], get("list_role_policies", "PolicyNames", RoleName="R"), ["I"]),
    ("documents.read_inline", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "I", "PolicyDocument": NO_VERSION})], get("get_role_policy", "PolicyDocument.Version", RoleName="R", PolicyName="I"), "2008-10-17"),
    ("documents.new_trust", [ROLE, USER, trusting(arn("role", "R"), arn("user", "U")), ("delete_role", {"RoleName": "R"}), ("delete_user", {"UserName": "U"}), ROLE], is_deleted_id, [("AIDA", True), ("AROA", True)]),
    ("documents.update_trust", [ROLE, trusting("*"), ("update_assume_role_policy", {"RoleName": "S", "PolicyDocument": trust_of({"AWS": [arn("role", "R")]})}), ("delete_role", {"RoleName": "R"})], is_deleted_id, [("AROA", True)]),
    ("documents.read_trust", [ROLE, trusting(arn("role", "R"), ACCOUNT)], twice(trust_principals), [[arn("role", "R"), f"arn:aws:iam::{ACCOUNT}:root"][::turn] for turn in (-1, 1)]),
    ("updates.update_role", [("create_role", {**R, "Description": "text", "MaxSessionDuration": 7200}), ("update_role", {"RoleName": "R", "Description": "other"}), ("update_role", {"RoleName": "R", "MaxSessionDuration": 10800})], lambda iam: [iam.get_role(RoleName="R")["Role"][key] for key in ("Description", "MaxSessionDuration")], ["other", 10800]),
    ("updates.empty_description", [("create_role", {**R, "Description": ""})], lists("list_roles", "Description"), [False]),
    ("updates.ids", [PROFILE, USER, GROUP], lambda iam: [iam.get_instance_profile(InstanceProfileName="I")["InstanceProfile"]["InstanceProfileId"][:4], iam.get_user(UserName="U")["User"]["UserId"][:4], iam.get_group(GroupName="G")["Group"]["GroupId"][:4]], ["AIPA", "AIDA", "AGPA"]),
    ("updates.update_description", [("create_role", {**R, "Description": "text"}), ("update_role_description", {"RoleName": "R", "Description": ""})], lists("list_roles", "Description"), [False]),
    ("updates.attach", [*ATTACHED, ATTACHED[-1]], get("get_policy", "Policy.AttachmentCount", PolicyArn=P), 1),
    ("answers.left_out", [("create_role", {**R, "RoleName": "S", "Description": "text"})], lambda iam: sorted({"Description", "MaxSessionDuration", "RoleLastUsed"} & set(iam.create_role(**R, Description="text")["Role"])), []),
    ("answers.left_out", VERSIONS, lists("list_policy_versions", "Document", PolicyArn=P), [False, False]),
    ("answers.left_out", PROFILES, lists("list_instance_profiles", "Tags"), [False] * 3),
    ("answers.left_out", [("create_policy", {**POLICY[1], "Description": "text", "Tags": tagged("a")})], get("get_account_authorization_details", "Policies.Description", Filter=["LocalManagedPolicy"]), [None]),
    ("answers.left_out", [("create_role", {**R, "Tags": tagged("a")}), PROFILE, ("add_role_to_instance_profile", {"RoleName": "R", "InstanceProfileName": "I"})], lambda iam: sorted(iam.get_instance_profile(InstanceProfileName="I")["InstanceProfile"]["Roles"][0]), ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"]),
    ("answers.users_tags", [USER], get("get_account_authorization_details", "UserDetailList.Tags", Filter=["User"]), [[]]),
    ("listing.prefixes", [*PROFILES, ("create_instance_profile", {"InstanceProfileName": "J", "Path": "/a/"})], get("list_instance_profiles", "InstanceProfiles.InstanceProfileName", PathPrefix="/a/"), ["J"]),
    ("answers.absent", [("create_role", {**R, "Description": ""})], lists("list_roles", "Description"), [False]),
    ("answers.boundary_type", BOUND, get("get_role", "Role.PermissionsBoundary.PermissionsBoundaryType", RoleName="R"), "Policy"),
    ("answers.garbled", [("create_policy", {**POLICY[1], "Description": "đẩy và xóa"})], get("get_policy", "Policy.Description", PolicyArn=P), "??y và xóa"),
    ("answers.newest_first", VERSIONS, get("list_policy_versions", "Versions.VersionId", PolicyArn=P), ["v2", "v1"]),
    ("answers.boundary_uses", BOUND, get("get_policy", "Policy.PermissionsBoundaryUsageCount", PolicyArn=P), 1),
    ("listing.whole", PROFILES, pages, [1, 1, 1]),
    ("listing.page", PROFILES, pages, [1, 1, 1]),
    ("listing.entities_for_policy", [*BOUND, ("create_role", {**R, "RoleName": "S"}), ("attach_role_policy", {"RoleName": "S", "PolicyArn": P})], lambda iam: [[role["RoleName"] for role in iam.list_entities_for_policy(PolicyArn=P, **usage)["PolicyRoles"]] for usage in ({}, {"PolicyUsageFilter": "PermissionsBoundary"}, {"PolicyUsageFilter": "PermissionsPolicy"})], [["R", "S"], ["R"], ["S"]]),
]  # fmt: skip


def trusted_service(iam: IAMClient) -> Any:
    role = iam.get_role(RoleName="AWSServiceRoleForBatch")["Role"]
    statement = parsed(role["AssumeRolePolicyDocument"])["Statement"][0]
    return statement["Action"], statement["Principal"]


OF_OTHER_CALLS: list[ShownAnswer] = [
    ("answers.left_out", [ROLE], lambda iam: sorted({"MaxSessionDuration", "RoleLastUsed", "Tags"} & set(iam.update_role_description(RoleName="R", Description="a")["Role"])), []),
    ("answers.boundary_type", [POLICY], lambda iam: iam.create_role(**R, PermissionsBoundary=P)["Role"]["PermissionsBoundary"]["PermissionsBoundaryType"], "Policy"),
    ("answers.of_aws", [], get("get_policy", "Policy.Description", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword"), "Provides the ability for an IAM user to change their own password."),
    ("updates.remove_from_group", [USER, GROUP, ("remove_user_from_group", {"UserName": "U", "GroupName": "G"})], get("get_group", "Users", GroupName="G"), []),
    ("credentials.of_services", [USER, SECRET, ("update_service_specific_credential", {"UserName": "U", "ServiceSpecificCredentialId": "ACCA0000000000000000", "Status": "Inactive"})], get("list_service_specific_credentials", "ServiceSpecificCredentials.Status", UserName="U"), ["Inactive"]),
    ("credentials.of_services", [USER, SECRET], get("list_service_specific_credentials", "ServiceSpecificCredentials", UserName="U", ServiceName="cassandra.amazonaws.com"), []),
    ("credential_report.report", [USER, ("generate_credential_report", {})], lambda iam: [line.split(b",")[0] for line in iam.get_credential_report()["Content"].splitlines()], [b"user", b"<root_account>", b"U"]),
    ("keys.caller", [], get("get_user", "User.Arn"), f"arn:aws:iam::{ACCOUNT}:root"),
    ("keys.server_certificate_tags", [CERTIFICATE], get("get_server_certificate", "ServerCertificate.Tags", ServerCertificateName="c"), []),
    ("mfa.create", [("create_virtual_mfa_device", {"VirtualMFADeviceName": "d", "Path": "/a//b/"})], lambda iam: re.fullmatch(rb"[A-Z2-7]{64}", iam.create_virtual_mfa_device(VirtualMFADeviceName="e")["VirtualMFADevice"]["Base32StringSeed"]) is not None, True),
    ("mfa.listed", [DEVICE], lists("list_virtual_mfa_devices", "Base32StringSeed"), [False]),
    ("listing.page", [USER], get("list_access_keys", "IsTruncated", UserName="U"), False),
    ("listing.own_first", [POLICY], get("list_policies", "Policies.0.PolicyName"), "P"),
    ("service_linked.create", [BATCH], trusted_service, ("sts:AssumeRole", {"Service": "batch.amazonaws.com"})),
    ("service_linked.create", [BATCH], get("list_attached_role_policies", "AttachedPolicies.PolicyName", RoleName="AWSServiceRoleForBatch"), ["BatchServiceRolePolicy"]),
    ("service_linked.delete", [BATCH], lambda iam: iam.delete_service_linked_role(RoleName="AWSServiceRoleForBatch")["DeletionTaskId"].rpartition("/")[0], "task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
]  # fmt: skip
SHOWN = [*OF_READS, *OF_OTHER_CALLS]
