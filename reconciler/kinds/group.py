"""Groups, as far as specs go: read, checked and shown; a plan does not handle them yet.

Describes: path, attachments, inline policies, members. IAM has no tags on groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.parts import attachments, body, inline_policies, names
from reconciler.parts.acknowledgements import Acknowledgements
from reconciler.parts.ignores import Ignores
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import Texts
from reconciler.policy import arns, limits

KIND = "group"
SECTION = "groups"
FACETS = ("path", "attached", "inline", "members")


class Section(BaseSection):
    """A group."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "users": "members:",
        "policies": "attach: for managed policies, inline: for the group's own",
        "tags": "nothing: IAM has no tags on groups",
        "boundary": "nothing: IAM has no permissions boundary on groups",
    }
    path: str = Field("/", description="Begins and ends with a slash.")
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: body.BodiesByName = Field(default_factory=dict, description="The group's own policies.")
    members: Texts | None = Field(None, description="All users in the group; not managed where left out.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A group as desired. `members` is None where they are not managed."""

    name: str
    path: str
    arn: str
    attached: frozenset[str]
    inline: inline_policies.Inline
    members: frozenset[str] | None


def named(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The group's name and ARN."""
    return name, arns.build(partition, account, "group", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired group."""
    names.check_name(name, "groupNameType", problems)
    names.check_path(section.path, "pathType", problems)
    quota = attachments.Quota(limits.POLICIES_PER_GROUP, "; for groups it can't be raised")
    attached = attachments.build(section.attach, context, problems.under("attach"), quota)
    inline = inline_policies.build(section.inline, context, problems.under("inline"), KIND)
    members = names.members(section.members, "userNameType", problems.under("members"))
    if problems.has_errors:
        return None
    arn = arns.build(context.partition, context.account, "group", section.path, name)
    return State(name, section.path, arn, attached, inline, members)


def render(want: State) -> dict[str, Any]:
    """All settings; `members` is null where they are not managed."""
    return {
        "path": want.path,
        "attached": sorted(want.attached),
        "inline": {name: made.data for name, made in want.inline},
        "members": None if want.members is None else sorted(want.members),
    }
