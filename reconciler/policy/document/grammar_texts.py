"""What IAM takes and refuses of single texts of a policy document.

Dates, actions, operators, entries of Resource (contract §10).
"""

import re

from reconciler.policy.catalogue import actions
from reconciler.policy.document.arns import PARTITIONS

IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
# Kinds of resources that the action data has since, and the recorded message does not name.
_NEWER_IAM_PATHS = ("delegation-request/", "role-template/", "outbound-web-identity/")
_ALL_IAM_PATHS = (*IAM_PATHS, *_NEWER_IAM_PATHS)
_DATE = re.compile(
    r"(?P<year>-?[0-9]{1,9})(-0*([1-9]|1[0-2])(-0*([1-9]|[12][0-9]|3[01]))?)?"
    r"([tT](([01]?[0-9]|2[0-3])(:[0-5]?[0-9](:[0-5]?[0-9](\.[0-9]{1,9})?)?)?"
    r"([zZ]|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?)?)?"
)
_FIRST_YEAR, _LAST_YEAR = -292_275_054, 292_278_993
_VENDOR = re.compile(r"[A-Za-z0-9.-]+")


def is_date(text: str) -> bool:
    """Whether IAM reads the text as a date: ISO 8601 with much left out, or seconds since 1970.

    The bounds are Java's: years as its calendar has them, seconds as a long (localstack's recordings of
    CreatePolicy, valid-30 "01T", valid-36 "…t2:00:00.593194+23", valid-37 "-292275054", invalid-72 to
    invalid-75).
    """
    if text.isdecimal() and text.isascii():
        return int(text) < 2**63
    match = _DATE.fullmatch(text)
    return match is not None and _FIRST_YEAR <= int(match["year"]) <= _LAST_YEAR


def is_stunted(resource: str) -> bool:
    """Whether IAM can't read the text as an ARN at all.

    It has too few colons where some are doubled, or no service.
    """
    parts = resource.split(":")
    if resource == "*" or len(parts) < 3 or parts[1] not in (*PARTITIONS, "*"):
        return False
    return ("::" in resource and len(parts) < 6) or parts[2] == ""


def action_complaint(action: str) -> str:
    """IAM's message about one action, or "" where it takes it."""
    vendor, colon, rest = action.partition(":")
    if not colon:
        return (
            ""
            if action == "*"
            else "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        )
    if ":" in rest:
        return "Actions/Condition can contain only one colon."
    return "" if vendor == "*" or _VENDOR.fullmatch(vendor) else f"Vendor {vendor} is not valid"


# Those that trust policies name; for another one the list of all is read.
_TRUST_ACTIONS = frozenset(
    (
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "tagsession",
        "setsourceidentity",
        "setcontext",
    )
)


def trust_action_complaint(action: str) -> str:
    """Why IAM refuses an action in a trust policy, by its name (LS:roles, invalid-action-error), or "".

    What IAM says to a wildcard is not recorded, so any of sts's is taken.
    """
    service, _, name = action.lower().partition(":")
    if service != "sts":
        return f'"{action}" is no action of sts'
    if name in _TRUST_ACTIONS or "*" in name or "?" in name or actions.matching(service, name):
        return ""
    return f'"{action}" is no action of sts in the list of {actions.data_date()}'


def wrong_partition(resource: str) -> str:
    """IAM's message about an ARN of a partition that is not the account's, or none at all."""
    _, partition, *rest = resource.split(":", 5)
    padded = [*rest, "*", "*", "*", "*"][:4] if rest != [""] else ["*"] * 4
    return f'Partition "{partition}" is not valid for resource "arn:{partition}:{":".join(padded)}".'


def resource_complaint(resource: str) -> str:
    """IAM's message about one entry of Resource, or "" where it takes it."""
    if resource == "*":
        return ""
    parts = resource.split(":", 5)
    if len(parts) == 1:
        return f'Resource {resource} must be in ARN format or "*".'
    if parts[1] not in (*PARTITIONS, "*"):
        return wrong_partition(resource)
    if len(parts) == 2:
        return "Resource vendor must be fully qualified and cannot contain regexes."
    service, region, tail = parts[2], parts[3] if len(parts) > 3 else "", parts[5] if len(parts) > 5 else ""
    if service == "iam" and region:
        return f"IAM resource {resource} cannot contain region information."
    if (
        service == "s3"
        and region
        and not tail.startswith(("accesspoint/", "access-grants/", "job/", "async-request/", "storage-lens"))
    ):
        return f"Resource {resource} can not contain region information."
    if (
        service == "iam"
        and len(parts) > 5
        and not (tail in ("*", "root") or tail.startswith((*_ALL_IAM_PATHS, "*", "?")))
    ):
        return f'IAM resource path must either be "*", root, or start with {", ".join(IAM_PATHS)}.'
    return ""


def principal_complaint(text: str) -> str:
    """Why a text under AWS is no principal, or "".

    A wildcard must stand alone, and a group is no principal (user guide,
    reference_policies_elements_principal).
    """
    if ":group/" in text:
        return "a group is no principal: name its users"
    if text != "*" and ("*" in text or "?" in text):
        return "a principal's ARN has no wildcards: name it, or test aws:PrincipalArn"
    return ""


_COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = frozenset(
    [
        f"String{o}"
        for o in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")
    ]
    + [f"{kind}{o}" for kind in ("Numeric", "Date") for o in _COMPARISONS]
    + [f"Arn{o}" for o in ("Equals", "Like", "NotEquals", "NotLike")]
    + ["Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"]
)


def is_operator(name: str) -> bool:
    """Whether the condition operator exists, with its prefix and suffix."""
    bare = name.removeprefix("ForAllValues:").removeprefix("ForAnyValue:")
    return bare in OPERATORS or (bare != "NullIfExists" and bare.removesuffix("IfExists") in OPERATORS)
