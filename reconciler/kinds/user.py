"""Users, as far as specs go: read, checked and shown; a plan does not handle them yet.

Describes: path, memberships, attachments, inline policies, boundary, tags. Does not: passwords, access keys, MFA
devices; they are nobody's to keep in a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.parts import attachments, body, inline_policies, names, tags
from reconciler.parts.acknowledgements import Acknowledgements
from reconciler.parts.ignores import Ignores
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import TagMap, Texts
from reconciler.policy import arns, limits

KIND = "user"
SECTION = "users"
FACETS = ("path", "attached", "inline", "boundary", "groups", "tags")


class Section(BaseSection):
    """A user."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "permissions_boundary": "boundary:",
        "policies": "attach: for managed policies, inline: for the user's own",
        "password": "nothing: passwords are not managed here",
        "login_profile": "nothing: passwords are not managed here",
        "access_keys": "nothing: access keys are not managed here",
        "mfa_devices": "nothing: MFA devices are not managed here",
    }
    path: str = Field("/", description="Begins and ends with a slash.")
    tags: TagMap
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: body.BodiesByName = Field(default_factory=dict, description="The user's own policies.")
    boundary: str | None = Field(None, description="The permissions boundary, a policy.")
    groups: Texts | None = Field(None, description="All groups of the user; not managed where left out.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A user as desired. `groups` is None where memberships are not managed."""

    name: str
    path: str
    arn: str
    attached: frozenset[str]
    inline: inline_policies.Inline
    boundary: str
    groups: frozenset[str] | None
    tags: Tags


def named(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The user's name and ARN."""
    return name, arns.build(partition, account, "user", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired user."""
    names.check_name(name, "userNameType", problems)
    names.check_path(section.path, "pathType", problems)
    tags.check(section.tags, problems.under("tags"), fold_case=True)
    quota = attachments.quota_of(context.quotas.policies_per_user, "policies_per_user")
    attached = attachments.build(section.attach, context, problems.under("attach"), quota)
    inline = inline_policies.build(section.inline, context, problems.under("inline"), KIND)
    limit = attachments.policy_arn(section.boundary, context, problems.under("boundary")) if section.boundary is not None else ""  # fmt: skip
    groups = names.members(section.groups, "groupNameType", problems.under("groups"))
    if groups and len(groups) > limits.GROUPS_PER_USER:
        problems.error(f"{len(groups)} groups; IAM takes {limits.GROUPS_PER_USER}", "groups")
    if problems.has_errors:
        return None
    return State(
        name=name,
        path=section.path,
        arn=arns.build(context.partition, context.account, "user", section.path, name),
        attached=attached,
        inline=inline,
        boundary=limit,
        groups=groups,
        tags=tags.merged(context, section.tags, problems, fold_case=True),
    )


def render(want: State) -> dict[str, Any]:
    """All settings; `groups` is null where memberships are not managed."""
    return {
        "path": want.path,
        "attached": sorted(want.attached),
        "inline": {name: made.data for name, made in want.inline},
        "boundary": want.boundary or None,
        "groups": None if want.groups is None else sorted(want.groups),
        "tags": dict(sorted(want.tags)),
    }
