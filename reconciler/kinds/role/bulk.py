"""Roles in account-wide answers.

GetAccountAuthorizationDetails without descriptions and session lengths, ListRoles with them.

Whether a role has a permissions boundary is believed only where the first is seen to show boundaries, or
where no policy of the account is used as one: it once left them out (contract §8, §12.4).
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.core.call import Call, Params
from reconciler.facets.reads.account import BOUNDARIES, NOT_TOLD, ROLES, AccountWide, Cut


def reads(account: AccountWide) -> tuple[Call, ...]:
    """The two lists, and what tells whether there is any boundary where no role shows one."""
    return (account.details, ROLES, BOUNDARIES)


def _details(account: AccountWide) -> Mapping[str, Params] | None:
    return account.index(account.details, "RoleDetailList", "RoleName")


def _listed(account: AccountWide) -> Mapping[str, Params] | None:
    return account.index(ROLES, "Roles", "RoleName")


def _shows_boundaries(account: AccountWide) -> bool:
    return account.shows(account.details, "RoleDetailList", "RoleName", "PermissionsBoundary")


def _tells_boundaries(account: AccountWide) -> bool:
    if _shows_boundaries(account):
        return True
    return BOUNDARIES in account.answers and not (account.answers.get(BOUNDARIES) or {}).get("Policies")


def _detail(account: AccountWide, name: str) -> Cut:
    """What is known of the role; both lists must know it, and as the same."""
    details, listed = _details(account), _listed(account)
    if details is None or listed is None:
        return NOT_TOLD
    detail, entry = details.get(name), listed.get(name)
    if detail is None and entry is None:
        return None
    return detail if detail and entry and _is_same(detail, entry) else NOT_TOLD


def _is_same(detail: Params, entry: Params) -> bool:
    return bool(detail.get("RoleId", "") == entry.get("RoleId"))


def _get(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(account, asked["RoleName"])
    if not isinstance(detail, Mapping):
        return detail
    listed = (_listed(account) or {})[asked["RoleName"]]
    is_told = "AssumeRolePolicyDocument" in detail and "MaxSessionDuration" in listed
    if not is_told or not _tells_boundaries(account):
        return NOT_TOLD
    members = {key: detail[key] for key in ("Tags", "PermissionsBoundary") if key in detail}
    return {"Role": {**listed, "AssumeRolePolicyDocument": detail["AssumeRolePolicyDocument"], **members}}


def _attached(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(account, asked["RoleName"])
    if not isinstance(detail, Mapping):
        return detail
    attached = detail.get("AttachedManagedPolicies")
    return NOT_TOLD if attached is None else {"AttachedPolicies": attached}


def _inline(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(account, asked["RoleName"])
    if not isinstance(detail, Mapping):
        return detail
    policies = detail.get("RolePolicyList")
    return NOT_TOLD if policies is None else {"PolicyNames": [policy["PolicyName"] for policy in policies]}


def _inline_document(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(account, asked["RoleName"])
    policies = detail.get("RolePolicyList", ()) if isinstance(detail, Mapping) else ()
    return next((p for p in policies if p["PolicyName"] == asked["PolicyName"]), NOT_TOLD)


def _sweep(_asked: Mapping[str, Any], account: AccountWide) -> Cut:
    listed = _listed(account)
    return NOT_TOLD if listed is None else {"Roles": list(listed.values())}


BULK_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], AccountWide], Cut]] = {
    "GetRole": _get,
    "ListAttachedRolePolicies": _attached,
    "ListRolePolicies": _inline,
    "GetRolePolicy": _inline_document,
    "ListRoles": _sweep,
}
