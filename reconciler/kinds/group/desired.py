"""Groups as a spec describes them, and as they are."""

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field

from reconciler.core.context import Tags
from reconciler.facets import attachments, inline_policies
from reconciler.facets.identity import Identity, InAccount
from reconciler.language import policy_body
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import Texts


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
    inline: policy_body.BodiesByName = Field(default_factory=dict, description="The group's own policies.")
    members: Texts | None = Field(None, description="All users in the group; not managed where left out.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State(InAccount):
    """A group as desired, or as it is. `members` is None where not managed, `users` are the live ones.

    IAM has no boundary, tags, owner of it.
    """

    name: str
    path: str
    arn: str
    attached: frozenset[str]
    inline: inline_policies.Inline
    members: frozenset[str] | None
    users: frozenset[str] = frozenset()
    denying: frozenset[str] = field(default=frozenset(), compare=False)
    boundary: str = ""
    tags: Tags = frozenset()
    all_tags: Tags = frozenset()
    owner: str = ""
    applied: str = ""

    @property
    def identity(self) -> Identity:
        """The group as an identity of policies."""
        return Identity("Group", self.name, self.arn)
