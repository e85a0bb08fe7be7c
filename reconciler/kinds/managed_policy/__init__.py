"""Customer managed policies.

Manages: the document (as the default version), user tags, ownership tags; the description when creating.
Does not: change a description or a path (IAM can't), edit AWS's own policies, replace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets import names, snapshot, tags
from reconciler.facets.reads.account import POLICIES, AccountWide
from reconciler.facets.reads.policy_document import get, get_version, list_versions
from reconciler.kinds.managed_policy import bulk as bulk_answers
from reconciler.kinds.managed_policy import deletion, export
from reconciler.kinds.managed_policy import versions as kept_versions
from reconciler.kinds.managed_policy.versions import Version
from reconciler.language import descriptions, policy_body
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import TagMap
from reconciler.policy.catalogue import limits
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document
from reconciler.policy.document.grammar import VERSIONS
from reconciler.policy.meaning.canonical import digest, fingerprint

KIND = "policy"
SECTION = "policies"
FACETS = ("path", "description", "document", "tags")
UPDATED_FACETS = {
    "CreatePolicyVersion": (("document",), ""),
    "SetDefaultPolicyVersion": (("document",), ""),
    "DeletePolicyVersion": ((), ""),
    **tags.changes("Policy"),
}
READS_PER_RESOURCE = 2
BULK_ANSWERS = bulk_answers.BULK_ANSWERS


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
    made = policy_body.build(section, context, problems, managed=True)
    if made is None or problems.has_errors:
        return None
    if made.size > limits.MANAGED_POLICY_SIZE:
        problems.error(
            f"the document has {made.size} characters; IAM takes {limits.MANAGED_POLICY_SIZE}: split it into"
            " two policies",
            on_key=True,
        )
    arn = arns.build(context.partition, context.account, "policy", section.path, name)
    all_tags = tags.merged(context, section.tags, problems, fold_case=False)
    return State(name, section.path, arn, section.description, made, all_tags, context.owner)


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


def stub(name: str, arn: str, want: State | None = None) -> State:  # noqa: ARG001 - all of it is its own
    """A policy of which nothing is known but its ARN."""
    return State(name, "/", arn, "", document({}), frozenset(), "")


def bulk(owner: str, account: AccountWide) -> tuple[Call, ...]:
    """The account's policies, and the tags of those that the spec owns."""
    return bulk_answers.reads(owner, account)


def reads(want: State, answers: Answers) -> tuple[Call, ...]:
    """GetPolicy, then the default version; all versions only where the document differs.

    Before a policy is created the account is swept for the same name on another path or in another case.
    """
    asked = get(want.arn)
    if asked not in answers:
        return (asked,)
    found = answers.get(asked)
    if found is None:
        return (asked, POLICIES)
    default = get_version(want.arn, found["Policy"]["DefaultVersionId"])
    listing = list_versions(want.arn)
    calls = [asked, default]
    version = answers.get(default) if default in answers else None
    if (
        version
        and want.document.data
        and not same_meaning(want.document, document(version["PolicyVersion"]["Document"]))
    ):
        calls.append(listing)
    if listing in answers:
        calls += [get_version(want.arn, v["VersionId"]) for v in kept_versions.listed(listing, answers)]
    return tuple(calls)


def read_permissions(want: State) -> tuple[tuple[str, str], ...]:
    """The policy, its versions, and the sweep before it is created."""
    own = ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions")
    return (*((action, want.arn) for action in own), ("iam:ListPolicies", "*"))


def from_answers(want: State, answers: Answers) -> State | None:
    """The live policy."""
    found = answers.get(get(want.arn))
    if found is None:
        return None
    policy = found["Policy"]
    default = policy["DefaultVersionId"]
    version = answers.get(get_version(want.arn, default))
    all_tags = tags.of_response(policy.get("Tags"))
    parsed = arns.parse(policy["Arn"])
    return State(
        name=policy["PolicyName"],
        path=policy.get("Path") or (parsed.path if parsed else "/"),
        arn=policy["Arn"],
        description=_recorded(want, policy.get("Description") or "", all_tags),
        document=document(version["PolicyVersion"]["Document"]) if version else document({}),
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
        versions=kept_versions.kept(want.arn, default, answers),
    )


def complete(want: State, answers: Answers) -> State:  # noqa: ARG001 - the protocol's signature
    """Nothing about a policy is left for AWS to say."""
    return want


def diff(want: State, have: State) -> tuple[FieldChange, ...]:
    """Document by meaning, tags; the description as a note, since IAM can't change it."""
    changes: list[FieldChange] = []
    if want.description != have.description:
        note = "a policy's description can't be changed; IAM may also have garbled it"
        changes.append(
            FieldChange("description", "value", have.description or None, want.description or None, note=note)
        )
    if not same_meaning(want.document, have.document):
        changes.append(FieldChange("document", "document", have.document.text, want.document.text))
        changes += kept_versions.pruned(want.arn, want.document, have.versions)
    return (*changes, *tags.diff(want.tags, have.tags))


def fingerprints(state: State) -> Mapping[str, str]:
    """Digests of what is applied."""
    return {
        "description": fingerprint(state.description),
        "document": digest(state.document),
        "tags": tags.digest(state.tags),
    }


def blockers(want: State, have: State | None, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG001
    """The same name elsewhere; a document of a version that IAM takes no more."""
    found: list[str] = [*tags.blockers(want.tags, want.owner)]
    if have is None:
        listed = answers.get(POLICIES) or {"Policies": []}
        other = names.same_name(want.name, (policy["Arn"] for policy in listed["Policies"]))
        if other:
            found.append(names.clash(want.arn, other))
    elif have.arn != want.arn:
        found.append(names.clash(want.arn, have.arn))
    written = have is None or not same_meaning(want.document, have.document)
    if written and want.document.data.get("Version") == VERSIONS[1]:
        found.append(
            "the document is of Version 2008-10-17, and IAM takes new ones of 2012-10-17 only: write that"
        )
    return tuple(found)


def create(want: State, *, in_cycle: bool) -> tuple[Call, ...]:  # noqa: ARG001 - a policy names nobody
    """One call; the tags travel with it."""
    params: dict[str, Any] = {
        "PolicyName": want.name,
        "Path": want.path,
        "PolicyDocument": want.document.text,
    }
    if want.description:
        params["Description"] = want.description
    marked = want.tags | tags.own(want.owner, fingerprints(want), want.applied)
    if marked:
        params["Tags"] = tags.as_param(marked)
    return (write("CreatePolicy", want.arn, params, provides=[facts.exists(want.arn)]),)


def update(want: State, have: State) -> tuple[Call, ...]:
    """A new default version, or a kept one that means the same; then the tags."""
    calls = (
        ()
        if same_meaning(want.document, have.document)
        else kept_versions.new_default(want.arn, want.document, have.versions)
    )
    marks = tags.own(want.owner, fingerprints(replace(want, description=have.description)), want.applied)
    target = {"PolicyArn": want.arn}
    return calls + tags.update("Policy", target, want.arn, want.tags, have.all_tags, marks, calls)


def _recorded(want: State, shown: str, all_tags: Tags) -> str:
    """The description that the policy was created with.

    What is shown, unless the tag says that it was the wanted one.

    Then IAM has garbled it (contract §12.10), or the answer leaves it out (§8): nothing differs that anyone
    could change.
    """
    applied = tags.applied_fields(tags.value_of(all_tags, tags.APPLIED)) or {}
    return want.description if applied.get("description") == fingerprint(want.description) else shown


def notes(want: State, have: State) -> tuple[str, ...]:
    """Whether a version goes, or a kept one comes back."""
    if same_meaning(want.document, have.document):
        return ()
    return tuple(
        _ABOUT[call.operation].format(call.params["VersionId"])
        for call in update(want, have)
        if call.operation in _ABOUT
    )


_ABOUT = {"SetDefaultPolicyVersion": "{} says the same already and is made the default again"}


to_spec, deletion_reads = export.of_policy, deletion.deletion_reads
usage, delete, DELETE_OPERATIONS = deletion.usage, deletion.delete, deletion.DELETE_OPERATIONS


def summary(want: State) -> str:
    """What `verify` says when all is right."""
    actions: set[str] = set()
    for statement in want.document.statements:
        listed = statement.get("Action", statement.get("NotAction", []))
        actions |= {listed} if isinstance(listed, str) else set(listed)
    noun = "action" if len(actions) == 1 else "actions"
    return f"says what the spec says ({len(actions)} {noun})"
