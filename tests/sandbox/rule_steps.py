"""Calls and messages that the tables of the sandbox's rules share."""

from tests.conftest import ACCOUNT
from tests.end_to_end.metadata import METADATA
from tests.sandbox.steps import (
    POLICY,
    ROLE,
    P,
    R,
    Step,
    arn,
    document,
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
