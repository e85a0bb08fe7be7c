"""Roles, users and groups as entries of a spec."""

from typing import Protocol

from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported, NotExported
from reconciler.parts import access, exporting, shortening_trust
from reconciler.policy.document.document import Document

_HOUR = 3600


class Group(access.Holding, Protocol):
    """What is said of a group."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def members(self) -> frozenset[str] | None:
        """The names of all its members."""


class User(access.Holding, Protocol):
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


class Role(access.Holding, Protocol):
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


def of_group(have: Group, context: SpecContext) -> Exported:
    """A group with all its members: whoever comes in by hand is seen there, and nowhere else."""
    held, notes = exporting.policies(have, context)
    everyone = exporting.names("members", have.members)
    return Exported(have.holder.name, {**exporting.settings(have.path), **held, **everyone}, notes)


def of_user(have: User, context: SpecContext) -> Exported:
    """A user; what it signs in with is not for a file.

    Its groups are said, all of them, where any is not exported: those that are name their members themselves.
    """
    held, notes = exporting.policies(have, context)
    is_said_there = have.groups and all(context.names.arn("group", name) for name in have.groups)
    section = {
        **exporting.settings(have.path),
        **({} if is_said_there else exporting.names("groups", have.groups)),
        **held,
        **exporting.limit(have.boundary, context),
        **exporting.tagged(have.tags, context),
    }
    return Exported(have.holder.name, section, notes)


def of_role(have: Role, context: SpecContext) -> Exported:
    """A role with its trust; its instance profile says itself where it belongs."""
    held, notes = exporting.policies(have, context)
    try:
        said = shortening_trust.trust(have.trust, context)
    except NotExported as why:
        raise NotExported(f"trust: {why}") from None
    length = have.max_session_duration
    section = {
        **exporting.settings(have.path, have.description),
        **said.data,
        **held,
        **exporting.limit(have.boundary, context),
        **({"max_session_duration": exporting.duration(length)} if length != _HOUR else {}),
        **exporting.tagged(have.tags, context),
    }
    return Exported(have.holder.name, section, (*(f"trust: {note}" for note in said.notes), *notes))
