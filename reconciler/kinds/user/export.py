"""A user as an entry of a spec."""

from typing import Protocol

from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.facets import export, identity_policies


class ExportableUser(identity_policies.IdentityState, Protocol):
    """What is said of a user."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def boundary(self) -> str:
        """The ARN of its boundary."""

    @property
    def groups(self) -> frozenset[str] | None:
        """The names of all its groups."""

    @property
    def tags(self) -> Tags:
        """The user's own tags."""


def of_user(have: ExportableUser, context: SpecContext) -> Exported:
    """A user; what it signs in with is not for a file.

    Its groups are said, all of them, where any is not exported: those that are name their members themselves.
    """
    held, notes = export.policies(have, context)
    is_said_there = have.groups and all(context.names.arn("group", name) for name in have.groups)
    section = {
        **export.settings(have.path),
        **({} if is_said_there else export.names("groups", have.groups)),
        **held,
        **export.limit(have.boundary, context),
        **export.tagged(have.tags, context),
    }
    return Exported(have.identity.name, section, notes)
