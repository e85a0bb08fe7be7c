"""Server certificates: what a load balancer outside of ACM's regions shows to browsers.

The toy among the kinds: all that the product knows of it stands in this file. Manages: path, user tags. Does
not: change a certificate (IAM can't), keep a private key: all of them have the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.answer_shape import TAGS, TEXT, Each, Shape, resource
from reconciler.core.call import MOST_KEPT, Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.core.problems import Problems
from reconciler.core.results.finding import Severity
from reconciler.facets import deletion, export, names, snapshot, tags
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap
from reconciler.policy.document import arns
from reconciler.policy.meaning.canonical import fingerprint

_WORD = "server-certificate"
_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_BEGINS = "-----BEGIN CERTIFICATE-----"
_PRIVATE_KEY = "the key of a toy"


class Section(BaseSection):
    """A server certificate."""

    certificate: str = Field(description="The certificate, PEM.")
    path: str = Field("/", description="Begins and ends with a slash.")
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A certificate as desired, or as it is."""

    name: str
    path: str
    arn: str
    certificate: str
    tags: Tags
    owner: str = ""
    applied: str = ""
    all_tags: Tags = frozenset()


@lru_cache(maxsize=MOST_KEPT)
def _get(name: str) -> Call:
    return read("GetServerCertificate", ServerCertificateName=name)


class ServerCertificateKind(Kind[Section, State]):
    """Server certificates."""

    MODEL = Section
    KIND = _WORD
    SECTION = "server_certificates"
    FACETS = ("path", "certificate", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "certificate": "A server certificate is another one than the spec's.",
        "path": "A server certificate is on another path.",
        "tags": tags.TITLE,
    }
    # What names the old ARN no longer fits it.
    SEVERITIES: ClassVar[Mapping[str, Severity]] = {"certificate": "gained", "path": "lost"}
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "UpdateServerCertificate": (("path",), ""),
        **tags.changes("ServerCertificate"),
    }
    READS_PER_RESOURCE = 1
    DELETE_OPERATIONS = (("DeleteServerCertificate", _WORD),)
    CREATED_READ = CreatedRead(
        "UploadServerCertificate", "GetServerCertificate", "ServerCertificateName", "ServerCertificate"
    )
    RAISABLE = frozenset({"UploadServerCertificate"})
    LISTED = Listed(read("ListServerCertificates"), "ServerCertificateMetadataList", "ServerCertificateName")
    ANSWER_SHAPES: ClassVar[Mapping[str, Shape]] = {
        "GetServerCertificate": Shape(
            {
                "ServerCertificate": Shape(
                    {
                        "ServerCertificateMetadata": resource(_WORD, "ServerCertificateName"),
                        "CertificateBody": TEXT,
                    },
                    {"Tags": TAGS},
                )
            }
        ),
        "ListServerCertificates": Shape(
            {"ServerCertificateMetadataList": Each(resource(_WORD, "ServerCertificateName"))}
        ),
    }
    TAGS_SHOWN_BY = "tagging API"

    def identify(self, name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
        """The certificate's name and ARN."""
        return name, arns.build(partition, account, self.KIND, names.written_path(given), name)

    def from_spec(
        self, name: str, section: Section, context: SpecContext, problems: Problems
    ) -> State | None:
        """The desired certificate."""
        if not _NAME.fullmatch(name):
            problems.error("the name has letters A-Z, a-z, digits and _+=,.@- only", on_key=True)
        names.check_path(section.path, "pathType", problems)
        tags.check(section.tags, problems.under("tags"), fold_case=False)
        if not section.certificate.startswith(_BEGINS):
            problems.error(f"a certificate begins with {_BEGINS}", "certificate")
        if problems.has_errors:
            return None
        return State(
            name=name,
            path=section.path,
            arn=arns.build(context.partition, context.account, self.KIND, section.path, name),
            certificate=section.certificate.strip(),
            tags=tags.merged(context, section.tags, problems, fold_case=False),
            owner=context.owner,
        )

    def render(self, want: State) -> dict[str, Any]:
        """All settings."""
        return {"path": want.path, "certificate": want.certificate, "tags": dict(sorted(want.tags))}

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The certificate that these settings describe."""
        path, certificate = snapshot.text(settings["path"]), snapshot.text(settings["certificate"])
        return State(name, path, arns.on_path(arn, path), certificate, snapshot.tags(settings["tags"]))

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """A certificate of which nothing is known but its name."""
        return State(name, "/", arn, "", frozenset())

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """One call has it all."""
        return (_get(want.name),)

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The certificate, on the path where it is to be and, while there is none, on none."""
        return tuple(("iam:GetServerCertificate", arn) for arn in arns.with_and_without_path(want.arn))

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live certificate."""
        answer = answers.get(_get(want.name))
        if answer is None:
            return None
        known = answer["ServerCertificate"]
        about, all_tags = known["ServerCertificateMetadata"], tags.of_response(known.get("Tags"))
        return State(
            name=about["ServerCertificateName"],
            path=about["Path"],
            arn=about["Arn"],
            certificate=known["CertificateBody"].strip(),
            tags=tags.users_own(all_tags),
            owner=tags.value_of(all_tags, tags.SPEC),
            applied=tags.value_of(all_tags, tags.APPLIED),
            all_tags=all_tags,
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Path, certificate and tags."""
        changes = [
            FieldChange(field, "value", getattr(have, field), getattr(want, field))
            for field in ("path", "certificate")
            if getattr(want, field) != getattr(have, field)
        ]
        return (*changes, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {
            "certificate": fingerprint(state.certificate),
            "path": fingerprint(state.path),
            "tags": tags.digest(state.tags),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """Another certificate needs another name."""
        differs = have is not None and want.certificate != have.certificate
        reason = "IAM can't change a certificate: upload the new one under another name"
        return (*((reason,) if differs else ()), *tags.blockers(want.tags, want.owner))

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """One call; the tags travel with it."""
        params: dict[str, Any] = {
            "ServerCertificateName": want.name,
            "Path": want.path,
            "CertificateBody": want.certificate,
            "PrivateKey": _PRIVATE_KEY,
        }
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied)
        if marked:
            params["Tags"] = tags.as_param(marked)
        return (write("UploadServerCertificate", want.arn, params, provides=[facts.exists(want.arn)]),)

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """The path, and then the tags."""
        target = {"ServerCertificateName": want.name}
        moved: tuple[Call, ...] = ()
        if want.path != have.path:
            params = {**target, "NewPath": want.path}
            done = [facts.done(want.arn, "path")]
            moved = (write("UpdateServerCertificate", want.arn, params, provides=done),)
        marks = tags.own(want.owner, self.fingerprints(want), want.applied)
        return moved + tags.update(
            "ServerCertificate", target, want.arn, want.tags, have.all_tags, marks, moved
        )

    def delete(self, have: State, answers: Answers) -> tuple[Call, ...]:
        """One call."""
        target = {"ServerCertificateName": have.name}
        return deletion.delete("DeleteServerCertificate", self.KIND, have.name, have.arn, target, ())

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """The entry of a spec that describes it."""
        section = {"certificate": have.certificate, **export.settings(have.path)}
        return Exported(have.name, {**section, **export.tagged(have.tags, context)})

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return f"has the certificate of the spec, on path {want.path}"


kind = ServerCertificateKind()
