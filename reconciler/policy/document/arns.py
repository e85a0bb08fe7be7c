"""ARNs of IAM: how they are built without asking AWS, and what can be read from one."""

import re
from dataclasses import dataclass
from functools import lru_cache

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
ACCOUNT = re.compile(r"[0-9]{12}")
RESERVED_PATHS = ("/aws-service-role/", "/aws-reserved/")
# The provider through which Identity Center's users come in; IAM does not protect it (contract §9).
_IDENTITY_CENTER = re.compile(
    r"(?:arn:[a-z-]+:iam::[0-9]{12}:saml-provider/)?AWSSSO_\w+_DO_NOT_DELETE", re.ASCII
)


@dataclass(frozen=True, slots=True)
class IamArn:
    """An ARN of IAM: `arn:PARTITION:iam::ACCOUNT:KIND/PATH/NAME`; `path` begins and ends with a slash."""

    partition: str
    account: str
    kind: str
    path: str
    name: str

    @property
    def is_aws_managed(self) -> bool:
        """Whether AWS owns it: such a policy can be attached, never edited."""
        return self.account == "aws"


_IAM_ARN = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}|aws):([a-z-]+)(/(?:.*/)?)([^/]+)", re.DOTALL)


_ROOT = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):root")
# An OIDC provider's name is its URL without the scheme, slashes and all.
_OIDC_ARN = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):oidc-provider/(.+)", re.DOTALL)


@lru_cache(maxsize=65536)
def parse(arn: str) -> IamArn | None:
    """The parts of an IAM entity's ARN, or None for any other text."""
    provider = _OIDC_ARN.fullmatch(arn)
    if provider:
        return IamArn(provider[1], provider[2], "oidc-provider", "/", provider[3])
    match = _IAM_ARN.fullmatch(arn)
    return IamArn(*match.groups()) if match else None


def build(partition: str, account: str, kind: str, path: str, name: str) -> str:
    """The ARN that IAM gives to an entity."""
    return f"arn:{partition}:iam::{account}:{kind}{path}{name}"


def on_path(arn: str, path: str) -> str:
    """The ARN of the same thing on another path."""
    head, _, name = arn.partition("/")
    return f"{head}{path}{name.rpartition('/')[2]}"


def with_and_without_path(arn: str) -> tuple[str, ...]:
    """The ARN, and the one without a path.

    IAM does not know the path of an entity that does not exist when it checks who may read it.
    """
    parsed = parse(arn)
    if parsed is None or parsed.path == "/":
        return (arn,)
    return arn, build(parsed.partition, parsed.account, parsed.kind, "/", parsed.name)


def is_identity_center(provider: str) -> bool:
    """Whether a SAML provider, by name or ARN, is the one that IAM Identity Center made for itself."""
    return _IDENTITY_CENTER.fullmatch(provider) is not None


def root(partition: str, account: str) -> str:
    """The principal that stands for a whole account."""
    return f"arn:{partition}:iam::{account}:root"


def account_of_root(arn: str) -> str:
    """The account that a principal stands for as a whole, "" for any other one."""
    match = _ROOT.fullmatch(arn)
    return match[1] if match else ""


def short(arn: str, account: str) -> str:
    """A policy's ARN as plans show it: `aws:NAME` for AWS's own, `policy/NAME` for this account's."""
    parsed = parse(arn)
    if parsed is None or parsed.kind != "policy":
        return arn
    tail = parsed.path.lstrip("/") + parsed.name
    if parsed.is_aws_managed:
        return f"aws:{tail}"
    return f"policy/{tail}" if parsed.account == account else arn
