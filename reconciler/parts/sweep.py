"""The sweep of an account for what carries our tags, and for what is there at all.

Roles and users show their tags in GetAccountAuthorizationDetails, policies and instance profiles in the tagging API alone, which
answers in the partition's IAM region and lags behind (contract §8).
"""

from collections.abc import Iterator

from reconciler.core.call import Answers, Call, Params
from reconciler.parts import tags
from reconciler.parts.account_wide import (
    GROUPS,
    OIDC_PROVIDERS,
    POLICIES,
    PRINCIPAL_DETAILS,
    PROFILES,
    TAGGED_KINDS,
)
from reconciler.policy import arns

Tagged = tuple[str, str, str]
Named = tuple[str, str, str]


def tagged_principals(answers: Answers) -> Iterator[Tagged]:
    """Kind, name and spec of each role and user that carries our tag."""
    found = answers.get(PRINCIPAL_DETAILS) or {}
    for kind, key, name in (("role", "RoleDetailList", "RoleName"), ("user", "UserDetailList", "UserName")):
        for entry in found.get(key, ()):
            spec = tags.value_of(tags.of_response(entry.get("Tags")), tags.SPEC)
            if spec:
                yield kind, entry[name], spec


def tagged_others(call: Call, answers: Answers) -> Iterator[Tagged]:
    """The same of policies, profiles and OIDC providers."""
    for entry in (answers.get(call) or {}).get("ResourceTagMappingList", ()):
        parsed = arns.parse(entry["ResourceARN"])
        if parsed is not None and parsed.kind in TAGGED_KINDS:
            yield parsed.kind, parsed.name, tags.value_of(tags.of_response(entry["Tags"]), tags.SPEC)


def everything(answers: Answers) -> Iterator[Named]:
    """Kind, name and path of every role, user, policy, profile, group and OIDC provider of the account."""
    for kind, call, key, name in (
        ("role", PRINCIPAL_DETAILS, "RoleDetailList", "RoleName"),
        ("user", PRINCIPAL_DETAILS, "UserDetailList", "UserName"),
        ("policy", POLICIES, "Policies", "PolicyName"),
        ("instance-profile", PROFILES, "InstanceProfiles", "InstanceProfileName"),
        ("group", GROUPS, "Groups", "GroupName"),
    ):
        for entry in _listed(answers.get(call) if call in answers else None, key):
            yield kind, entry[name], entry["Path"]
    known = answers.get(OIDC_PROVIDERS) if OIDC_PROVIDERS in answers else None
    for entry in _listed(known, "OpenIDConnectProviderList"):
        parsed = arns.parse(entry["Arn"])
        if parsed is not None:
            yield parsed.kind, parsed.name, parsed.path


def _listed(answer: Params | None, key: str) -> list[Params]:
    return list((answer or {}).get(key, ()))
