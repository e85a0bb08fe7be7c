"""The permissions boundary of a principal: set before access is added, removed after the rest."""

from collections.abc import Iterable

from reconciler.core import facts
from reconciler.core.call import Call, write
from reconciler.core.change import FieldChange


def diff(want: str, have: str) -> tuple[FieldChange, ...]:
    """No boundary is empty text."""
    return () if want == have else (FieldChange("boundary", "value", have or None, want or None),)


def put(role_arn: str, role: str, want: str, have: str) -> tuple[Call, ...]:
    """The call that sets another boundary, if one is wanted."""
    if not want or want == have:
        return ()
    params = {"RoleName": role, "PermissionsBoundary": want}
    needs = {facts.exists(role_arn), facts.exists(want)}
    return (write("PutRolePermissionsBoundary", role_arn, params, needs=needs, provides=[facts.done(role_arn, "boundary")]),)  # fmt: skip


def remove(role_arn: str, role: str, want: str, have: str, after: Iterable[str]) -> tuple[Call, ...]:
    """The call that removes the boundary, once everything else is as it should be."""
    if want or not have:
        return ()
    return (
        write(
            "DeleteRolePermissionsBoundary",
            role_arn,
            {"RoleName": role},
            needs=after,
            provides=[facts.done(role_arn, "boundary")],
        ),
    )
