"""Permissions that a call of IAM needs in addition to the action of its own name.

The action catalogue does not have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dependent:
    """`operation` needs `action` too where it has the parameter `given`, on a resource of `kind`.

    `given` is "" where it always needs it.
    """

    operation: str
    given: str
    action: str
    kind: str
    source: str
    passed_to: str = ""


_TAGS = (
    "UG:id_tags.md (tagging when creating needs the tag action too); GH"
    " alexcasalboni/aws-lambda-power-tuning#154"
)
TABLE = (
    Dependent("CreateRole", "Tags", "iam:TagRole", "role", _TAGS),
    Dependent("CreateUser", "Tags", "iam:TagUser", "user", _TAGS),
    Dependent("CreatePolicy", "Tags", "iam:TagPolicy", "policy", _TAGS),
    Dependent("CreateOpenIDConnectProvider", "Tags", "iam:TagOpenIDConnectProvider", "oidc-provider", _TAGS),
    Dependent("CreateSAMLProvider", "Tags", "iam:TagSAMLProvider", "saml-provider", _TAGS),
    Dependent("CreateInstanceProfile", "Tags", "iam:TagInstanceProfile", "instance-profile", _TAGS),
    Dependent(
        "AddRoleToInstanceProfile",
        "",
        "iam:PassRole",
        "role",
        "M AddRoleToInstanceProfile (the caller must be granted PassRole on the role);"
        " UG:id_roles_use_passrole.md",
        passed_to="ec2.amazonaws.com",
    ),
)


def dependents(operation: str, params: Mapping[str, Any]) -> tuple[Dependent, ...]:
    """What a call with these parameters needs beside `iam:OPERATION`."""
    return tuple(d for d in TABLE if d.operation == operation and (not d.given or params.get(d.given)))
