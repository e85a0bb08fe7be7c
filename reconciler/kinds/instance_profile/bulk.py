"""Instance profiles in account-wide answers.

ListInstanceProfiles without tags, the tagging API for those (contract §8).
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.core.call import Call
from reconciler.facets.reads.account import NOT_TOLD, PROFILES, AccountWide, Cut


def reads(owner: str, account: AccountWide) -> tuple[Call, ...]:
    """The list, and the tags of what the spec owns."""
    return (PROFILES, *account.tagged(owner))


def _get(asked: Mapping[str, Any], account: AccountWide) -> Cut:
    listed = account.index(PROFILES, "InstanceProfiles", "InstanceProfileName")
    if listed is None:
        return NOT_TOLD
    profile = listed.get(asked["InstanceProfileName"])
    if profile is None or "Roles" not in profile:
        return None if profile is None else NOT_TOLD
    shown = account.tags_of(profile["Arn"])
    return NOT_TOLD if shown is None else {"InstanceProfile": {**profile, "Tags": shown}}


BULK_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], AccountWide], Cut]] = {"GetInstanceProfile": _get}
