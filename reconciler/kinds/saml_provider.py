"""SAML identity providers: whose assertions are good for assuming roles.

Manages: metadata, user tags. Does not: private keys and encrypted assertions. Metadata is compared by its
text, line ends and the white space around it apart: XML readers change those, and they mean nothing (XML 1.0
§2.11).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.call import MOST_KEPT, Answers, Call, Params, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.core.problems import Problems
from reconciler.core.usage import Usage
from reconciler.facets import deletion, export, snapshot, tags
from reconciler.facets.reads.account import AccountWide, Cut
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap
from reconciler.policy.catalogue import limits
from reconciler.policy.meaning.canonical import fingerprint

KIND = "saml-provider"
SECTION = "saml_providers"
FACETS = ("metadata", "tags")
UPDATED_FACETS = {"UpdateSAMLProvider": (("metadata",), ""), **tags.changes("SAMLProvider")}
READS_PER_RESOURCE = 1
DELETE_OPERATIONS = (("DeleteSAMLProvider", KIND),)
# No list of the account has more of a provider than its ARN and dates (contract §8).
BULK_ANSWERS: dict[str, Callable[[Params, AccountWide], Cut]] = {}
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
_ROOT = re.compile(r"<(?:[\w.-]+:)?EntityDescriptor\b([^>]*)>")
# What people know a provider's metadata by; longer values are cut where they are shown.
_KNOWN_BY = ("entityID", "validUntil")
_LONGEST_SHOWN = 200


class Section(BaseSection):
    """A SAML identity provider."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "metadata": "metadata_file:",
        "saml_metadata_document": "metadata_file:",
    }
    metadata_file: str = Field(
        description="The provider's metadata, XML, in a file inside the spec's folder."
    )
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A provider as desired, or as it is; `metadata` is the XML, as `_plain` leaves it."""

    name: str
    arn: str
    metadata: str
    tags: Tags
    owner: str = ""
    applied: str = ""
    all_tags: Tags = frozenset()

    @property
    def path(self) -> str:
        """A provider has no path; AWS's own is known by its name."""
        return "/"


def identify(name: str, _given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The provider's name and ARN."""
    return name, f"arn:{partition}:iam::{account}:saml-provider/{name}"


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired provider."""
    if not _NAME.fullmatch(name):
        problems.error("a SAML provider's name has letters A-Z, a-z, digits and ._- only", on_key=True)
    tags.check(section.tags, problems.under("tags"), fold_case=False)
    text = context.contents.get(section.metadata_file)
    if text is None:
        return None  # it could not be read, and the reader has said so
    metadata = _plain(text)
    least, most = limits.SAML_METADATA
    if "<" not in metadata or "EntityDescriptor" not in metadata:
        problems.error("the file is no SAML metadata: XML with an EntityDescriptor", "metadata_file")
    elif not least <= len(metadata) <= most:
        problems.error(
            f"the file has {len(metadata)} characters; IAM takes {least} to {most}", "metadata_file"
        )
    if problems.has_errors:
        return None
    return State(
        name=name,
        arn=identify(name, {}, context.account, context.partition)[1],
        metadata=metadata,
        tags=tags.merged(context, section.tags, problems, fold_case=False),
        owner=context.owner,
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \t\n")


def _digest(metadata: str) -> str:
    return f"sha256 {sha256(metadata.encode()).hexdigest()}"


def render(want: State) -> dict[str, Any]:
    """The digest of the metadata, and tags."""
    return {"metadata": _digest(want.metadata), "tags": dict(sorted(want.tags))}


def to_snapshot(state: State) -> dict[str, Any]:
    """The same with the metadata itself: a rollback has to write it again."""
    return {**render(state), "metadata": state.metadata}


def from_snapshot(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The provider that these recorded settings describe."""
    metadata = snapshot.text(settings["metadata"])
    if "EntityDescriptor" not in metadata:
        raise ValueError("no metadata")
    return State(name, arn, _plain(metadata), snapshot.tags(settings["tags"]))


def stub(name: str, arn: str, want: State | None = None) -> State:
    """A provider of which nothing is known but its name."""
    return State(name, arn, "", frozenset())


def bulk(owner: str, account: AccountWide) -> tuple[Call, ...]:
    """Nothing: each provider is asked for."""
    return ()


@lru_cache(maxsize=MOST_KEPT)
def _get(arn: str) -> Call:
    return read("GetSAMLProvider", SAMLProviderArn=arn)


def reads(want: State, answers: Answers) -> tuple[Call, ...]:
    """One call has it all."""
    return (_get(want.arn),)


def read_permissions(want: State) -> tuple[tuple[str, str], ...]:
    """The provider."""
    return (("iam:GetSAMLProvider", want.arn),)


def from_answers(want: State, answers: Answers) -> State | None:
    """The live provider."""
    answer = answers.get(_get(want.arn))
    if answer is None:
        return None
    all_tags = tags.of_response(answer.get("Tags"))
    return State(
        name=want.name,
        arn=want.arn,
        metadata=_plain(answer["SAMLMetadataDocument"]),
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
    )


def complete(want: State, answers: Answers) -> State:
    """Nothing about a provider is left for AWS to say."""
    return want


def diff(want: State, have: State) -> tuple[FieldChange, ...]:
    """Metadata, by digest and by what people know it by; tags."""
    changed: tuple[FieldChange, ...] = ()
    if want.metadata != have.metadata:
        before, after = _known_by(have.metadata), _known_by(want.metadata)
        differing = [key for key in _KNOWN_BY if before.get(key) != after.get(key)]
        shown = [_shown(state, known, differing) for state, known in ((have, before), (want, after))]
        changed = (FieldChange("metadata", "value", *shown),)
    return (*changed, *tags.diff(want.tags, have.tags))


def _known_by(metadata: str) -> dict[str, str]:
    root = _ROOT.search(metadata)
    names_by_digest = {}
    for key in _KNOWN_BY if root else ():
        value = re.search(rf"""\b{key}\s*=\s*(?:"([^"]*)"|'([^']*)')""", root[1] if root else "")
        if value:
            names_by_digest[key] = (value[1] or value[2] or "")[:_LONGEST_SHOWN]
    return names_by_digest


def _shown(state: State, known: Mapping[str, str], keys: list[str]) -> str:
    return ", ".join([_digest(state.metadata), *(f"{key} {known.get(key, 'not given')}" for key in keys)])


def fingerprints(state: State) -> Mapping[str, str]:
    """Digests of what is applied."""
    return {"metadata": fingerprint(state.metadata), "tags": tags.digest(state.tags)}


def blockers(want: State, have: State | None, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
    """More tags than IAM takes, with what the spec leaves alone."""
    return tags.blockers(want.tags, want.owner)


def create(want: State, *, in_cycle: bool) -> tuple[Call, ...]:
    """One call; the tags travel with it."""
    params: dict[str, Any] = {"Name": want.name, "SAMLMetadataDocument": want.metadata}
    marked = want.tags | tags.own(want.owner, fingerprints(want), want.applied)
    if marked:
        params["Tags"] = tags.as_param(marked)
    return (write("CreateSAMLProvider", want.arn, params, provides=[facts.exists(want.arn)]),)


def update(want: State, have: State) -> tuple[Call, ...]:
    """The metadata is replaced whole (contract §3)."""
    target = {"SAMLProviderArn": want.arn}
    calls: tuple[Call, ...] = ()
    if want.metadata != have.metadata:
        params = {**target, "SAMLMetadataDocument": want.metadata}
        done = [facts.done(want.arn, "metadata")]
        calls = (
            write("UpdateSAMLProvider", want.arn, params, needs=[facts.exists(want.arn)], provides=done),
        )
    marks = tags.own(want.owner, fingerprints(want), want.applied)
    return calls + tags.update("SAMLProvider", target, want.arn, want.tags, have.all_tags, marks, calls)


def notes(want: State, have: State) -> tuple[str, ...]:
    """Nothing that a reader has to know."""
    return ()


def to_spec(have: State, context: SpecContext) -> Exported:
    """A provider, with its metadata in a file beside the spec."""
    file = f"{have.name}.xml"
    return Exported(
        have.name,
        {"metadata_file": file, **export.tagged(have.tags, context)},
        files=((file, have.metadata + "\n"),),
    )


def deletion_reads(have: State) -> tuple[Call, ...]:
    """Nothing hangs on a provider; IAM doesn't tell which roles trust it."""
    return ()


def usage(have: State, answers: Answers) -> Usage:
    """Not known to IAM."""
    return Usage()


def delete(have: State, answers: Answers) -> tuple[Call, ...]:
    """One call."""
    return deletion.delete("DeleteSAMLProvider", KIND, have.name, have.arn, {"SAMLProviderArn": have.arn}, ())


def summary(want: State) -> str:
    """What `verify` says when all is right."""
    return f"has the metadata of {_known_by(want.metadata).get('entityID') or _digest(want.metadata)}"
