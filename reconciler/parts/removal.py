"""Deleting: everything that hangs on a resource goes before it does (IAM answers DeleteConflict otherwise, contract §7)."""

from collections.abc import Mapping
from typing import Any

from reconciler.core import facts
from reconciler.core.call import Answers, Call, Params, read, write
from reconciler.core.usage import Usage, Who
from reconciler.parts import attachments
from reconciler.parts.holders import Holder
from reconciler.policy import arns


def delete(operation: str, kind: str, name: str, arn: str, params: Params, before: tuple[Call, ...]) -> tuple[Call, ...]:  # fmt: skip
    """What goes `before`, and the call that deletes it."""
    needs = {fact for call in before for fact in call.provides}
    return (*before, write(operation, arn, params, needs=needs, provides=[facts.gone(kind, name)]))


# The kinds of what can hold a managed policy: in the answer, the noun of its operations, the word in addresses.
_HOLDERS = (
    ("PolicyRoles", "Role", "role"),
    ("PolicyUsers", "User", "user"),
    ("PolicyGroups", "Group", "group"),
)


def policy_reads(arn: str) -> tuple[Call, ...]:
    """Who holds a managed policy, and whose boundary it is: two answers, for one tells them not apart."""
    return (
        read("ListEntitiesForPolicy", PolicyArn=arn, PolicyUsageFilter="PermissionsPolicy"),
        read("ListEntitiesForPolicy", PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary"),
    )


def policy_usage(arn: str, answers: Answers) -> Usage:
    """Who holds the policy, and whom it limits."""
    held, bounds = (answers.get(call) or {} for call in policy_reads(arn))
    return Usage(holders=_of(held), limits=_of(bounds))


def _of(answer: Params) -> tuple[Who, ...]:
    return tuple((kind, entity[f"{noun}Name"]) for key, noun, kind in _HOLDERS for entity in answer.get(key, ()))  # fmt: skip


def policy_detached(arn: str, usage: Usage) -> tuple[Call, ...]:
    """The calls that take the policy off everybody who holds it."""
    partition, account = arn.split(":")[1], arn.split(":")[4]
    nouns = {kind: noun for _, noun, kind in _HOLDERS}
    return tuple(
        call
        for kind, name in usage.holders
        for call in attachments.changes(
            # The list tells no paths; the ARN only keeps calls on one holder apart.
            Holder(nouns[kind], name, arns.build(partition, account, kind, "/", name)),
            frozenset(),
            frozenset({arn}),
            0,
        )
    )


def profiles_of(role: str) -> Call:
    """The instance profiles that a role is in."""
    return read("ListInstanceProfilesForRole", RoleName=role)


def taken_out(role: str, profiles: Params | None) -> tuple[Call, ...]:
    """The calls that take a role out of every instance profile."""
    return tuple(emptied(one["InstanceProfileName"], one["Arn"], role) for one in listed(profiles))


def listed(profiles: Params | None) -> list[Mapping[str, Any]]:
    """The profiles in such an answer."""
    return list((profiles or {}).get("InstanceProfiles", ()))


def emptied(profile: str, arn: str, role: str) -> Call:
    """The call that takes a role out of an instance profile."""
    params = {"InstanceProfileName": profile, "RoleName": role}
    return write("RemoveRoleFromInstanceProfile", arn, params, provides=[facts.done(arn, "emptied")])
