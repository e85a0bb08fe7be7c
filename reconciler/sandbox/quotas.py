"""IAM's quotas by the names that its own messages give them (contract §2)."""

from reconciler.policy.catalogue import limits

_PER_ACCOUNT = {
    "RolesPerAccount": "roles",
    "PoliciesPerAccount": "policies",
    "InstanceProfilesPerAccount": "instance_profiles",
    "GroupsPerAccount": "groups",
}
_RAISABLE = {
    "PoliciesPerRole": "policies_per_role",
    "PoliciesPerUser": "policies_per_user",
    "ACLSizePerRole": "trust_size",
    **_PER_ACCOUNT,
}
FIXED = {
    "PolicySize": limits.MANAGED_POLICY_SIZE,
    "RolePolicySize": limits.INLINE_TOTAL["role"],
    "GroupPolicySize": limits.INLINE_TOTAL["group"],
    "UserPolicySize": limits.INLINE_TOTAL["user"],
    "VersionsPerPolicy": limits.VERSIONS_PER_POLICY,
    "PoliciesPerGroup": limits.POLICIES_PER_GROUP,
    "GroupsPerUser": limits.GROUPS_PER_USER,
    "InstanceSessionsPerInstanceProfile": 1,
    "TagsPerResource": limits.TAGS_PER_RESOURCE,
    "UsersPerAccount": 5000,
}
DEFAULTS = {**FIXED, **{name: limits.RAISABLE[key].default for name, key in _RAISABLE.items()}}


def most(name: str) -> int | None:
    """The most that AWS raises an adjustable quota to; None for one that is fixed or unknown."""
    key = _RAISABLE.get(name)
    return limits.RAISABLE[key].most if key else None


def parsed(text: str) -> tuple[str, int]:
    """`NAME=N` of the command line.

    Raises:
        ValueError: with what is wrong, in words.
    """
    name, _, number = text.partition("=")
    known = ", ".join(sorted(_RAISABLE))
    if name in FIXED:
        raise ValueError(f"{name} is {FIXED[name]} for everybody; AWS raises {known}")
    limit = most(name)
    if limit is None:
        raise ValueError(f'there is no quota "{name}" to raise: {known}')
    if not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= limit:
        raise ValueError(f'"{number}" is no value for {name}: AWS gives 1 to {limit}')
    return name, int(number)
