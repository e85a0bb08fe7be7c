"""What a spec says of a managed policy, and the desired state that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets import names, snapshot, tags
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.kinds.managed_policy.versions import Version
from reconciler.language import descriptions, policy_body
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import TagMap
from reconciler.policy.catalogue import limits
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document

KIND = "policy"


class Section(policy_body.BodySection):
    """A customer managed policy."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        **policy_body.BodySection.ELSEWHERE,
        "attach": "attach: under the role, with this policy's name",
        "roles": "attach: under each role, with this policy's name",
    }
    description: str = Field("", description="Can't be changed once the policy exists.")
    path: str = Field(
        "/", description="Begins and ends with a slash; can't be changed once the policy exists."
    )
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A policy as desired, or as it is. `versions` (all but the default) is only known of live ones."""

    name: str
    path: str
    arn: str
    description: str
    document: Document
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    mark: Mark = NO_MARK
    versions: tuple[Version, ...] = ()


def identify(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The policy's name and ARN."""
    return name, arns.build(partition, account, "policy", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired policy."""
    names.check_name(name, "policyNameType", problems)
    names.check_path(section.path, "policyPathType", problems)
    descriptions.check_of_policy(section.description, problems.under("description"))
    tags.check(section.tags, problems.under("tags"), fold_case=False)
    body = policy_body.build(section, context, problems, managed=True)
    if body is None or problems.has_errors:
        return None
    if body.size > limits.MANAGED_POLICY_SIZE:
        problems.error(
            f"the document has {body.size} characters; IAM takes {limits.MANAGED_POLICY_SIZE}: split it into"
            " two policies",
            on_key=True,
        )
    arn = arns.build(context.partition, context.account, "policy", section.path, name)
    all_tags = tags.merged(context, section.tags, problems, fold_case=False)
    return State(name, section.path, arn, section.description, body, all_tags, context.owner)


def render(want: State) -> dict[str, Any]:
    """Path, description, document and tags."""
    return {
        "path": want.path,
        "description": want.description or None,
        "document": want.document.data,
        "tags": dict(sorted(want.tags)),
    }


def from_snapshot(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The policy that these settings describe."""
    return State(
        name=name,
        path=snapshot.text(settings["path"]),
        arn=arn,
        description=snapshot.optional(settings["description"]),
        document=document(settings["document"]),
        tags=snapshot.tags(settings["tags"]),
        owner="",
    )


def stub(name: str, arn: str, want: State | None = None) -> State:
    """A policy of which nothing is known but its ARN."""
    return State(name, "/", arn, "", document({}), frozenset(), "")
