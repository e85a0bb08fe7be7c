"""A live instance profile as its role's entry says it."""

from typing import Any

from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported, NotExported
from reconciler.facets import export
from reconciler.policy.document import arns


def entry_of_role(have: Any, context: SpecContext) -> Exported:
    """What the entry of its role says of the profile, a live state.

    Raises:
        NotExported: it holds no role, or one that is not exported.
    """
    if not have.roles:
        raise NotExported("an instance profile is described with its role, and it holds none")
    (role,) = have.roles
    if context.names.arn("role", role) != have.role_arn:
        raise NotExported(f"an instance profile is described with its role, and role.{role} is not exported")
    own = export.kept(
        {
            "name": have.name if have.name != role else "",
            "path": have.path if have.role_arn != _role_beside(have, role) else "",
            **export.tagged(have.tags, context),
        }
    )
    is_name = own.keys() == {"name"} and own["name"] not in ("true", "false")
    return Exported(role, {"instance_profile": own["name"] if is_name else own or True})


def _role_beside(have: Any, role: str) -> str:
    """The ARN that its role has, if it is on the profile's path."""
    partition, account = have.arn.split(":")[1], have.arn.split(":")[4]
    return arns.build(partition, account, "role", have.path, role)
