"""The kinds of resources, in the order in which they are created."""

from reconciler.core.kind import Described, Kind
from reconciler.kinds import (
    account_settings,
    group,
    instance_profile,
    managed_policy,
    oidc_provider,
    role,
    saml_provider,
    user,
)

KINDS: tuple[Kind, ...] = (managed_policy, role, instance_profile)
# What specs may describe and a plan does not handle yet.
LATER: tuple[Described, ...] = (oidc_provider, saml_provider, group, user, account_settings)
EVERY: tuple[Described, ...] = (oidc_provider, saml_provider, *KINDS, group, user, account_settings)
