"""The reads about one role, and what their answers say of its attachments and its boundary."""

from functools import lru_cache, partial

from reconciler.core.call import MOST_KEPT, Answers, Call, read
from reconciler.facets.reads import identity_policies

list_attached = partial(identity_policies.list_attached, "Role")
list_inline = partial(identity_policies.list_inline, "Role")
get_inline = partial(identity_policies.get_inline, "Role")
attached = partial(identity_policies.attached, "Role")
read_permissions = partial(identity_policies.read_permissions, "Role")
inline = partial(identity_policies.inline, "Role")


@lru_cache(maxsize=MOST_KEPT)
def get(name: str) -> Call:
    """The role, without what belongs to it."""
    return read("GetRole", RoleName=name)


def reads(name: str, answers: Answers) -> tuple[Call, ...]:
    """All that tells its state.

    The role and its two lists together, then the documents of its own policies.
    """
    lists = list_inline(name)
    answer = answers.get(lists) if lists in answers else None
    inline = (get_inline(name, policy) for policy in (answer or {}).get("PolicyNames", ()))
    return (get(name), list_attached(name), lists, *inline)


def boundary(name: str, answers: Answers) -> str:
    """The ARN of its permissions boundary, or ""."""
    answer = answers.get(get(name)) or {}
    return str(answer.get("Role", {}).get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""))
