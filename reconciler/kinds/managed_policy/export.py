"""Managed policies as entries of a spec."""

from typing import Protocol

from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.facets import export
from reconciler.language import body_from_document
from reconciler.policy.document.document import Document


class ExportablePolicy(Protocol):
    """What is said of a policy."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def description(self) -> str:
        """The description."""

    @property
    def document(self) -> Document:
        """The default version."""

    @property
    def tags(self) -> Tags:
        """The user's own tags."""


def of_policy(have: ExportablePolicy, context: SpecContext) -> Exported:
    """A policy with its default version; older ones are history."""
    short = body_from_document.body(have.document, context)
    section = {
        **export.settings(have.path, have.description),
        **short.data,
        **export.tagged(have.tags, context),
    }
    return Exported(have.name, section, short.notes)
