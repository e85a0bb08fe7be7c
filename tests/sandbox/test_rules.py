"""Each rule of the sandbox: what IAM does, and that moto alone does something else."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest

from reconciler.sandbox.rules import RULES
from reconciler.sandbox.rules.base import STATUS
from tests.conftest import ACCOUNT, Server
from tests.end_to_end.metadata import METADATA
from tests.sandbox.steps import (
    GROUP,
    POLICY,
    PROFILE,
    ROLE,
    TRUST,
    USER,
    P,
    R,
    Step,
    answered,
    arn,
    document,
    run,
    trust_of,
)

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ATTACHED: list[Step] = [ROLE, POLICY, ("attach_role_policy", {"RoleName": "R", "PolicyArn": P})]
TOO_LONG = (
    "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have length less"
    " than or equal to {}"
)
NAMES = (
    "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the"
    " following: +=,.@_-"
)
PATHS = (
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric"
    " characters and/or / characters."
)
LETTERS = (
    r"1 validation error detected: Value at 'tags.1.member.{}' failed to satisfy constraint: Member must"
    r" satisfy regular expression pattern: [\p{{L}}\p{{Z}}\p{{N}}_.:/=+\-@]{}"
)
TAG_KEYS = (
    r"1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy"
    r" constraint: [Member must have length less than or equal to 128, Member must have length greater than"
    r" or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member"
    r" must not be null]"
)
PROTECTED = (
    "Cannot perform the operation on the protected role 'AWSServiceRoleForAutoScaling' - this role is only"
    " modifiable by AWS"
)
LINKED = {"RoleName": "AWSServiceRoleForAutoScaling"}
SERVICE_LINKED: Step = ("create_service_linked_role", {"AWSServiceName": "autoscaling.amazonaws.com"})
TRUSTS_USER = {**R, "AssumeRolePolicyDocument": trust_of({"AWS": arn("user", "U")})}
MANY = [{"Key": f"k{n}", "Value": ""} for n in range(51)]


def tagged(*keys: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": "v"} for key in keys]


def policies(count: int) -> list[Step]:
    return [("create_policy", {"PolicyName": f"P{n}", "PolicyDocument": document()}) for n in range(count)]


def attachments(kind: str, count: int) -> list[Step]:
    name = {f"{kind.title()}Name": kind[0].upper()}
    return [(f"attach_{kind}_policy", {**name, "PolicyArn": f"{P}{n}"}) for n in range(count)]


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
PROVIDER: Step = (
    "create_open_id_connect_provider",
    {"Url": "https://gitlab.com", "ClientIDList": ["a"], "Tags": tagged("Env")},
)
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"
SAML_PROVIDER: Step = (
    "create_saml_provider",
    {"Name": "Okta", "SAMLMetadataDocument": METADATA["a.xml"], "Tags": tagged("b", "Env")},
)
ALIAS: Step = ("create_account_alias", {"AccountAlias": "acme"})
# Rule, steps of which the last is refused, code, message.
REFUSED: list[tuple[str, list[Step], str, str]] = [
    ("fields.constraints", [("create_role", {**R, "RoleName": "a b"})], "ValidationError", NAMES.format("roleName")),
    ("fields.constraints", [("create_role", {**R, "RoleName": "ß"})], "ValidationError", NAMES.format("roleName")),
    ("fields.constraints", [("create_role", {**R, "RoleName": "x" * 65})], "ValidationError", TOO_LONG.format("roleName", 64)),
    ("fields.constraints", [("create_role", {**R, "Description": "đọc"})], "ValidationError", r"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"),
    ("fields.constraints", [("create_role", {**R, "Description": "x" * 1001})], "ValidationError", TOO_LONG.format("description", 1000)),
    ("fields.constraints", [("create_role", {**R, "Path": "team"})], "ValidationError", PATHS),
    ("fields.constraints", [("create_role", {**R, "MaxSessionDuration": 50000})], "ValidationError", "1 validation error detected: Value '50000' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200"),
    ("fields.constraints", [("create_role", {**R, "RoleName": "x" * 65, "Description": "x" * 1001})], "ValidationError", "2 validation errors detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64; Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000"),
    ("fields.constraints", [("create_policy", {"PolicyName": "P", "Path": "/a*/", "PolicyDocument": document()})], "ValidationError", PATHS),
    ("fields.constraints", [("create_policy", {"PolicyName": "ab/c", "PolicyDocument": document()})], "ValidationError", NAMES.format("policyName")),
    ("fields.constraints", [("create_policy", {"PolicyName": "P", "PolicyDocument": document().replace("GetObject", "Getđ")})], "ValidationError", r"1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"),
    ("fields.constraints", [("create_instance_profile", {"InstanceProfileName": "I" * 129})], "ValidationError", TOO_LONG.format("instanceProfileName", 128)),
    ("fields.constraints", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "a b", "PolicyDocument": document()})], "ValidationError", NAMES.format("policyName")),
    ("fields.constraints", [("create_role", {**R, "Tags": MANY})], "ValidationError", TOO_LONG.format("tags", 50)),
    ("fields.constraints", [("create_policy", {**POLICY[1], "Tags": [{"Key": "k" * 129, "Value": ""}]})], "ValidationError", TOO_LONG.format("tags.1.member.key", 128)),
    ("fields.constraints", [("create_policy", {**POLICY[1], "Tags": [{"Key": "k", "Value": "v" * 257}]})], "ValidationError", TOO_LONG.format("tags.1.member.value", 256)),
    ("fields.constraints", [ROLE, ("tag_role", {"RoleName": "R", "Tags": tagged("a#b")})], "ValidationError", LETTERS.format("key", "+")),
    ("fields.constraints", [ROLE, ("tag_role", {"RoleName": "R", "Tags": [{"Key": "a", "Value": "#"}]})], "ValidationError", LETTERS.format("value", "*")),
    ("fields.constraints", [ROLE, ("untag_role", {"RoleName": "R", "TagKeys": ["a#b"]})], "ValidationError", TAG_KEYS),
    ("fields.constraints", [POLICY, ("set_default_policy_version", {"PolicyArn": P, "VersionId": "1"})], "ValidationError", r"1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"),
    ("entities.policy_arns", [ROLE, ("attach_role_policy", {"RoleName": "R", "PolicyArn": "longpolicynamebutnoarn"})], "ValidationError", "ARN longpolicynamebutnoarn is not valid."),
    ("entities.named", [("get_role", {"RoleName": "No"})], "NoSuchEntity", "The role with name No cannot be found."),
    ("entities.named", [("put_group_policy", {"GroupName": "No", "PolicyName": "I", "PolicyDocument": document()})], "NoSuchEntity", "The group with name No cannot be found."),
    ("entities.named", [ROLE, ("add_role_to_instance_profile", {"RoleName": "R", "InstanceProfileName": "No"})], "NoSuchEntity", "Instance Profile No cannot be found."),
    ("entities.named", [("get_policy", {"PolicyArn": P})], "NoSuchEntity", f"Policy {P} was not found."),
    ("entities.named", [("list_entities_for_policy", {"PolicyArn": P})], "NoSuchEntity", f"Policy {P} does not exist or is not attachable."),
    ("entities.named", [("get_policy_version", {"PolicyArn": P, "VersionId": "v1"})], "NoSuchEntity", f"Policy {P} version v1 does not exist or is not attachable."),
    ("entities.policy_versions", [POLICY, ("get_policy_version", {"PolicyArn": P, "VersionId": "v9"})], "NoSuchEntity", f"Policy {P} version v9 does not exist or is not attachable."),
    ("entities.inline_policies", [ROLE, ("get_role_policy", {"RoleName": "R", "PolicyName": "No"})], "NoSuchEntity", "The role policy with name No cannot be found."),
    ("entities.profile_roles", [ROLE, PROFILE, ("remove_role_from_instance_profile", {"RoleName": "R", "InstanceProfileName": "I"})], "NoSuchEntity", "Role R in Instance Profile I cannot be found."),
    ("protected.roles", [SERVICE_LINKED, ("put_role_policy", {**LINKED, "PolicyName": "I", "PolicyDocument": document()})], "UnmodifiableEntity", PROTECTED),
    ("protected.roles", [SERVICE_LINKED, ("update_role", {**LINKED, "MaxSessionDuration": 7200})], "UnmodifiableEntity", PROTECTED),
    ("protected.roles", [SERVICE_LINKED, ("delete_role", LINKED)], "UnmodifiableEntity", PROTECTED),
    ("protected.paths", [("create_role", {**R, "Path": "/aws-service-role/x/"})], "InvalidInput", "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"),
    ("protected.policies", [("delete_policy", {"PolicyArn": READ_ONLY})], "AccessDenied", "Cannot delete policies outside your own account."),
    ("protected.policies", [("set_default_policy_version", {"PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "VersionId": "v3"})], "AccessDenied", "Cannot update policies outside your own account."),
    ("protected.service_role_policies", [ROLE, ("attach_role_policy", {"RoleName": "R", "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"})], "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role."),
    ("names.policies", [POLICY, ("create_policy", {"PolicyName": "P", "Path": "/x/", "PolicyDocument": document()})], "EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed."),
    ("names.policies", [POLICY, ("create_policy", {"PolicyName": "p", "PolicyDocument": document()})], "EntityAlreadyExists", "A policy called p already exists. Duplicate names are not allowed."),
    ("names.roles", [ROLE, ("create_role", {**R, "RoleName": "r"})], "EntityAlreadyExists", "Role with name r already exists."),
    ("names.profiles", [PROFILE, ("create_instance_profile", {"InstanceProfileName": "i"})], "EntityAlreadyExists", "Instance Profile i already exists."),
    ("names.users", [USER, ("create_user", {"UserName": "u"})], "EntityAlreadyExists", "User with name u already exists."),
    ("names.groups", [GROUP, ("create_group", {"GroupName": "g"})], "EntityAlreadyExists", "Group with name g already exists."),
    ("names.renamed", [USER, ("create_user", {"UserName": "V"}), ("update_user", {"UserName": "V", "NewUserName": "u"})], "EntityAlreadyExists", "User with name u already exists."),
    ("names.renamed", [USER, ("update_user", {"UserName": "U", "NewUserName": "u"})], "EntityAlreadyExists", "User with name u already exists."),
    ("names.renamed", [GROUP, ("create_group", {"GroupName": "H"}), ("update_group", {"GroupName": "H", "NewGroupName": "G"})], "EntityAlreadyExists", "Group with name G already exists."),
    ("quotas.groups", [USER, *[step for n in range(11) for step in (("create_group", {"GroupName": f"G{n}"}), ("add_user_to_group", {"UserName": "U", "GroupName": f"G{n}"}))]], "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10"),
    ("quotas.policy_size", [("create_policy", {"PolicyName": "P", "PolicyDocument": document(6200)})], "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
    ("quotas.trust_size", [("create_role", {**R, "AssumeRolePolicyDocument": trust_of({"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(60)]})})], "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
    ("quotas.inline_size", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "A", "PolicyDocument": document(6000)}), ("put_role_policy", {"RoleName": "R", "PolicyName": "B", "PolicyDocument": document(6000)})], "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role R"),
    ("quotas.inline_size", [GROUP, ("put_group_policy", {"GroupName": "G", "PolicyName": "A", "PolicyDocument": document(5200)})], "LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group G"),
    ("quotas.inline_size", [USER, ("put_user_policy", {"UserName": "U", "PolicyName": "A", "PolicyDocument": document(2100)})], "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user U"),
    ("quotas.attachments", [ROLE, *policies(11), *attachments("role", 11)], "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10"),
    ("quotas.attachments", [GROUP, *policies(11), *attachments("group", 11)], "LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 10"),
    ("quotas.versions", [POLICY, *[("create_policy_version", {"PolicyArn": P, "PolicyDocument": document(Sid=f"A{n}")}) for n in range(5)]], "LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."),
    ("quotas.tags", [("create_role", {**R, "Tags": MANY[:50]}), ("tag_role", {"RoleName": "R", "Tags": MANY[50:]})], "LimitExceeded", "The number of tags has reached the maximum limit."),
    ("quotas.tags", [("create_instance_profile", {"InstanceProfileName": "I", "Tags": MANY[:50]}), ("tag_instance_profile", {"InstanceProfileName": "I", "Tags": MANY[50:]})], "LimitExceeded", "The number of tags has reached the maximum limit."),
    ("tagging.keys", [("create_role", {**R, "Tags": tagged("AWS:x")})], "ValidationError", "aws: prefixed tag key names are not allowed for external use."),
    ("tagging.keys", [("create_instance_profile", {"InstanceProfileName": "I", "Tags": tagged("a", "a")})], "InvalidInput", "Duplicate tag keys found."),
    ("conflicts.policies", [*ATTACHED, ("delete_policy", {"PolicyArn": P})], "DeleteConflict", "Cannot delete a policy attached to entities."),
    ("conflicts.policies", [POLICY, ("create_policy_version", {"PolicyArn": P, "PolicyDocument": document(Sid="B")}), ("delete_policy", {"PolicyArn": P})], "DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."),
    ("conflicts.policies", [POLICY, ("create_role", {**R, "PermissionsBoundary": P}), ("delete_policy", {"PolicyArn": P})], "DeleteConflict", "Cannot delete a policy attached to entities."),
    ("conflicts.users", [USER, GROUP, ("add_user_to_group", {"UserName": "U", "GroupName": "G"}), ("delete_user", {"UserName": "U"})], "DeleteConflict", "Cannot delete entity, must remove referenced objects first."),
    ("conflicts.users", [USER, ("create_login_profile", {"UserName": "U", "Password": "Passw0rd-Passw0rd"}), ("delete_user", {"UserName": "U"})], "DeleteConflict", "Cannot delete entity, must delete login profile first."),
    ("conflicts.users", [USER, ("upload_ssh_public_key", {"UserName": "U", "SSHPublicKeyBody": "ssh-rsa AAAA"}), ("delete_user", {"UserName": "U"})], "DeleteConflict", "Cannot delete entity, must remove referenced objects first."),
    ("credentials.known", [USER, ("delete_service_specific_credential", {"UserName": "U", "ServiceSpecificCredentialId": "ACCA0000000000000000"})], "NoSuchEntity", "No such credential ACCA0000000000000000 exists"),
    ("conflicts.groups", [USER, GROUP, ("add_user_to_group", {"UserName": "U", "GroupName": "G"}), ("delete_group", {"GroupName": "G"})], "DeleteConflict", "Cannot delete entity, must remove users from group first."),
    ("conflicts.groups", [GROUP, POLICY, ("attach_group_policy", {"GroupName": "G", "PolicyArn": P}), ("delete_group", {"GroupName": "G"})], "DeleteConflict", "Cannot delete entity, must detach all policies first."),
    ("conflicts.boundaries", [("create_role", {**R, "PermissionsBoundary": P})], "NoSuchEntity", f"Scope ARN: {P} does not exist or is not attachable."),
    ("conflicts.boundaries", [ROLE, ("put_role_permissions_boundary", {"RoleName": "R", "PermissionsBoundary": arn("not_a_policy", "invalid")})], "InvalidInput", f"ARN {arn('not_a_policy', 'invalid')} is not valid."),
    ("documents.managed", [("create_policy", {"PolicyName": "P", "PolicyDocument": document(Principal={"AWS": "*"})})], "MalformedPolicyDocument", "Policy document should not specify a principal."),
    ("documents.inline", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "I", "PolicyDocument": document(Sid="a b")})], "MalformedPolicyDocument", "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"),
    ("documents.partitions", [("create_policy", {"PolicyName": "P", "PolicyDocument": document(Resource="arn:aws-cn:s3:::b")})], "MalformedPolicyDocument", 'Partition "aws-cn" is not valid for resource "arn:aws-cn:s3:::b".'),
    ("documents.trust", [("create_role", {**R, "AssumeRolePolicyDocument": "nope"})], "MalformedPolicyDocument", "This policy contains invalid Json"),
    ("documents.trust", [("create_role", {**R, "AssumeRolePolicyDocument": trust_of({"AWS": arn("role", "No")})})], "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn("role", "No")}"'),
    ("documents.trust", [("create_role", {**R, "AssumeRolePolicyDocument": trust_of({"Service": "nosuch.amazonaws.com"})})], "MalformedPolicyDocument", 'Invalid principal in policy: "SERVICE":"nosuch.amazonaws.com"'),
    ("documents.trust", [USER, ("create_role", TRUSTS_USER), ("delete_user", {"UserName": "U"}), ("create_role", {**TRUSTS_USER, "RoleName": "S"})], "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn("user", "U")}"'),
]  # fmt: skip
REFUSED += [
    (
        "providers.urls",
        [("create_open_id_connect_provider", {"Url": "http://gitlab.com"})],
        "ValidationError",
        "Invalid Open ID Connect Provider URL",
    ),
    (
        "providers.urls",
        [PROVIDER, PROVIDER],
        "EntityAlreadyExists",
        "Provider with url https://gitlab.com already exists.",
    ),
    (
        "providers.thumbprints",
        [
            PROVIDER,
            (
                "update_open_id_connect_provider_thumbprint",
                {"OpenIDConnectProviderArn": OIDC, "ThumbprintList": [f"{n:040}" for n in range(6)]},
            ),
        ],
        "InvalidInput",
        "Thumbprint list must contain fewer than 5 entries.",
    ),
    (
        "providers.client_ids",
        [
            (
                "create_open_id_connect_provider",
                {**PROVIDER[1], "ClientIDList": [f"a{n}" for n in range(100)]},
            ),
            (
                "add_client_id_to_open_id_connect_provider",
                {"OpenIDConnectProviderArn": OIDC, "ClientID": "b"},
            ),
        ],
        "LimitExceeded",
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    ),
]
REFUSED += [
    (
        "saml.existing",
        [("delete_saml_provider", {"SAMLProviderArn": SAML})],
        "NoSuchEntity",
        f"Manifest not found for arn {SAML}",
    ),
    (
        "saml.unique",
        [SAML_PROVIDER, SAML_PROVIDER],
        "EntityAlreadyExists",
        "Provider with name Okta already exists.",
    ),
    (
        "saml.metadata",
        [("create_saml_provider", {"Name": "Okta", "SAMLMetadataDocument": f"<a>{'x' * 1000}"})],
        "InvalidInput",
        "Could not parse metadata",
    ),
    (
        "saml.metadata",
        [
            SAML_PROVIDER,
            (
                "update_saml_provider",
                {"SAMLProviderArn": SAML, "SAMLMetadataDocument": f"<a>{'x' * 1000}</a>"},
            ),
        ],
        "InvalidInput",
        "Could not parse metadata",
    ),
    ("account.new_alias", [ALIAS, ALIAS], "EntityAlreadyExists", "The account alias acme already exists."),
    (
        "account.old_alias",
        [ALIAS, ("delete_account_alias", {"AccountAlias": "other"})],
        "NoSuchEntity",
        "The account alias with name other cannot be found.",
    ),
]
DEVICE: Step = ("create_virtual_mfa_device", {"VirtualMFADeviceName": "d"})
SERIAL = arn("mfa", "d")
ENABLE = {"SerialNumber": SERIAL, "AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
PASSWORD: Step = ("create_login_profile", {"UserName": "U", "Password": "a-Passw0rd"})
SECRET: Step = (
    "create_service_specific_credential",
    {"UserName": "U", "ServiceName": "codecommit.amazonaws.com"},
)
UNKNOWN_KEY = "AKIAIOSFODNN7EXAMPLE"
CERTIFICATE: Step = (
    "upload_server_certificate",
    {"ServerCertificateName": "c", "CertificateBody": "body", "PrivateKey": "key"},
)
BATCH: Step = ("create_service_linked_role", {"AWSServiceName": "batch.amazonaws.com"})
REFUSED += [
    ("fields.constraints", [("update_account_password_policy", {"MinimumPasswordLength": 129})], "ValidationError", "1 validation error detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128"),
    ("fields.constraints", [USER, ("update_access_key", {"UserName": "U", "AccessKeyId": UNKNOWN_KEY, "Status": "x"})], "ValidationError", "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"),
    ("providers.providers", [("delete_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC})], "NoSuchEntity", f"OpenId connect Provider {OIDC} cannot be found."),
    ("protected.policies", [("delete_policy_version", {"PolicyArn": READ_ONLY, "VersionId": "v2"})], "AccessDenied", "Cannot delete policy versions for policies outside your own account."),
    ("credentials.of_the_caller", [("list_service_specific_credentials", {})], "ValidationError", "Must specify userName when calling with non-User credentials"),
    ("credentials.services", [USER, ("create_service_specific_credential", {"UserName": "U", "ServiceName": "lambda.amazonaws.com"})], "NoSuchEntity", "No such service lambda.amazonaws.com is supported for Service Specific Credentials"),
    ("credentials.known", [USER, ("reset_service_specific_credential", {"UserName": "U", "ServiceSpecificCredentialId": "ACCA0000000000000000"})], "NoSuchEntity", "No such credential ACCA0000000000000000 exists"),
    ("credential_report.present", [("get_credential_report", {})], "ReportNotPresent", ""),
    ("keys.passwords", [USER, ("get_login_profile", {"UserName": "U"})], "NoSuchEntity", "Login Profile for User U cannot be found."),
    ("keys.new_password", [USER, PASSWORD, PASSWORD], "EntityAlreadyExists", "Login Profile for user U already exists."),
    ("keys.access_keys", [USER, ("update_access_key", {"UserName": "U", "AccessKeyId": UNKNOWN_KEY, "Status": "Inactive"})], "NoSuchEntity", f"The Access Key with id {UNKNOWN_KEY} cannot be found."),
    ("keys.last_used", [("get_access_key_last_used", {"AccessKeyId": UNKNOWN_KEY})], "AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {UNKNOWN_KEY}"),
    ("keys.ssh_keys", [USER, ("get_ssh_public_key", {"UserName": "U", "SSHPublicKeyId": "APKAXXXXXXXXXXXXXXXXX", "Encoding": "SSH"})], "NoSuchEntity", "The Public Key with id APKAXXXXXXXXXXXXXXXXX cannot be found."),
    ("keys.signing_certificates", [USER, ("upload_signing_certificate", {"UserName": "U", "CertificateBody": "none"})], "MalformedCertificate", "Certificate none is malformed."),
    ("keys.server_certificates", [CERTIFICATE, CERTIFICATE], "EntityAlreadyExists", "The Server Certificate with name c already exists."),
    ("mfa.new", [DEVICE, DEVICE], "EntityAlreadyExists", "MFA device already exists."),
    ("mfa.known", [("delete_virtual_mfa_device", {"SerialNumber": SERIAL})], "NoSuchEntity", f"MFA Device with serial number {SERIAL} does not exist."),
    ("mfa.known", [USER, ("deactivate_mfa_device", {"UserName": "U", "SerialNumber": SERIAL})], "NoSuchEntity", f"MFA Device with serial number {SERIAL} does not exist."),
    ("mfa.in_use", [USER, ("create_user", {"UserName": "V"}), DEVICE, ("enable_mfa_device", {**ENABLE, "UserName": "U"}), ("enable_mfa_device", {**ENABLE, "UserName": "V"})], "EntityAlreadyExists", "MFA Device is already in use."),
    ("service_linked.taken", [("create_service_linked_role", {**BATCH[1], "CustomSuffix": "x"})], "InvalidInput", "Custom suffix is not allowed for batch.amazonaws.com"),
    ("service_linked.taken", [BATCH, BATCH], "InvalidInput", "Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix."),
    ("documents.trust", [("create_role", {**R, "AssumeRolePolicyDocument": TRUST.replace("sts:AssumeRole", "sts:InvalidAction")})], "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions."),
]  # fmt: skip
# moto says the same, but through code that the sandbox has to go around.
AGREED = {"quotas.versions", "entities.attachments"}
ELSEWHERE = {
    "quotas.per_account": "test_quotas_per_account",
    "entities.attachments": "moto's words are IAM's",
    "entities.new_profiles": "test_faults.py: only on request",
    "updates.keys": "test_authorisation.py: only with --authorize",
    "answers.ids_as_arns": "test_faults.py: only on request",
}


@pytest.mark.parametrize(
    ("rule", "steps", "code", "message"),
    REFUSED,
    ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(REFUSED)],
)
def test_iam_refuses(
    rule: str, steps: list[Step], code: str, message: str, sandbox: Server, request: pytest.FixtureRequest
) -> None:
    assert answered(sandbox, steps) == (STATUS[code], code, message)
    if rule not in AGREED:
        assert answered(request.getfixturevalue("plain"), steps) != (STATUS[code], code, message)


def lists(operation: str, member: str, **params: Any) -> Callable[[Any], Any]:
    def observed(iam: Any) -> Any:
        return [
            member in entry
            for entry in next(v for v in getattr(iam, operation)(**params).values() if isinstance(v, list))
        ]

    return observed


def get(operation: str, path: str, **params: Any) -> Callable[[Any], Any]:
    def observed(iam: Any) -> Any:
        found = getattr(iam, operation)(**params)
        for key in path.split("."):
            if isinstance(found, list):
                found = found[int(key)] if key.isdecimal() else [entry.get(key) for entry in found]
            else:
                found = found.get(key)
        return found

    return observed


def twice(observe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda iam: [observe(iam), observe(iam)]


def trust_principals(iam: Any) -> Any:
    return iam.get_role(RoleName="S")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]


def trusting(*principals: str) -> Step:
    return (
        "create_role",
        {"RoleName": "S", "AssumeRolePolicyDocument": trust_of({"AWS": list(principals)})},
    )


def is_deleted_id(iam: Any) -> Any:
    found = trust_principals(iam)
    return sorted((value[:4], value.isalnum()) for value in found)


def pages(iam: Any) -> Any:
    found, more = [], {}
    while True:
        answer = iam.list_instance_profiles(MaxItems=1, **more)
        found.append(len(answer["InstanceProfiles"]))
        if not answer["IsTruncated"]:
            return found
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
SHOWN: list[tuple[str, list[Step], Callable[[Any], Any], Any]] = [
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


def trusted_service(iam: Any) -> Any:
    role = iam.get_role(RoleName="AWSServiceRoleForBatch")["Role"]
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    return statement["Action"], statement["Principal"]


SHOWN += [
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
STRICT_ONLY = {
    "listing.by_name": "test_roles_are_listed_by_name",
    "listing.summary": "test_quotas_per_account",
    "listing.groups_of_user": "test_a_user_seen_late_is_in_its_groups",
}


@pytest.mark.parametrize(
    ("rule", "steps", "observe", "expected"), SHOWN, ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(SHOWN)]
)
def test_iam_shows(
    rule: str, steps: list[Step], observe: Any, expected: Any, sandbox: Server, request: pytest.FixtureRequest
) -> None:
    run(sandbox, steps)
    assert observe(sandbox.iam()) == expected
    plain: Server = request.getfixturevalue("plain")
    try:
        run(plain, steps)
        observed = observe(plain.iam())
    except (botocore.exceptions.ClientError, botocore.parsers.ResponseParserError, KeyError, AttributeError):
        return
    assert observed != expected


def test_every_rule_says_what_iam_does_and_where_that_is_known_from_and_has_a_test() -> None:
    assert all(rule.source and rule.says and rule.operations for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    tested = {rule for rule, *_ in REFUSED} | {rule for rule, *_ in SHOWN} | set(ELSEWHERE) | set(STRICT_ONLY)
    assert {rule.name for rule in RULES} == tested
    refused = {(rule, code) for rule, _, code, _ in REFUSED}
    assert {
        (rule.name, code) for rule in RULES for code in rule.codes if rule.name not in ELSEWHERE
    } == refused


def test_quotas_per_account(sandbox: Server) -> None:
    sandbox.control("quota", RolesPerAccount=1, PoliciesPerRole=20)
    steps: list[Step] = [ROLE, ("create_role", {**R, "RoleName": "S"})]
    assert answered(sandbox, steps) == (409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1")
    summary = sandbox.iam().get_account_summary()["SummaryMap"]
    assert (
        summary["RolesQuota"],
        summary["AttachedPoliciesPerRoleQuota"],
        summary["RolePolicySizeQuota"],
    ) == (1, 20, 10240)


def test_roles_are_listed_by_name(sandbox: Server) -> None:
    run(sandbox, [("create_role", {**R, "RoleName": name}) for name in ("C", "A", "D", "B")])
    assert [role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]] == ["A", "B", "C", "D"]


def test_a_user_seen_late_is_in_its_groups(sandbox: Server) -> None:
    run(sandbox, [USER, GROUP, ("add_user_to_group", {"UserName": "U", "GroupName": "G"})])
    sandbox.control("faults", **{"stale-reads": 9})
    run(sandbox, [("update_user", {"UserName": "U", "NewPath": "/a/"})])
    iam = sandbox.iam()
    assert iam.get_user(UserName="U")["User"]["Path"] == "/"
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="U")["Groups"]] == ["G"]


def test_service_linked_roles_can_be_described_and_tagged(sandbox: Server) -> None:
    run(
        sandbox,
        [
            SERVICE_LINKED,
            ("update_role", {**LINKED, "Description": "mine"}),
            ("tag_role", {**LINKED, "Tags": tagged("a")}),
        ],
    )
    role = sandbox.iam().get_role(**LINKED)["Role"]
    assert (role["Description"], role["Tags"]) == ("mine", tagged("a"))


def test_a_recreated_principal_is_another_until_the_trust_is_saved_again(sandbox: Server) -> None:
    trust = trust_of({"AWS": [arn("role", "R")]})
    run(sandbox, [ROLE, trusting(arn("role", "R"))])
    assert trust_principals(sandbox.iam()) == [arn("role", "R")]
    run(sandbox, [("delete_role", {"RoleName": "R"}), ROLE])
    assert trust_principals(sandbox.iam())[0].startswith("AROA")
    run(sandbox, [("update_assume_role_policy", {"RoleName": "S", "PolicyDocument": trust})])
    assert trust_principals(sandbox.iam()) == [arn("role", "R")]


def test_principals_are_told_apart_by_case_and_partition(sandbox: Server) -> None:
    run(sandbox, [ROLE])
    for principal in (
        arn("role", "r"),
        arn("role", "*"),
        arn("group", "G"),
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/*",
        "alice",
    ):
        assert (
            answered(sandbox, [trusting(principal)])[2] == f'Invalid principal in policy: "AWS":"{principal}"'
        )


def test_escapes_in_documents_survive(sandbox: Server) -> None:
    run(
        sandbox,
        [
            ("create_policy", {**POLICY[1], "PolicyDocument": document(Resource="arn:aws:s3:::a%3Ab+c/*")}),
            ROLE,
            (
                "put_role_policy",
                {
                    "RoleName": "R",
                    "PolicyName": "I",
                    "PolicyDocument": document(Resource="arn:aws:s3:::a%3Ab+c/*"),
                },
            ),
        ],
    )
    iam = sandbox.iam()
    details = iam.get_account_authorization_details(Filter=["LocalManagedPolicy", "Role"])
    for found in (
        iam.get_policy_version(PolicyArn=P, VersionId="v1")["PolicyVersion"]["Document"],
        iam.get_role_policy(RoleName="R", PolicyName="I")["PolicyDocument"],
        details["Policies"][0]["PolicyVersionList"][0]["Document"],
        details["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"],
    ):
        assert found["Statement"][0]["Resource"] == "arn:aws:s3:::a%3Ab+c/*"
    assert iam.list_roles()["Roles"][0]["AssumeRolePolicyDocument"] == json.loads(TRUST)


NULL = "Value null at '{}' failed to satisfy constraint: Member must not be null"


@pytest.mark.parametrize(
    ("form", "status", "code", "says"),
    [
        (
            "Action=CreateRole",
            400,
            "ValidationError",
            (
                f"2 validation errors detected: {NULL.format('roleName')};"
                f" {NULL.format('assumeRolePolicyDocument')}"
            ),
        ),
        (
            "Action=AttachRolePolicy&RoleName=R",
            400,
            "ValidationError",
            f"1 validation error detected: {NULL.format('policyArn')}",
        ),
        (
            "Action=TagRole&RoleName=R&Tags.member.1.Value=x",
            400,
            "ValidationError",
            f"1 validation error detected: {NULL.format('tags.1.member.key')}",
        ),
        ("Action=ListRoles&MaxItems=x", 400, "MalformedInput", "ValueError"),
        (
            "Action=ListRoles&MaxItems=1001",
            400,
            "ValidationError",
            "1 validation error detected: Value &apos;1001&apos; at &apos;maxItems&apos;",
        ),
        ("Action=NoSuch", 400, "InvalidAction", "Could not find operation NoSuch"),
        ("Action=", 400, "InvalidAction", "Could not find operation"),
        ("nonsense", 400, "InvalidAction", "Could not find operation"),
        (
            "Action=DeleteRole&RoleName=%00",
            400,
            "ValidationError",
            "The specified value for roleName is invalid.",
        ),
    ],
)
def test_what_no_sdk_sends_is_refused_like_the_rest(
    form: str, status: int, code: str, says: str, sandbox: Server
) -> None:
    headers = {
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIATESTTESTTESTTEST/20261124/us-east-1/iam/aws4_request,"
            " SignedHeaders=host, Signature=0"
        )
    }
    request = urllib.request.Request(f"{sandbox.url}/", form.encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    said = refused.value.read().decode()
    assert (refused.value.code, f"<Code>{code}</Code>" in said) == (status, True)
    assert says.replace("&apos;", "'") in said
