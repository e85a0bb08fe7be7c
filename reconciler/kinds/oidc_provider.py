"""OIDC identity providers: whose tokens are good for assuming roles.

Manages: audiences (client ids), thumbprints where the spec names any, user tags. Does not: change a URL (IAM
can't). IAM names a provider by its URL without https://, told apart in every letter (contract §4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.answer_shape import TAGS, TEXT, Each, Shape
from reconciler.core.call import MOST_KEPT, Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported, NotExported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.core.problems import Problems
from reconciler.facets import deletion, export, oidc_audiences, snapshot, tags
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.facets.reads.account import OIDC_PROVIDERS
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import SomeTexts, TagMap, Texts
from reconciler.policy.catalogue import limits
from reconciler.policy.meaning.canonical import fingerprint

_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._~%/-]*)?")
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")
# CreateOpenIDConnectProvider's Url has at most 255 characters, https:// included; so has a client id.
_LONGEST = 255


class Section(BaseSection):
    """An OIDC identity provider, named by its host, with its path if it has one."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "url": "the host, with its path, as the name",
        "client_ids": "audiences:",
        "client_id_list": "audiences:",
        "thumbprint_list": "thumbprints:",
    }
    audiences: SomeTexts = Field(description="Client ids for which the provider issues tokens.")
    thumbprints: Texts = Field((), description="SHA-1 of the provider's certificates; IAM finds them itself.")
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A provider as desired, or as it is; thumbprints in lower case, as IAM keeps them.

    Desired without thumbprints, it has those that IAM found by itself.
    """

    name: str
    arn: str
    audiences: frozenset[str]
    thumbprints: frozenset[str]
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    mark: Mark = NO_MARK

    @property
    def path(self) -> str:
        """A provider has no path; none of AWS's own is among them."""
        return "/"


@lru_cache(maxsize=MOST_KEPT)
def _get(arn: str) -> Call:
    return read("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)


def _set(field: str, have: frozenset[str], want: frozenset[str]) -> FieldChange | None:
    return None if have == want else FieldChange(field, "set", tuple(sorted(have)), tuple(sorted(want)))


def _thumbprints(want: State, have: State) -> tuple[Call, ...]:
    """The list is replaced whole (contract §3)."""
    if not want.thumbprints or want.thumbprints == have.thumbprints:
        return ()
    params = {"OpenIDConnectProviderArn": want.arn, "ThumbprintList": sorted(want.thumbprints)}
    done = [facts.done(want.arn, "thumbprints")]
    return (
        write(
            "UpdateOpenIDConnectProviderThumbprint",
            want.arn,
            params,
            needs=[facts.exists(want.arn)],
            provides=done,
        ),
    )


class OidcProviderKind(Kind[Section, State]):
    """OIDC identity providers: whose tokens are good for assuming roles."""

    MODEL = Section
    KIND = "oidc-provider"
    SECTION = "oidc_providers"
    FACETS = ("audiences", "thumbprints", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "audiences": "An OIDC provider issues tokens for other audiences than the spec says.",
        "thumbprints": "An OIDC provider trusts other certificates than the spec says.",
        "tags": tags.TITLE,
    }
    CREATED_READ = CreatedRead(
        "CreateOpenIDConnectProvider",
        "GetOpenIDConnectProvider",
        "OpenIDConnectProviderArn",
        by_arn=True,
    )
    LISTED = Listed(OIDC_PROVIDERS, "OpenIDConnectProviderList")
    RAISABLE = frozenset({"CreateOpenIDConnectProvider"})
    ANSWER_SHAPES: ClassVar[Mapping[str, Shape]] = {
        "GetOpenIDConnectProvider": Shape(
            {"ClientIDList": Each(TEXT)}, {"ThumbprintList": Each(TEXT), "Tags": TAGS}
        ),
        "ListOpenIDConnectProviders": Shape({"OpenIDConnectProviderList": Each(Shape({"Arn": TEXT}))}),
    }
    TAGS_SHOWN_BY = "tagging API"
    NAMED_IN_TRUST = True
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "AddClientIDToOpenIDConnectProvider": (("audiences",), "ClientID"),
        "RemoveClientIDFromOpenIDConnectProvider": (("audiences",), "ClientID"),
        "UpdateOpenIDConnectProviderThumbprint": (("thumbprints",), ""),
        **tags.changes("OpenIDConnectProvider"),
    }
    READS_PER_RESOURCE = 1
    ACCESS_BY = "trusting roles"
    DELETE_OPERATIONS = (("DeleteOpenIDConnectProvider", KIND),)

    def identify(self, name: str, _given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
        """The provider's name and ARN."""
        return name, f"arn:{partition}:iam::{account}:oidc-provider/{name}"

    def from_spec(
        self, name: str, section: Section, context: SpecContext, problems: Problems
    ) -> State | None:
        """The desired provider."""
        if "://" in name:
            problems.error(
                f"a provider is named without https://: write {name.partition('://')[2][:200]}", on_key=True
            )
        elif not _HOST.fullmatch(name) or len(name) + len("https://") > _LONGEST:
            problems.error(
                f'"{name[:60]}" is no host with path: no port, no query, at most {_LONGEST} characters',
                on_key=True,
            )
        tags.check(section.tags, problems.under("tags"), fold_case=False)
        for index, audience in enumerate(section.audiences):
            if not 1 <= len(audience) <= _LONGEST:
                problems.error(f"an audience has 1 to {_LONGEST} characters", "audiences", index)
        for index, thumbprint in enumerate(section.thumbprints):
            if not _THUMBPRINT.fullmatch(thumbprint):
                problems.error("a thumbprint is 40 hexadecimal digits", "thumbprints", index)
        for key, most in (("audiences", limits.OIDC_AUDIENCES), ("thumbprints", limits.OIDC_THUMBPRINTS)):
            if len(getattr(section, key)) > most:
                problems.error(f"{len(getattr(section, key))} {key}; IAM takes {most}", key)
        if problems.has_errors:
            return None
        return State(
            name=name,
            arn=self.identify(name, {}, context.account, context.partition)[1],
            audiences=frozenset(section.audiences),
            thumbprints=frozenset(thumbprint.lower() for thumbprint in section.thumbprints),
            tags=tags.merged(context, section.tags, problems, fold_case=False),
            owner=context.owner,
        )

    def render(self, want: State) -> dict[str, Any]:
        """Audiences, thumbprints and tags."""
        return {
            "audiences": sorted(want.audiences),
            "thumbprints": sorted(want.thumbprints),
            "tags": dict(sorted(want.tags)),
        }

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The provider that these settings describe."""
        return State(
            name=name,
            arn=arn,
            audiences=frozenset(snapshot.texts(settings["audiences"])),
            thumbprints=frozenset(snapshot.texts(settings["thumbprints"])),
            tags=snapshot.tags(settings["tags"]),
            owner="",
        )

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """A provider of which nothing is known but its name."""
        return State(name, arn, frozenset(), frozenset(), frozenset(), "")

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """One call has it all."""
        return (_get(want.arn),)

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The provider."""
        return (("iam:GetOpenIDConnectProvider", want.arn),)

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live provider."""
        answer = answers.get(_get(want.arn))
        if answer is None:
            return None
        all_tags = tags.of_response(answer.get("Tags"))
        return State(
            name=want.name,
            arn=want.arn,
            audiences=frozenset(answer.get("ClientIDList", ())),
            thumbprints=frozenset(text.lower() for text in answer.get("ThumbprintList", ())),
            tags=tags.users_own(all_tags),
            owner=tags.value_of(all_tags, tags.SPEC),
            applied=tags.value_of(all_tags, tags.APPLIED),
            all_tags=all_tags,
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Audiences, thumbprints where some are wanted, tags; none of them in an order."""
        changes = [_set("audiences", have.audiences, want.audiences)]
        if want.thumbprints:
            changes.append(_set("thumbprints", have.thumbprints, want.thumbprints))
        return (*(change for change in changes if change is not None), *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {
            "audiences": fingerprint(" ".join(sorted(state.audiences))),
            "thumbprints": fingerprint(" ".join(sorted(state.thumbprints))),
            "tags": tags.digest(state.tags),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """More audiences, thumbprints or tags than IAM takes, with what the spec leaves alone."""
        over = (
            f"it would have {len(getattr(want, key))} {key} with what is left alone; IAM takes {most}, and"
            " this quota is fixed"
            for key, most in (("audiences", limits.OIDC_AUDIENCES), ("thumbprints", limits.OIDC_THUMBPRINTS))
            if len(getattr(want, key)) > most
        )
        return (*over, *tags.blockers(want.tags, want.owner))

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """One call; the tags travel with it."""
        params: dict[str, Any] = {"Url": f"https://{want.name}", "ClientIDList": sorted(want.audiences)}
        if want.thumbprints:
            params["ThumbprintList"] = sorted(want.thumbprints)
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        return (write("CreateOpenIDConnectProvider", want.arn, params, provides=[facts.exists(want.arn)]),)

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """Add audiences before others are deleted: a token that is good before and after stays good."""
        target = {"OpenIDConnectProviderArn": want.arn}
        calls = (
            *oidc_audiences.changes(want.arn, target, want.audiences, have.audiences),
            *_thumbprints(want, have),
        )
        marks = tags.own(want.owner, self.fingerprints(want), want.applied, want.mark, have.all_tags)
        return calls + tags.update(
            "OpenIDConnectProvider", target, want.arn, want.tags, have.all_tags, marks, calls
        )

    def notes(self, want: State, have: State) -> tuple[str, ...]:
        """The quota may force audiences away before their replacements are there."""
        return (oidc_audiences.GAP,) if oidc_audiences.over(want.audiences, have.audiences) else ()

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """A provider with its audiences; IAM finds thumbprints itself, and those found are kept."""
        if not have.audiences:
            raise NotExported("it has no audience, and a spec wants one")
        section = export.kept({key: sorted(getattr(have, key)) for key in ("audiences", "thumbprints")})
        return Exported(have.name, {**section, **export.tagged(have.tags, context)})

    def delete(self, have: State, answers: Answers) -> tuple[Call, ...]:
        """One call."""
        params = {"OpenIDConnectProviderArn": have.arn}
        return deletion.delete("DeleteOpenIDConnectProvider", self.KIND, have.name, have.arn, params, ())

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return f"issues tokens for {', '.join(sorted(want.audiences))}"


kind = OidcProviderKind()
