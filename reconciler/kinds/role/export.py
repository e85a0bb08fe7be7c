"""A role as an entry of a spec."""

from typing import Protocol

from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported, NotExported
from reconciler.facets import export, identity_policies
from reconciler.kinds.role import trust_from_document
from reconciler.kinds.role.desired import HOUR
from reconciler.language import durations
from reconciler.policy.document.document import Document


class ExportableRole(identity_policies.IdentityState, Protocol):
    """What is said of a role."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def description(self) -> str:
        """The description."""

    @property
    def trust(self) -> Document:
        """Who may assume it."""

    @property
    def boundary(self) -> str:
        """The ARN of its boundary."""

    @property
    def max_session_duration(self) -> int:
        """Seconds."""

    @property
    def tags(self) -> Tags:
        """The user's own tags."""


def of_role(have: ExportableRole, context: SpecContext) -> Exported:
    """A role with its trust; its instance profile says itself where it belongs."""
    held, notes = export.policies(have, context)
    try:
        short = trust_from_document.trust(have.trust, context)
    except NotExported as why:
        raise NotExported(f"trust: {why}") from None
    length = have.max_session_duration
    section = {
        **export.settings(have.path, have.description),
        **short.data,
        **held,
        **export.limit(have.boundary, context),
        **({"max_session_duration": durations.written(length)} if length != HOUR else {}),
        **export.tagged(have.tags, context),
    }
    return Exported(have.identity.name, section, (*(f"trust: {note}" for note in short.notes), *notes))
