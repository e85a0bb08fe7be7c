"""SAML identity providers: whose assertions are good for assuming roles.

Manages: metadata, user tags. Does not: private keys and encrypted assertions. Metadata is compared by its
text, line ends and the white space around it apart: XML readers change those, and they mean nothing (XML 1.0
§2.11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.answer_shape import TAGS, TEXT, Each, Shape
from reconciler.core.call import MOST_KEPT, Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.core.problems import Problems
from reconciler.core.results.finding import Severity
from reconciler.facets import deletion, export, snapshot, tags
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.facets.reads.account import SAML_PROVIDERS
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap
from reconciler.policy.catalogue import limits
from reconciler.policy.meaning.canonical import fingerprint

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
    mark: Mark = NO_MARK

    @property
    def path(self) -> str:
        """A provider has no path; AWS's own is known by its name."""
        return "/"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \t\n")


def _digest(metadata: str) -> str:
    return f"sha256 {sha256(metadata.encode()).hexdigest()}"


@lru_cache(maxsize=MOST_KEPT)
def _get(arn: str) -> Call:
    return read("GetSAMLProvider", SAMLProviderArn=arn)


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


class SamlProviderKind(Kind[Section, State]):
    """SAML identity providers: whose assertions are good for assuming roles."""

    MODEL = Section
    KIND = "saml-provider"
    SECTION = "saml_providers"
    FACETS = ("metadata", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "metadata": "A SAML provider has other metadata than the spec says: others may sign its users in.",
        "tags": tags.TITLE,
    }
    # Other metadata lets others in.
    SEVERITIES: ClassVar[Mapping[str, Severity]] = {"metadata": "gained"}
    CREATED_READ = CreatedRead("CreateSAMLProvider", "GetSAMLProvider", "SAMLProviderArn", by_arn=True)
    LISTED = Listed(SAML_PROVIDERS, "SAMLProviderList")
    RAISABLE = frozenset({"CreateSAMLProvider"})
    ANSWER_SHAPES: ClassVar[Mapping[str, Shape]] = {
        "GetSAMLProvider": Shape({"SAMLMetadataDocument": TEXT}, {"Tags": TAGS}),
        "ListSAMLProviders": Shape({"SAMLProviderList": Each(Shape({"Arn": TEXT}))}),
    }
    TAGS_SHOWN_BY = "tagging API"
    NAMED_IN_TRUST = True
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "UpdateSAMLProvider": (("metadata",), ""),
        **tags.changes("SAMLProvider"),
    }
    READS_PER_RESOURCE = 1
    ACCESS_BY = "trusting roles"
    DELETE_OPERATIONS = (("DeleteSAMLProvider", KIND),)

    def identify(self, name: str, _given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
        """The provider's name and ARN."""
        return name, f"arn:{partition}:iam::{account}:saml-provider/{name}"

    def from_spec(
        self, name: str, section: Section, context: SpecContext, problems: Problems
    ) -> State | None:
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
            arn=self.identify(name, {}, context.account, context.partition)[1],
            metadata=metadata,
            tags=tags.merged(context, section.tags, problems, fold_case=False),
            owner=context.owner,
        )

    def render(self, want: State) -> dict[str, Any]:
        """The digest of the metadata, and tags."""
        return {"metadata": _digest(want.metadata), "tags": dict(sorted(want.tags))}

    def to_snapshot(self, state: State) -> dict[str, Any]:
        """The same with the metadata itself: a rollback has to write it again."""
        return {**self.render(state), "metadata": state.metadata}

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The provider that these recorded settings describe."""
        metadata = snapshot.text(settings["metadata"])
        if "EntityDescriptor" not in metadata:
            raise ValueError("no metadata")
        return State(name, arn, _plain(metadata), snapshot.tags(settings["tags"]))

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """A provider of which nothing is known but its name."""
        return State(name, arn, "", frozenset())

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """One call has it all."""
        return (_get(want.arn),)

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The provider."""
        return (("iam:GetSAMLProvider", want.arn),)

    def from_answers(self, want: State, answers: Answers) -> State | None:
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

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Metadata, by digest and by what people know it by; tags."""
        changed: tuple[FieldChange, ...] = ()
        if want.metadata != have.metadata:
            before, after = _known_by(have.metadata), _known_by(want.metadata)
            differing = [key for key in _KNOWN_BY if before.get(key) != after.get(key)]
            shown = [_shown(state, known, differing) for state, known in ((have, before), (want, after))]
            changed = (FieldChange("metadata", "value", *shown),)
        return (*changed, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {"metadata": fingerprint(state.metadata), "tags": tags.digest(state.tags)}

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """More tags than IAM takes, with what the spec leaves alone."""
        return tags.blockers(want.tags, want.owner)

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """One call; the tags travel with it."""
        params: dict[str, Any] = {"Name": want.name, "SAMLMetadataDocument": want.metadata}
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        return (write("CreateSAMLProvider", want.arn, params, provides=[facts.exists(want.arn)]),)

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """The metadata is replaced whole (contract §3)."""
        target = {"SAMLProviderArn": want.arn}
        calls: tuple[Call, ...] = ()
        if want.metadata != have.metadata:
            params = {**target, "SAMLMetadataDocument": want.metadata}
            done = [facts.done(want.arn, "metadata")]
            calls = (
                write("UpdateSAMLProvider", want.arn, params, needs=[facts.exists(want.arn)], provides=done),
            )
        marks = tags.own(want.owner, self.fingerprints(want), want.applied, want.mark, have.all_tags)
        return calls + tags.update("SAMLProvider", target, want.arn, want.tags, have.all_tags, marks, calls)

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """A provider, with its metadata in a file beside the spec."""
        file = f"{have.name}.xml"
        return Exported(
            have.name,
            {"metadata_file": file, **export.tagged(have.tags, context)},
            files=((file, have.metadata + "\n"),),
        )

    def delete(self, have: State, answers: Answers) -> tuple[Call, ...]:
        """One call."""
        return deletion.delete(
            "DeleteSAMLProvider", self.KIND, have.name, have.arn, {"SAMLProviderArn": have.arn}, ()
        )

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return f"has the metadata of {_known_by(want.metadata).get('entityID') or _digest(want.metadata)}"


kind = SamlProviderKind()
