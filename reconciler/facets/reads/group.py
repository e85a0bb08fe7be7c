"""The reads about one group, and what their answers say of what it holds and who is in it."""

from functools import lru_cache, partial

from reconciler.core.call import MOST_KEPT, Call, Params, read
from reconciler.facets.reads import identity_policies

list_attached = partial(identity_policies.list_attached, "Group")
list_inline = partial(identity_policies.list_inline, "Group")
get_inline = partial(identity_policies.get_inline, "Group")
attached = partial(identity_policies.attached, "Group")
inline_names = partial(identity_policies.inline_names, "Group")
read_permissions = partial(identity_policies.read_permissions, "Group")
inline = partial(identity_policies.inline, "Group")


@lru_cache(maxsize=MOST_KEPT)
def get(name: str) -> Call:
    """The group with its members."""
    return read("GetGroup", GroupName=name)


def users(answer: Params | None) -> frozenset[str]:
    """The members, from the answer about the group."""
    return frozenset(user["UserName"] for user in (answer or {}).get("Users", ()))
