"""The sweep of an account for what carries our tags, and for what is there at all.

Roles and users show their tags in GetAccountAuthorizationDetails, policies and instance profiles in the
tagging API alone, which answers in the partition's IAM region and lags behind (contract §8).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.call import Answers, Call, Params
from reconciler.core.kind import AnyKind
from reconciler.facets import tags
from reconciler.facets.reads.account import (
    BOUNDARIES,
    POLICY_DETAILS,
    PRINCIPAL_DETAILS,
    ROLE_DETAILS,
    ROLES,
    TAGGED,
)
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document


@dataclass(frozen=True, slots=True, order=True)
class NamedResource:
    """A live resource by its kind, name, path and ARN."""

    kind: str
    name: str
    path: str
    arn: str


@dataclass(frozen=True, slots=True, order=True)
class Tagged:
    """A live resource that carries our tag: of which spec, by its kind, name and ARN.

    `applied` is our other tag, "" where it has none.
    """

    kind: str
    name: str
    spec: str
    arn: str
    applied: str = ""


def tagged(answers: Answers, calls: Iterable[Call], kinds: Iterable[AnyKind]) -> Iterator[Tagged]:
    """What carries our tag, by those of these calls that were answered."""
    by_name = {kind.KIND: kind for kind in kinds}
    for call in calls:
        if call not in answers:
            continue
        if call in (PRINCIPAL_DETAILS, ROLE_DETAILS):
            yield from _tagged_in_details(answers.get(call) or {}, by_name)
        else:
            yield from _tagged_in_tagging_api(call, answers, by_name)


def _tagged_in_details(details: Params, kinds: Mapping[str, AnyKind]) -> Iterator[Tagged]:
    """Roles and users."""
    for kind in kinds.values():
        if kind.TAGS_SHOWN_BY == "account details" and kind.LISTED is not None:
            for entry in details.get(kind.LISTED.member, ()):
                all_tags = tags.of_response(entry.get("Tags"))
                spec, applied = (tags.value_of(all_tags, key) for key in (tags.SPEC, tags.APPLIED))
                if spec:
                    yield Tagged(kind.KIND, entry[kind.LISTED.name], spec, entry["Arn"], applied)


def _tagged_in_tagging_api(call: Call, answers: Answers, kinds: Mapping[str, AnyKind]) -> Iterator[Tagged]:
    """Policies, profiles and identity providers. Only kinds of which there is an entry are asked."""
    for entry in (answers.get(call) or {}).get("ResourceTagMappingList", ()):
        parsed = arns.parse(entry["ResourceARN"])
        kind = kinds.get(parsed.kind) if parsed is not None else None
        if parsed is not None and kind is not None and kind.TAGS_SHOWN_BY == "tagging API":
            all_tags = tags.of_response(entry["Tags"])
            spec, applied = (tags.value_of(all_tags, key) for key in (tags.SPEC, tags.APPLIED))
            yield Tagged(parsed.kind, parsed.name, spec, entry["ResourceARN"], applied)


def trusts(answers: Answers) -> dict[str, Document] | None:
    """The trust policies of all roles, by the roles' names; None where one is not told."""
    if PRINCIPAL_DETAILS not in answers:
        return None
    listed, member = _listed(answers.get(PRINCIPAL_DETAILS), "RoleDetailList"), "AssumeRolePolicyDocument"
    if not all(member in entry for entry in listed):
        return None
    return {entry["RoleName"]: document(entry[member]) for entry in listed}


def is_aws_own(resource: NamedResource) -> bool:
    """Whether it is AWS's to change: a role on a path that is AWS's alone, or Identity Center's provider."""
    if resource.kind == "role":
        return resource.path.startswith(arns.RESERVED_PATHS)
    return resource.kind == "saml-provider" and arns.is_identity_center(resource.name)


def lists_of_all(kinds: Iterable[AnyKind]) -> tuple[Call, ...]:
    """What lists everything there is, of the kinds that are managed."""
    return tuple(dict.fromkeys(kind.LISTED.call for kind in kinds if kind.LISTED is not None))


def whole_account(kinds: Iterable[AnyKind]) -> tuple[Call, ...]:
    """The reads that show all that is there, with what it holds and whose it is."""
    return tuple(dict.fromkeys((*lists_of_all(kinds), TAGGED, ROLES, BOUNDARIES)))


def everything(answers: Answers, kinds: Iterable[AnyKind]) -> Iterator[NamedResource]:
    """Every resource of these kinds in the account."""
    yield from (resource for resource, _ in entries(answers, kinds))


def entries(answers: Answers, kinds: Iterable[AnyKind]) -> Iterator[tuple[NamedResource, Params]]:
    """The same, each with what its list says of it."""
    for kind in kinds:
        listed = kind.LISTED
        if listed is None or listed.call not in answers:
            continue
        for entry in _listed(answers.get(listed.call), listed.member):
            if listed.name:
                yield NamedResource(kind.KIND, entry[listed.name], entry["Path"], entry["Arn"]), entry
            elif (parsed := arns.parse(entry["Arn"])) is not None:
                yield NamedResource(parsed.kind, parsed.name, parsed.path, entry["Arn"]), entry


def _listed(answer: Params | None, key: str) -> list[Params]:
    return list((answer or {}).get(key, ()))


def documents(answers: Answers) -> dict[str, Document]:
    """The documents of the account's own policies by ARN, as far as their list has them."""
    listed = _listed(answers.get(POLICY_DETAILS) if POLICY_DETAILS in answers else None, "Policies")
    return {
        entry["Arn"]: document(version["Document"])
        for entry in listed
        for version in entry.get("PolicyVersionList", ())
        if version["VersionId"] == entry.get("DefaultVersionId")
    }
