"""Deleting: what a resource holds is deleted first; IAM answers DeleteConflict otherwise (contract §7)."""

from reconciler.core import facts
from reconciler.core.call import Call, Params, read, write


def delete(
    operation: str, kind: str, name: str, arn: str, params: Params, before: tuple[Call, ...]
) -> tuple[Call, ...]:
    """What goes `before`, and the call that deletes it."""
    needs = {fact for call in before for fact in call.provides}
    return (*before, write(operation, arn, params, needs=needs, provides=[facts.gone(kind, name)]))


def profiles_of(role: str) -> Call:
    """The instance profiles that a role is in."""
    return read("ListInstanceProfilesForRole", RoleName=role)


def emptied(profile: str, arn: str, role: str) -> Call:
    """The call that takes a role out of an instance profile."""
    params = {"InstanceProfileName": profile, "RoleName": role}
    return write("RemoveRoleFromInstanceProfile", arn, params, provides=[facts.done(arn, "emptied")])
