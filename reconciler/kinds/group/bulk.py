"""Groups in account-wide answers, where those tell of groups and users.

GetAccountAuthorizationDetails has what a group holds, and of each user in which groups it is. A group that is
not listed is asked for.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.core.call import Call, Params
from reconciler.facets.reads.account import NOT_TOLD, PRINCIPAL_DETAILS, AccountWide, Cut

_KEPT = ("GroupName", "GroupId", "Path", "Arn", "CreateDate")


def reads(account: AccountWide) -> tuple[Call, ...]:
    """What tells of groups; nothing where users and groups are not looked for anyway."""
    return (account.details,) if account.details == PRINCIPAL_DETAILS else ()


def _detail(asked: Mapping[str, Any], account: AccountWide) -> Params | None:
    if account.details != PRINCIPAL_DETAILS:
        return None
    return (account.index(account.details, "GroupDetailList", "GroupName") or {}).get(asked["GroupName"])


def _get(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    detail = _detail(asked, account)
    users = account.index(account.details, "UserDetailList", "UserName")
    if detail is None or users is None or any("GroupList" not in user for user in users.values()):
        return NOT_TOLD
    members = [{"UserName": name} for name, user in users.items() if asked["GroupName"] in user["GroupList"]]
    return {"Group": {key: detail[key] for key in _KEPT if key in detail}, "Users": members}


def _attached(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    attached = (_detail(asked, account) or {}).get("AttachedManagedPolicies")
    return NOT_TOLD if attached is None else {"AttachedPolicies": attached}


def _inline(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    policies = (_detail(asked, account) or {}).get("GroupPolicyList")
    return NOT_TOLD if policies is None else {"PolicyNames": [policy["PolicyName"] for policy in policies]}


def _inline_document(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    policies = (_detail(asked, account) or {}).get("GroupPolicyList", ())
    return next((p for p in policies if p["PolicyName"] == asked["PolicyName"]), NOT_TOLD)


BULK_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], AccountWide], Cut]] = {
    "GetGroup": _get,
    "ListAttachedGroupPolicies": _attached,
    "ListGroupPolicies": _inline,
    "GetGroupPolicy": _inline_document,
}
