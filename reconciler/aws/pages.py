"""How to ask for the next page of a list."""

from collections.abc import Mapping
from typing import Any

from reconciler.aws.errors import unreadable
from reconciler.core.call import Call


def next_page(call: Call, answer: Mapping[str, Any], before: Mapping[str, str]) -> Mapping[str, str]:
    """What asks for the next page, in IAM's way or in the tagging API's; nothing where this was the last.

    Raises:
        AwsError: there is more, and nothing to ask for it with, or the same again.
    """
    token = answer.get("PaginationToken")
    if not token and not answer.get("IsTruncated", "Marker" in answer):
        return {}
    following = {"PaginationToken": token} if token else {"Marker": answer.get("Marker") or ""}
    if not all(following.values()):
        raise unreadable(call, "the list is cut short and has no marker for the rest")
    if following == before:
        raise unreadable(call, "the list has the same marker for the next page again and again")
    return following
