"""The kinds of resources, in the order in which they are created."""

from typing import TYPE_CHECKING

from reconciler.core.kind import Kind
from reconciler.kinds import group, instance_profile, managed_policy, oidc_provider, role
from reconciler.kinds.lazy import OnUse

if TYPE_CHECKING:
    from reconciler.kinds import account_settings, saml_provider, user

    # That those which are loaded on use are kinds too is seen here.
    _ON_USE: tuple[Kind, ...] = (saml_provider, user, account_settings)

KINDS: tuple[Kind, ...] = (
    oidc_provider,
    OnUse("saml-provider", "saml_providers", "saml_provider"),
    managed_policy,
    role,
    instance_profile,
    group,
    OnUse("user", "users", "user"),
    OnUse("account-settings", "account_settings", "account_settings"),
)
