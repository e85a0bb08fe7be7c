"""The sweep of an account for what carries our tags, and for what is there at all.

Roles and users show their tags in GetAccountAuthorizationDetails, policies and instance profiles in the
tagging API alone, which answers in the partition's IAM region and lags behind (contract §8).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.core.call import Answers, Call, Params
from reconciler.facets import tags
from reconciler.facets.reads.account import (
    GROUPS,
    OIDC_PROVIDERS,
    POLICIES,
    PRINCIPAL_DETAILS,
    PROFILES,
    SAML_PROVIDERS,
    TAGGED_KINDS,
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
    """A live resource that carries our tag: of which spec, by its kind, name and ARN."""

    kind: str
    name: str
    spec: str
    arn: str


def tagged(answers: Answers, calls: Iterable[Call]) -> Iterator[Tagged]:
    """What carries our tag, by those of these calls that were answered."""
    for call in calls:
        if call in answers:
            yield from (
                _tagged_principals(answers) if call == PRINCIPAL_DETAILS else _tagged_others(call, answers)
            )


def _tagged_principals(answers: Answers) -> Iterator[Tagged]:
    """Roles and users."""
    details = answers.get(PRINCIPAL_DETAILS) or {}
    for kind, key, name in (("role", "RoleDetailList", "RoleName"), ("user", "UserDetailList", "UserName")):
        for entry in details.get(key, ()):
            spec = tags.value_of(tags.of_response(entry.get("Tags")), tags.SPEC)
            if spec:
                yield Tagged(kind, entry[name], spec, entry["Arn"])


def _tagged_others(call: Call, answers: Answers) -> Iterator[Tagged]:
    """Policies, profiles and identity providers."""
    for entry in (answers.get(call) or {}).get("ResourceTagMappingList", ()):
        parsed = arns.parse(entry["ResourceARN"])
        if parsed is not None and parsed.kind in TAGGED_KINDS:
            spec = tags.value_of(tags.of_response(entry["Tags"]), tags.SPEC)
            yield Tagged(parsed.kind, parsed.name, spec, entry["ResourceARN"])


def trusts(answers: Answers) -> dict[str, Document] | None:
    """The trust policies of all roles, by the roles' names; None where one is not told."""
    listed, member = _listed(answers.get(PRINCIPAL_DETAILS), "RoleDetailList"), "AssumeRolePolicyDocument"
    if not all(member in entry for entry in listed):
        return None
    return {entry["RoleName"]: document(entry[member]) for entry in listed}


def is_aws_own(resource: NamedResource) -> bool:
    """Whether it is AWS's to change, by its path; or Identity Center's own provider."""
    return resource.path.startswith(arns.RESERVED_PATHS) or (
        resource.kind == "saml-provider" and arns.is_identity_center(resource.name)
    )


def everything(answers: Answers) -> Iterator[NamedResource]:
    """Every role, user, policy, profile, group and identity provider of the account."""
    for kind, call, key, name in (
        ("role", PRINCIPAL_DETAILS, "RoleDetailList", "RoleName"),
        ("user", PRINCIPAL_DETAILS, "UserDetailList", "UserName"),
        ("policy", POLICIES, "Policies", "PolicyName"),
        ("instance-profile", PROFILES, "InstanceProfiles", "InstanceProfileName"),
        ("group", GROUPS, "Groups", "GroupName"),
    ):
        for entry in _listed(answers.get(call) if call in answers else None, key):
            yield NamedResource(kind, entry[name], entry["Path"], entry["Arn"])
    for call, key in ((OIDC_PROVIDERS, "OpenIDConnectProviderList"), (SAML_PROVIDERS, "SAMLProviderList")):
        for entry in _listed(answers.get(call) if call in answers else None, key):
            parsed = arns.parse(entry["Arn"])
            if parsed is not None:
                yield NamedResource(parsed.kind, parsed.name, parsed.path, entry["Arn"])


def _listed(answer: Params | None, key: str) -> list[Params]:
    return list((answer or {}).get(key, ()))
