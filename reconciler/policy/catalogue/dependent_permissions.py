"""Permissions that a call of IAM needs in addition to the action of its own name.

The action catalogue does not have them. It has the actions that tag, so that these need no table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.policy.catalogue.actions import actions_of


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
_KIND = re.compile(r"arn:[^:]*:iam::[^:]*:([a-z-]+)/")


def dependents(operation: str, params: Mapping[str, Any]) -> tuple[Dependent, ...]:
    """What a call with these parameters needs beside `iam:OPERATION`."""
    known = (*TABLE, *_tagging(operation))
    return tuple(d for d in known if d.operation == operation and (not d.given or params.get(d.given)))


@cache
def _tagging(operation: str) -> tuple[Dependent, ...]:
    """The action that tags what an operation creates: `CreateRole` needs `TagRole` for its tags."""
    actions = actions_of("iam").values()
    tagging = [a for a in actions if a.name.startswith("Tag") and operation.endswith(a.name[3:])]
    if not tagging or operation.startswith(("Tag", "Untag")):
        return ()
    action = max(tagging, key=lambda a: len(a.name))
    kinds = [match[1] for match in map(_KIND.match, action.resources) if match]
    return tuple(Dependent(operation, "Tags", action.full, kind, _TAGS) for kind in kinds)
