"""What deleting a group takes: its members and policies go before it."""

from typing import Protocol

from reconciler.core.call import Answers, Call
from reconciler.core.usage import Usage
from reconciler.facets import deletion, identity_policies, memberships

KIND = "group"
# What it takes, and on what.
DELETE_OPERATIONS = (
    ("RemoveUserFromGroup", KIND),
    ("DetachGroupPolicy", KIND),
    ("DeleteGroupPolicy", KIND),
    ("DeleteGroup", KIND),
)


class DeletableGroup(identity_policies.IdentityState, Protocol):
    """What the state of a group has; `users` are all of its members."""

    @property
    def users(self) -> frozenset[str]:
        """The names of those who are in it."""


def deletion_reads(have: DeletableGroup) -> tuple[Call, ...]:
    """Nothing that is not read of a group in any case."""
    return ()


def usage(have: DeletableGroup, answers: Answers) -> Usage:
    """Its members."""
    return Usage(tuple(("user", name) for name in sorted(have.users)))


def delete(have: DeletableGroup, answers: Answers) -> tuple[Call, ...]:
    """Its members and policies, then the group."""
    identity = have.identity
    before = (*memberships.members(identity, frozenset(), have.users), *identity_policies.nothing_left(have))
    return deletion.delete("DeleteGroup", KIND, identity.name, identity.arn, identity.target, before)
