"""Who is in which group: users leave at once, and come in once the group and the user are as they should be.

A group's spec may name its members and a user's its groups; both lead to the same calls, which a plan makes
once.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from reconciler.core import facts
from reconciler.core.call import Answers, Call, Params, write
from reconciler.core.problems import Problems
from reconciler.facets import names
from reconciler.facets.identity import Identity
from reconciler.policy.catalogue import limits

OPERATIONS = ("AddUserToGroup", "RemoveUserFromGroup")


def changes_of(facet: str, parameter: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """What these operations change: for a kind's CHANGES."""
    return dict.fromkeys(OPERATIONS, ((facet,), parameter))


def checked_groups(given: tuple[str, ...] | None, problems: Problems) -> frozenset[str] | None:
    """The groups that a user's section names, None where it names none at all."""
    groups = names.members(given, "groupNameType", problems)
    if groups and len(groups) > limits.GROUPS_PER_USER:
        problems.error(f"{len(groups)} groups; IAM takes {limits.GROUPS_PER_USER}")
    return groups


def over(groups: frozenset[str] | None) -> tuple[str, ...]:
    """Why a user can't be in all of these, what its spec leaves alone among them."""
    number = len(groups or ())
    if number <= limits.GROUPS_PER_USER:
        return ()
    return (
        (
            f"it would be in {number} groups with what is left alone; a user is in {limits.GROUPS_PER_USER}"
            " at most, and this quota is fixed"
        ),
    )


def awaited(kind: str, name: str, calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """The calls that make a user or group what it should be, as ones that its memberships wait for."""
    return tuple(replace(call, provides=call.provides | {facts.ready(kind, name)}) for call in calls)


def members(group: Identity, want: frozenset[str] | None, have: frozenset[str]) -> tuple[Call, ...]:
    """The calls that bring a group's members about; none where it is not managed."""
    if want is None:
        return ()
    removed = [_remove(group, {**group.target, "UserName": user}) for user in sorted(have - want)]
    added = [
        _add(group, {**group.target, "UserName": user}, facts.named("user", user), ())
        for user in sorted(want - have)
    ]
    return (*removed, *added)


def groups(user: Identity, want: frozenset[str] | None, have: frozenset[str]) -> tuple[Call, ...]:
    """The same for a user's groups; where there is no room for all at once, the user leaves some first."""
    if want is None:
        return ()
    removed = [_remove(user, {"GroupName": group, **user.target}) for group in sorted(have - want)]
    waits = removed if len(want | have) > limits.GROUPS_PER_USER else []
    added = [
        _add(user, {"GroupName": group, **user.target}, facts.named("group", group), waits)
        for group in sorted(want - have)
    ]
    return (*removed, *added)


def missing(
    kind: str, entered: frozenset[str], get: Callable[[str], Call], answers: Answers, promised: frozenset[str]
) -> tuple[str, ...]:
    """Why these users or groups can't be the other end: they are not there, and no call will make them."""
    return tuple(
        f"there is no {kind} {name} in AWS, and this plan makes none"
        for name in sorted(entered)
        if facts.named(kind, name) not in promised and answers.get(get(name)) is None
    )


def _remove(identity: Identity, params: Params) -> Call:
    needs = [facts.exists(identity.arn)]
    return write("RemoveUserFromGroup", identity.arn, params, needs=needs, provides=_done(identity, params))


def _add(identity: Identity, params: Params, other: str, before: Iterable[Call]) -> Call:
    """`other` is that the other end is there, `before` what must leave first."""
    ends = {facts.ready("group", params["GroupName"]), facts.ready("user", params["UserName"])}
    needs = {
        facts.exists(identity.arn),
        other,
        *ends,
        *(fact for call in before for fact in call.provides - {facts.joined(params["UserName"])}),
    }
    return write("AddUserToGroup", identity.arn, params, needs=needs, provides=_done(identity, params))


def _done(identity: Identity, params: Params) -> tuple[str, str]:
    group, user = params["GroupName"], params["UserName"]
    return facts.done(identity.arn, f"membership {group} {user}"), facts.joined(user)
