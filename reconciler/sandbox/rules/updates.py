"""UpdateRole merges: a member that is left out stays as it is, though the documentation says otherwise."""

from typing import Any

from reconciler.sandbox.rules.base import Params, role_named, rule


@rule(
    "UpdateRole merges",
    "contract §3 (LS:roles#test_update_role, GH go-to-k/cdkd#1239); MT: moto resets",
    "UpdateRole",
)
def update_role(world: Any, params: Params) -> None:
    """Completes the call with the role's present values; empty text is stored as no description."""
    role = role_named(world, params["RoleName"])
    if role is not None:
        params["Description"] = params.get("Description", role.description) or None
        params.setdefault("MaxSessionDuration", int(role.max_session_duration))


RULES = (update_role,)
