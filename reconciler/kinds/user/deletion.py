"""What deleting a user takes: its groups and policies go before it.

What it signs in with is its own to remove.
"""

from typing import Protocol

from reconciler.core.call import Answers, Call
from reconciler.core.usage import Usage
from reconciler.facets import credentials, deletion, identity_policies, memberships

KIND = "user"
# What it takes, and on what.
DELETE_OPERATIONS = (
    ("ListGroupsForUser", KIND),
    *((operation, KIND) for operation in credentials.OPERATIONS),
    ("RemoveUserFromGroup", "group"),
    ("DetachUserPolicy", KIND),
    ("DeleteUserPolicy", KIND),
    ("DeleteUser", KIND),
)


class DeletableUser(identity_policies.IdentityState, Protocol):
    """What the state of a user has."""

    @property
    def groups(self) -> frozenset[str] | None:
        """The names of all its groups."""


def deletion_reads(have: DeletableUser) -> tuple[Call, ...]:
    """What it signs in with."""
    return credentials.reads(have.identity.name)


def usage(have: DeletableUser, answers: Answers) -> Usage:
    """Nobody holds a user; its passwords and keys keep it from being deleted."""
    return Usage(credentials=credentials.lines(have.identity.name, answers))


def delete(have: DeletableUser, answers: Answers) -> tuple[Call, ...]:
    """Its groups and policies, then the user; the boundary goes with it."""
    identity = have.identity
    left = memberships.groups(identity, frozenset(), have.groups or frozenset())
    before = (*left, *identity_policies.nothing_left(have))
    return deletion.delete("DeleteUser", KIND, identity.name, identity.arn, identity.target, before)
