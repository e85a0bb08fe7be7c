"""The versions of a managed policy: which one becomes the default, and which one makes room."""

from dataclasses import dataclass
from typing import Any

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.kind import LostAnswer
from reconciler.facets.reads.policy_document import get, get_version, list_versions
from reconciler.policy.catalogue import limits
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document
from reconciler.policy.document.document import document as document_of


@dataclass(frozen=True, slots=True)
class Version:
    """A kept version that is not the default; `document` is None where it was not read."""

    id: str
    document: Document | None


def age(version: Version) -> int:
    """`v12` is 12: ids only grow, so the smallest is the oldest (contract §3)."""
    return int(version.id[1:].partition(".")[0])


def kept(arn: str, default: str, answers: Answers) -> tuple[Version, ...]:
    """The versions that are not the default, the oldest first; none where nobody asked for them."""
    listing = list_versions(arn)
    versions = []
    for entry in listed(listing, answers) if listing in answers else []:
        if entry["VersionId"] != default:
            version = answers.get(get_version(arn, entry["VersionId"]))
            document = document_of(version["PolicyVersion"]["Document"]) if version else None
            versions.append(Version(entry["VersionId"], document))
    return tuple(sorted(versions, key=age))


def listed(listing: Call, answers: Answers) -> list[Any]:
    """The versions in an answer."""
    answer = answers.get(listing)
    return list(answer["Versions"]) if answer else []


def deleted(arn: str, answers: Answers) -> tuple[Call, ...]:
    """The calls that delete all versions but the default, which goes with the policy."""
    policy = answers.get(get(arn)) or {"Policy": {"DefaultVersionId": ""}}
    ids = [entry["VersionId"] for entry in listed(list_versions(arn), answers)]
    others = [version for version in ids if version != policy["Policy"]["DefaultVersionId"]]
    return tuple(
        write(
            "DeletePolicyVersion",
            arn,
            {"PolicyArn": arn, "VersionId": version},
            provides=[facts.done(arn, f"without {version}")],
        )
        for version in others
    )


def new_default(arn: str, document: Document, kept: tuple[Version, ...]) -> tuple[Call, ...]:
    """The calls that make a document the default: a kept version that means the same, or a new one.

    `kept` is sorted by age. At five versions the oldest goes first.
    """
    provides = [facts.done(arn, "document")]
    same = [version for version in kept if version.document and same_meaning(version.document, document)]
    if same:
        params = {"PolicyArn": arn, "VersionId": same[-1].id}
        return (write("SetDefaultPolicyVersion", arn, params, provides=provides),)
    create = {"PolicyArn": arn, "PolicyDocument": document.text, "SetAsDefault": True}
    if len(kept) + 1 < limits.VERSIONS_PER_POLICY:
        return (write("CreatePolicyVersion", arn, create, provides=provides),)
    room = facts.done(arn, "room for a version")
    oldest = {"PolicyArn": arn, "VersionId": kept[0].id}
    return (
        write("DeletePolicyVersion", arn, oldest, provides=[room]),
        write("CreatePolicyVersion", arn, create, needs=[room], provides=provides),
    )


def pruned(arn: str, document: Document, kept: tuple[Version, ...]) -> list[FieldChange]:
    """The version that has to go: noted with its document, so that the journal keeps what is removed."""
    gone = {
        call.params["VersionId"]
        for call in new_default(arn, document, kept)
        if call.operation == "DeletePolicyVersion"
    }
    note = "is deleted, the oldest of five kept versions"
    return [
        FieldChange("versions", "document", version.document.text, None, version.id, note)
        for version in kept
        if version.id in gone and version.document
    ]


def _default(call: Call, answers: Answers) -> tuple[Call, ...]:
    """The policy, and then its default version."""
    policy = get(call.params["PolicyArn"])
    answer = answers.get(policy) if policy in answers else None
    if answer is None:
        return (policy,)
    return policy, get_version(call.params["PolicyArn"], answer["Policy"]["DefaultVersionId"])


def _is_default(call: Call, answers: Answers) -> bool:
    """Whether the default version says what the call was to make it say."""
    *_, last = _default(call, answers)
    version = answers.get(last)
    if version is None or "PolicyVersion" not in version:
        return False
    live = document_of(version["PolicyVersion"]["Document"])
    return same_meaning(Document(call.params["PolicyDocument"]), live)


# Sent again, it would be made twice: it is looked for before.
LOST_ANSWER = LostAnswer("CreatePolicyVersion", "", _default, _is_default)
