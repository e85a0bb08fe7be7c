"""Values that well-known condition keys can have, where AWS documents their form.

Source: IAM user guide, reference_policies_condition-keys.
"""

import re

from reconciler.policy import globs
from reconciler.policy.catalogue import known_names
from reconciler.policy.document.arns import PARTITIONS

_ACCOUNT = re.compile(r"[0-9]{12}"), "is no account: write its twelve digits"
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}"), "is no organization: write its id, such as o-a1b2c3d4e5"
_ARN = re.compile(r"arn:.+"), "is no ARN: write it whole"
_FORMS = {
    "aws:principalaccount": _ACCOUNT,
    "aws:resourceaccount": _ACCOUNT,
    "aws:sourceaccount": _ACCOUNT,
    "aws:principalorgid": _ORGANIZATION,
    "aws:resourceorgid": _ORGANIZATION,
    "aws:sourceorgid": _ORGANIZATION,
    "aws:sourcevpc": (re.compile(r"vpc-.+"), "is no VPC: write its id, vpc-…"),
    "aws:sourcevpce": (re.compile(r"vpce-.+"), "is no VPC endpoint: write its id, vpce-…"),
    "iam:permissionsboundary": _ARN,
    "iam:policyarn": _ARN,
}


def complaint(key: str, value: str, *, is_pattern: bool) -> str:
    """Why no request can have this value, and what to write; "" where one can, or where nobody knows."""
    if is_pattern and globs.is_pattern(value):
        return ""
    if key in _FORMS:
        form, words = _FORMS[key]
        return "" if form.fullmatch(value) else words
    if key == "aws:requestedregion" and not any(value in known_names.regions(p) for p in PARTITIONS):
        guess = known_names.similar_region(value, "aws")
        return f"is no region{f': did you mean {guess}?' if guess else ''}"
    if key == "iam:passedtoservice" and not known_names.is_known_principal(value):
        guess = known_names.similar_principal(value)
        return (
            "is no service principal in the list of"
            f" {known_names.date_of_principals()}{f': did you mean {guess}.amazonaws.com?' if guess else ''}"
        )
    return ""
