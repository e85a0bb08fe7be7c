"""Users in account-wide answers, where those tell of users at all.

GetAccountAuthorizationDetails has all that a spec says.

Whether a user has no permissions boundary is believed as it is of roles (contract §8); one that is not listed
is asked for.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.core.call import Call, Params
from reconciler.facets.reads.account import BOUNDARIES, NOT_TOLD, PRINCIPAL_DETAILS, AccountWide, Cut

_KEPT = ("UserName", "UserId", "Path", "Arn", "Tags", "PermissionsBoundary")


def reads(account: AccountWide) -> tuple[Call, ...]:
    """What tells of users, and whether there is any boundary.

    Nothing where users are not looked for anyway.
    """
    return (account.details, BOUNDARIES) if account.details == PRINCIPAL_DETAILS else ()


def _detail(asked: Mapping[str, Any], account: AccountWide) -> Params | None:
    return (account.index(account.details, "UserDetailList", "UserName") or {}).get(asked["UserName"])


def _tells_boundaries(account: AccountWide) -> bool:
    if account.shows(account.details, "UserDetailList", "UserName", "PermissionsBoundary"):
        return True
    return BOUNDARIES in account.answers and not (account.answers.get(BOUNDARIES) or {}).get("Policies")


def _get(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(asked, account)
    if detail is None or not _tells_boundaries(account):
        return NOT_TOLD
    return {"User": {key: detail[key] for key in _KEPT if key in detail}}


def _attached(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    attached = (_detail(asked, account) or {}).get("AttachedManagedPolicies")
    return NOT_TOLD if attached is None else {"AttachedPolicies": attached}


def _inline(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(asked, account)
    if detail is None:
        return NOT_TOLD
    # The list is absent, and not empty, where there is none.
    return {"PolicyNames": [policy["PolicyName"] for policy in detail.get("UserPolicyList", ())]}


def _inline_document(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    policies = (_detail(asked, account) or {}).get("UserPolicyList", ())
    return next((p for p in policies if p["PolicyName"] == asked["PolicyName"]), NOT_TOLD)


def _groups(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    groups = (_detail(asked, account) or {}).get("GroupList")
    return NOT_TOLD if groups is None else {"Groups": [{"GroupName": name} for name in groups]}


BULK_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], AccountWide], Cut]] = {
    "GetUser": _get,
    "ListAttachedUserPolicies": _attached,
    "ListUserPolicies": _inline,
    "GetUserPolicy": _inline_document,
    "ListGroupsForUser": _groups,
}
