"""The reads about one group, and what their answers say of what it holds and who is in it."""

from functools import lru_cache

from reconciler.core.call import MOST_KEPT, Answers, Call, Params, read


@lru_cache(maxsize=MOST_KEPT)
def get(name: str) -> Call:
    """The group with its members."""
    return read("GetGroup", GroupName=name)


@lru_cache(maxsize=MOST_KEPT)
def list_attached(name: str) -> Call:
    """Its managed policies."""
    return read("ListAttachedGroupPolicies", GroupName=name)


@lru_cache(maxsize=MOST_KEPT)
def list_inline(name: str) -> Call:
    """The names of its own policies."""
    return read("ListGroupPolicies", GroupName=name)


def get_inline(name: str, policy: str) -> Call:
    """The document of one of its own policies."""
    return read("GetGroupPolicy", GroupName=name, PolicyName=policy)


def get_user(name: str) -> Call:
    """Whether there is a user of this name."""
    return read("GetUser", UserName=name)


def users(found: Params | None) -> frozenset[str]:
    """The members, from the answer about the group."""
    return frozenset(user["UserName"] for user in (found or {}).get("Users", ()))


def attached(name: str, answers: Answers) -> frozenset[str]:
    """The ARNs of its managed policies."""
    found = answers.get(list_attached(name)) or {}
    return frozenset(policy["PolicyArn"] for policy in found.get("AttachedPolicies", ()))


def inline_names(name: str, answers: Answers) -> tuple[str, ...]:
    """The names of its own policies."""
    return tuple((answers.get(list_inline(name)) or {}).get("PolicyNames", ()))
