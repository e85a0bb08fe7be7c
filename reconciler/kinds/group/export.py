"""A group as an entry of a spec."""

from typing import Protocol

from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported
from reconciler.facets import export, identity_policies


class ExportableGroup(identity_policies.IdentityState, Protocol):
    """What is said of a group."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def members(self) -> frozenset[str] | None:
        """The names of all its members."""


def of_group(have: ExportableGroup, context: SpecContext) -> Exported:
    """A group with all its members: whoever comes in by hand is seen there, and nowhere else."""
    held, notes = export.policies(have, context)
    everyone = export.names("members", have.members)
    return Exported(have.identity.name, {**export.settings(have.path), **held, **everyone}, notes)
