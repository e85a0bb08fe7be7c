"""The reads about one user, and what their answers say of its policies, its boundary and its groups."""

from functools import lru_cache, partial

from reconciler.core.call import MOST_KEPT, Answers, Call, read
from reconciler.facets.reads import identity_policies

list_attached = partial(identity_policies.list_attached, "User")
list_inline = partial(identity_policies.list_inline, "User")
get_inline = partial(identity_policies.get_inline, "User")
attached = partial(identity_policies.attached, "User")
inline_names = partial(identity_policies.inline_names, "User")
read_permissions = partial(identity_policies.read_permissions, "User")
inline = partial(identity_policies.inline, "User")


@lru_cache(maxsize=MOST_KEPT)
def get(name: str) -> Call:
    """The user, without what belongs to it."""
    return read("GetUser", UserName=name)


@lru_cache(maxsize=MOST_KEPT)
def list_groups(name: str) -> Call:
    """The groups that the user is in."""
    return read("ListGroupsForUser", UserName=name)


def boundary(name: str, answers: Answers) -> str:
    """The ARN of its permissions boundary, or ""."""
    answer = answers.get(get(name)) or {}
    return str(answer.get("User", {}).get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""))


def groups(name: str, answers: Answers) -> frozenset[str]:
    """The names of its groups."""
    answer = answers.get(list_groups(name)) or {}
    return frozenset(group["GroupName"] for group in answer.get("Groups", ()))
