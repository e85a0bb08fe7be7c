"""What a spec says of a user, and the desired state that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets import (
    attachments,
    boundary,
    credentials,
    inline_policies,
    names,
    snapshot,
    tags,
)
from reconciler.facets import memberships as group_members
from reconciler.facets.identity import Identity, InAccount
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.language import policy_body
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap, Texts
from reconciler.policy.catalogue import limits
from reconciler.policy.document import arns
from reconciler.policy.document.document import document

KIND = "user"


class Section(BaseSection):
    """A user."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "permissions_boundary": "boundary:",
        "policies": "attach: for managed policies, inline: for the user's own",
        **credentials.ELSEWHERE,
    }
    path: str = Field("/", description="Begins and ends with a slash.")
    tags: TagMap
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: policy_body.BodiesByName = Field(default_factory=dict, description="The user's own policies.")
    boundary: str | None = Field(None, description="The permissions boundary, a policy.")
    groups: Texts | None = Field(None, description="All groups of the user; not managed where left out.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State(InAccount):
    """A user as desired, or as it is. `boundary` is "" for none, `groups` None where not managed.

    `denying` and `quota` only order calls.
    """

    name: str
    path: str
    arn: str
    attached: frozenset[str]
    inline: inline_policies.Inline
    boundary: str
    groups: frozenset[str] | None
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    mark: Mark = NO_MARK
    denying: frozenset[str] = field(default=frozenset(), compare=False)
    quota: int = field(default=limits.POLICIES_PER_USER, compare=False)

    @property
    def identity(self) -> Identity:
        """The user as an identity of policies."""
        return Identity("User", self.name, self.arn)


def identify(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
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
    limit = boundary.of_section(section.boundary, context, problems.under("boundary"))
    groups = group_members.checked_groups(section.groups, problems.under("groups"))
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
        owner=context.owner,
        denying=context.denying,
        quota=quota.number,
    )


def render(want: State) -> dict[str, Any]:
    """All settings; `groups` is null where memberships are not managed."""
    return {
        "path": want.path,
        "attached": sorted(want.attached),
        "inline": {name: policy.data for name, policy in want.inline},
        "boundary": want.boundary or None,
        "groups": None if want.groups is None else sorted(want.groups),
        "tags": dict(sorted(want.tags)),
    }


def from_snapshot(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The user that these settings describe."""
    groups, path = settings["groups"], snapshot.text(settings["path"])
    return State(
        name=name,
        path=path,
        arn=arns.on_path(arn, path),
        attached=frozenset(snapshot.texts(settings["attached"])),
        inline=tuple(sorted((n, document(data)) for n, data in settings["inline"].items())),
        boundary=snapshot.optional(settings["boundary"]),
        groups=None if groups is None else frozenset(snapshot.texts(groups)),
        tags=snapshot.tags(settings["tags"]),
        owner="",
    )


def stub(name: str, arn: str, want: State | None = None) -> State:
    """A user of which nothing is known but its name."""
    return State(name, "/", arn, frozenset(), (), "", frozenset(), frozenset(), "")
