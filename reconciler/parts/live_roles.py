"""The reads about one role, and what their answers say of its attachments and its boundary."""

from functools import lru_cache

from reconciler.core.call import MOST_KEPT, Answers, Call, read


@lru_cache(maxsize=MOST_KEPT)
def get(name: str) -> Call:
    """The role, without what belongs to it."""
    return read("GetRole", RoleName=name)


@lru_cache(maxsize=MOST_KEPT)
def list_attached(name: str) -> Call:
    """Its managed policies."""
    return read("ListAttachedRolePolicies", RoleName=name)


@lru_cache(maxsize=MOST_KEPT)
def list_inline(name: str) -> Call:
    """The names of its own policies."""
    return read("ListRolePolicies", RoleName=name)


def get_inline(name: str, policy: str) -> Call:
    """The document of one of its own policies."""
    return read("GetRolePolicy", RoleName=name, PolicyName=policy)


def reads(name: str, answers: Answers) -> tuple[Call, ...]:
    """All that tells its state: the role and its two lists together, then the documents of its own policies."""
    lists = list_inline(name)
    found = answers.get(lists) if lists in answers else None
    inline = (get_inline(name, policy) for policy in (found or {}).get("PolicyNames", ()))
    return (get(name), list_attached(name), lists, *inline)


def attached(name: str, answers: Answers) -> frozenset[str]:
    """The ARNs of its managed policies."""
    found = answers.get(list_attached(name)) or {}
    return frozenset(policy["PolicyArn"] for policy in found.get("AttachedPolicies", ()))


def boundary(name: str, answers: Answers) -> str:
    """The ARN of its permissions boundary, or ""."""
    found = answers.get(get(name)) or {}
    return str(found.get("Role", {}).get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""))
