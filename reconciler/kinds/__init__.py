"""The kinds of resources, in the order in which they are created."""

from reconciler.core.kind import Described, Kind
from reconciler.kinds import group, instance_profile, managed_policy, oidc_provider, role, user
from reconciler.kinds.loading import OnUse

KINDS: tuple[Kind, ...] = (oidc_provider, managed_policy, role, instance_profile, group, user)
# What specs may describe and a plan does not handle yet.
LATER: tuple[OnUse, ...] = (
    OnUse("saml-provider", "saml_providers", "saml_provider"),
    OnUse("account-settings", "account_settings", "account_settings"),
)
EVERY: tuple[Described, ...] = (*KINDS, *LATER)
