"""What a spec says of a role, and the desired state that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets import (
    attachments,
    boundary,
    identity_policies,
    inline_policies,
    names,
    snapshot,
    tags,
)
from reconciler.facets.identity import Identity, InAccount
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.kinds.role import trust as role_trust
from reconciler.kinds.role.instance_profile_option import ProfileOption
from reconciler.language import descriptions, policy_body, trust
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap, duration, duration_schema
from reconciler.language.trust import Trusts
from reconciler.policy.catalogue import limits
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document

KIND = "role"
FACETS = (
    "path",
    "description",
    "trust",
    "attached",
    "inline",
    "boundary",
    "max_session_duration",
    "tags",
)
FACET_TITLES: Mapping[str, str] = {
    "trust": "A role's trust policy admits others than the spec's.",
    "description": "The description differs.",
    "max_session_duration": "The longest session differs.",
    "path": "The path differs.",
    "tags": tags.TITLE,
    **boundary.FACET_TITLES,
    **identity_policies.FACET_TITLES,
}

HOUR = 3600


class Section(BaseSection):
    """A role."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "assume_role_policy": "trust: or trust_document:",
        "AssumeRolePolicyDocument": "trust: or trust_document:",
        "assume_role_policy_document": "trust: or trust_document:",
        "ManagedPolicyArns": "attach:",
        "managed_policy_arns": "attach:",
        "managed_policies": "attach:",
        "policies": "attach: for managed policies, inline: for the role's own",
        "inline_policy": "inline:",
        "permissions_boundary": "boundary:",
        "PermissionsBoundary": "boundary:",
        "MaxSessionDuration": "max_session_duration:",
        "Principal": "trust:",
        "trust_policy": "trust: or trust_document:",
        "assume": "trust:",
        "Policies": "inline:",
        "Description": "description:",
        "Path": "path:",
        "Tags": "tags:",
    }
    description: str = Field("", description="Up to 1000 characters of Latin-1.")
    path: str = Field("/", description="Begins and ends with a slash; can't be changed once the role exists.")
    tags: TagMap
    trust: Trusts | None = Field(None, description="Who may assume the role.")
    trust_document: dict[str, Any] | None = Field(None, description="The trust policy in IAM's own grammar.")
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: policy_body.BodiesByName = Field(default_factory=dict, description="The role's own policies.")
    boundary: str | None = Field(None, description="The permissions boundary, a policy.")
    max_session_duration: Annotated[int, BeforeValidator(duration), duration_schema()] = Field(
        HOUR, description="The longest session: 1h to 12h."
    )
    instance_profile: ProfileOption | None = Field(
        None, description="An instance profile that holds the role."
    )
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State(InAccount):
    """A role as desired, or as it is. `boundary` is "" for none; `denying` and `quota` only order calls."""

    name: str
    path: str
    arn: str
    description: str
    trust: Document
    attached: frozenset[str]
    inline: inline_policies.Inline
    boundary: str
    max_session_duration: int
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    mark: Mark = NO_MARK
    denying: frozenset[str] = field(default=frozenset(), compare=False)
    quota: int = field(default=limits.POLICIES_PER_ROLE, compare=False)

    @property
    def identity(self) -> Identity:
        """The role as an identity of policies."""
        return Identity("Role", self.name, self.arn)


def identify(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The role's name and ARN."""
    return name, arns.build(partition, account, "role", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired role."""
    names.check_name(name, "roleNameType", problems)
    if name.startswith(("AWSServiceRoleFor", "AWSReservedSSO_")):
        problems.error("roles of this name are AWS's own: they can't be managed here", on_key=True)
    names.check_path(section.path, "pathType", problems)
    descriptions.check_of_role(section.description, problems.under("description"))
    _check_duration(section.max_session_duration, problems.under("max_session_duration"))
    tags.check(section.tags, problems.under("tags"), fold_case=True)
    trust_policy = trust.build(section.trust, section.trust_document, context, problems)
    quota = attachments.quota_of(context.quotas.policies_per_role, "policies_per_role")
    attached = attachments.build(section.attach, context, problems.under("attach"), quota)
    inline = inline_policies.build(section.inline, context, problems.under("inline"), KIND)
    limit = boundary.of_section(section.boundary, context, problems.under("boundary"))
    if trust_policy is None or problems.has_errors:
        return None
    role_trust.check_size(trust_policy, context.quotas.trust_size, problems.under("trust"))
    return State(
        name=name,
        path=section.path,
        arn=arns.build(context.partition, context.account, "role", section.path, name),
        description=section.description,
        trust=trust_policy,
        attached=attached,
        inline=inline,
        boundary=limit,
        max_session_duration=section.max_session_duration,
        tags=tags.merged(context, section.tags, problems, fold_case=True),
        owner=context.owner,
        denying=context.denying,
        quota=quota.number,
    )


def render(want: State) -> dict[str, Any]:
    """All settings; attachments and the boundary as ARNs, the session length in seconds."""
    return {
        "path": want.path,
        "description": want.description or None,
        "trust": want.trust.data,
        "attached": sorted(want.attached),
        "inline": {name: policy.data for name, policy in want.inline},
        "boundary": want.boundary or None,
        "max_session_duration": want.max_session_duration,
        "tags": dict(sorted(want.tags)),
    }


def from_snapshot(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The role that these settings describe."""
    return State(
        name=name,
        path=snapshot.text(settings["path"]),
        arn=arn,
        description=snapshot.optional(settings["description"]),
        trust=document(settings["trust"]),
        attached=frozenset(snapshot.texts(settings["attached"])),
        inline=tuple(sorted((n, document(data)) for n, data in settings["inline"].items())),
        boundary=snapshot.optional(settings["boundary"]),
        max_session_duration=snapshot.number(settings["max_session_duration"]),
        tags=snapshot.tags(settings["tags"]),
        owner="",
    )


def stub(name: str, arn: str, want: State | None = None) -> State:
    """A role of which nothing is known but its name."""
    return State(name, "/", arn, "", document({}), frozenset(), (), "", HOUR, frozenset(), "")


def _check_duration(seconds: int, problems: Problems) -> None:
    least, most = limits.bounds("roleMaxSessionDurationType")
    if not least <= seconds <= most:
        problems.error(f"{seconds} seconds; IAM takes {least // HOUR}h to {most // HOUR}h")
