"""Who is in a group: users leave at once, and come in once the group is as it should be."""

from reconciler.core import facts
from reconciler.core.call import Call, write
from reconciler.parts.holders import Holder


def changes(group: Holder, want: frozenset[str] | None, have: frozenset[str], before: tuple[Call, ...]) -> tuple[Call, ...]:  # fmt: skip
    """The calls that bring membership about; none where it is not managed. `before` are those that members wait for."""
    if want is None:
        return ()
    there = facts.exists(group.arn)
    done = {fact for call in before for fact in call.provides}
    removed = [_call("RemoveUserFromGroup", group, user, {there}) for user in sorted(have - want)]
    added = [_call("AddUserToGroup", group, user, {there, *done}) for user in sorted(want - have)]
    return (*removed, *added)


def _call(operation: str, group: Holder, user: str, needs: set[str]) -> Call:
    params = {**group.target, "UserName": user}
    return write(
        operation, group.arn, params, needs=needs, provides=[facts.done(group.arn, f"{operation} {user}")]
    )
