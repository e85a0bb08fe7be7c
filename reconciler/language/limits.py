"""`limits:` of the language: quotas that AWS raised for this account."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import Quotas
from reconciler.core.problems import Problems
from reconciler.language.section import Section, whole_number, whole_number_schema
from reconciler.policy.catalogue import limits

_FIXED = "nothing: AWS raises this quota for nobody"
Number = Annotated[int, BeforeValidator(whole_number), whole_number_schema()]


def _field(key: str, what: str) -> Any:
    quota = limits.RAISABLE[key]
    return Field(None, description=f"{what}: {quota.default} unless raised, at most {quota.most}.")


class LimitsSection(Section):
    """Quotas that AWS raised for this account."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "policy_size": _FIXED,
        "managed_policy_size": _FIXED,
        "inline_size": _FIXED,
        "policy_versions": _FIXED,
        "versions_per_policy": _FIXED,
        "tags": _FIXED,
        "policies_per_group": _FIXED,
        "groups_per_user": _FIXED,
        "roles_per_instance_profile": _FIXED,
        "attachments": "policies_per_role:",
    }
    policies_per_role: Number | None = _field("policies_per_role", "Managed policies attached to a role")
    policies_per_user: Number | None = _field("policies_per_user", "Managed policies attached to a user")
    trust_size: Number | None = _field("trust_size", "Characters of a trust policy")
    roles: Number | None = _field("roles", "Roles of the account")
    policies: Number | None = _field("policies", "Customer managed policies of the account")
    instance_profiles: Number | None = _field("instance_profiles", "Instance profiles of the account")
    groups: Number | None = _field("groups", "Groups of the account")


def check(section: LimitsSection, problems: Problems) -> None:
    """Report quotas that are lower than every account's, or higher than AWS gives anyone."""
    for key, quota in limits.RAISABLE.items():
        value = getattr(section, key)
        if value is not None and not quota.default <= value <= quota.most:
            problems.error(
                f"{value}; every account has {quota.default}, and AWS raises it to {quota.most} at most", key
            )


def of(section: LimitsSection | None) -> Quotas:
    """The quotas in the form that kinds use."""
    if section is None:
        return Quotas()
    return Quotas(section.policies_per_role, section.policies_per_user, section.trust_size)


def allowed(section: LimitsSection | None, key: str) -> int:
    """The number in force for one of them."""
    raised = getattr(section, key, None)
    return raised if raised is not None else limits.RAISABLE[key].default
