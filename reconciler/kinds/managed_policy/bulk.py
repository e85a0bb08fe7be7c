"""Customer managed policies in account-wide answers.

Documents in GetAccountAuthorizationDetails, tags in the tagging API.

Neither shows a description. It can't be changed, so the digest of it that our own tag carries stands for it;
where there is none, the policy is asked itself (contract §8).
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.core.call import Call, Params
from reconciler.facets import tags
from reconciler.facets.reads.account import NOT_TOLD, POLICIES, POLICY_DETAILS, AccountWide, Cut


def reads(owner: str, account: AccountWide) -> tuple[Call, ...]:
    """The documents, and the tags of what the spec owns."""
    return (POLICY_DETAILS, *account.tagged(owner))


def _details(account: AccountWide) -> Mapping[str, Params] | None:
    return account.index(POLICY_DETAILS, "Policies", "Arn")


def _detail(account: AccountWide, arn: str) -> Cut:
    details = _details(account)
    return NOT_TOLD if details is None or not account.is_own(arn) else details.get(arn)


def _get(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail, shown = _detail(account, asked["PolicyArn"]), account.tags_of(asked["PolicyArn"])
    if detail is None and shown is None:
        return None
    if not isinstance(detail, Mapping) or shown is None or "DefaultVersionId" not in detail:
        return NOT_TOLD
    applied = tags.applied_fields(tags.value_of(tags.of_response(shown), tags.APPLIED)) or {}
    if "Description" not in detail and "description" not in applied:
        return NOT_TOLD
    return {"Policy": {**detail, "Tags": shown}}


def _version(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    for version in _versions_of(account, asked["PolicyArn"]):
        if version["VersionId"] == asked["VersionId"]:
            return {"PolicyVersion": version}
    return NOT_TOLD


def _versions(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    versions = _versions_of(account, asked["PolicyArn"])
    return {"Versions": versions} if versions else NOT_TOLD


def _versions_of(account: AccountWide, arn: str) -> list[Params]:
    detail = _detail(account, arn)
    return list(detail.get("PolicyVersionList", ())) if isinstance(detail, Mapping) else []


def _holders(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    """Who holds it, where the details show as many as the policy says that there are.

    Groups are not always among them.
    """
    detail = _detail(account, asked["PolicyArn"])
    if not isinstance(detail, Mapping):
        return NOT_TOLD
    counted = [detail.get(key) for key in ("AttachmentCount", "PermissionsBoundaryUsageCount")]
    holders = account.holders(asked["PolicyArn"])
    if None in counted or sum(filter(None, counted)) != len(holders):
        return NOT_TOLD
    return {
        f"Policy{noun}s": [{f"{noun}Name": e[f"{noun}Name"]} for e in holders if f"{noun}Name" in e]
        for noun in ("Role", "User", "Group")
    }


def _sweep(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    details = _details(account)
    is_sweep = asked == POLICIES.params
    return {"Policies": list(details.values())} if details is not None and is_sweep else NOT_TOLD


BULK_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], AccountWide], Cut]] = {
    "GetPolicy": _get,
    "GetPolicyVersion": _version,
    "ListPolicyVersions": _versions,
    "ListPolicies": _sweep,
    "ListEntitiesForPolicy": _holders,
}
