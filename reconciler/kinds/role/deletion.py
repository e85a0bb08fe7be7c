"""What deleting a role takes: its policies and its places in instance profiles go before it.

Its boundary goes with it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from reconciler.core.call import Answers, Call
from reconciler.core.usage import Usage
from reconciler.facets import deletion, identity_policies
from reconciler.facets.reads import role as role_reads

KIND = "role"
# What it takes, and on what.
DELETE_OPERATIONS = (
    ("ListInstanceProfilesForRole", KIND),
    ("RemoveRoleFromInstanceProfile", "instance-profile"),
    ("DetachRolePolicy", KIND),
    ("DeleteRolePolicy", KIND),
    ("DeleteRole", KIND),
)


def deletion_reads(have: identity_policies.IdentityState) -> tuple[Call, ...]:
    """The instance profiles that it is in."""
    return (deletion.profiles_of(have.identity.name),)


def usage(have: identity_policies.IdentityState, answers: Answers) -> Usage:
    """The profiles that lose it, and when IAM last saw it used (within 400 days, GetRole's RoleLastUsed)."""
    name = have.identity.name
    holders = tuple(
        ("instance-profile", profile["InstanceProfileName"]) for profile in _profiles(name, answers)
    )
    answer = answers.get(role_reads.get(name)) or {}
    seen = answer.get("Role", {}).get("RoleLastUsed", {}).get("LastUsedDate")
    last = date.fromisoformat(str(seen)[:10]) if seen else None
    return Usage(holders, is_watched=True, last_used=last)


def delete(have: identity_policies.IdentityState, answers: Answers) -> tuple[Call, ...]:
    """Its policies, its places in profiles, then the role."""
    identity = have.identity
    out = tuple(
        deletion.emptied(profile["InstanceProfileName"], profile["Arn"], identity.name)
        for profile in _profiles(identity.name, answers)
    )
    before = (*out, *identity_policies.nothing_left(have))
    return deletion.delete("DeleteRole", KIND, identity.name, identity.arn, identity.target, before)


def _profiles(role: str, answers: Answers) -> list[Mapping[str, Any]]:
    return list((answers.get(deletion.profiles_of(role)) or {}).get("InstanceProfiles", ()))
