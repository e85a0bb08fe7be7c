"""The kinds of resources, in the order in which they are created."""

from reconciler.core.kind import AnyKind
from reconciler.kinds import group, instance_profile, managed_policy, oidc_provider, role
from reconciler.kinds.lazy import on_use

KINDS: tuple[AnyKind, ...] = (
    oidc_provider.kind,
    on_use("saml-provider", "saml_providers", "saml_provider"),
    managed_policy.kind,
    role.kind,
    instance_profile.kind,
    group.kind,
    on_use("user", "users", "user"),
    on_use("account-settings", "account_settings", "account_settings"),
)
