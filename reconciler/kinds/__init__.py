"""The kinds of resources, in the order in which they are created."""

from reconciler.core.kind import AnyKind
from reconciler.kinds import instance_profile, managed_policy, role
from reconciler.kinds.lazy import on_use

KINDS: tuple[AnyKind, ...] = (
    on_use("oidc-provider", "oidc_providers", "oidc_provider"),
    on_use("saml-provider", "saml_providers", "saml_provider"),
    managed_policy.kind,
    role.kind,
    instance_profile.kind,
    on_use("group", "groups", "group"),
    on_use("user", "users", "user"),
    on_use("account-settings", "account_settings", "account_settings", one_in_account=True),
)
