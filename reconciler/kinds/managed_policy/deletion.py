"""What deleting a managed policy takes.

It comes off everybody who holds it, and its old versions go before it.
"""

from dataclasses import replace
from typing import Protocol

from reconciler.core import facts
from reconciler.core.call import Answers, Call, Params, read
from reconciler.core.usage import Usage, Who
from reconciler.facets import attachments, deletion
from reconciler.facets.identity import Identity
from reconciler.facets.reads.policy_document import list_versions
from reconciler.kinds.managed_policy import versions
from reconciler.policy.document import arns

KIND = "policy"
# The kinds of what can hold one: in the answer, the noun of its operations, the word in addresses.
_HOLDERS = (
    ("PolicyRoles", "Role", "role"),
    ("PolicyUsers", "User", "user"),
    ("PolicyGroups", "Group", "group"),
)
# What it takes, and on what.
DELETE_OPERATIONS = (
    ("ListPolicyVersions", KIND),
    ("ListEntitiesForPolicy", KIND),
    *((f"Detach{noun}Policy", kind) for _, noun, kind in _HOLDERS),
    ("DeletePolicyVersion", KIND),
    ("DeletePolicy", KIND),
)


class DeletablePolicy(Protocol):
    """What the state of a managed policy has."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def arn(self) -> str:
        """The ARN."""


def deletion_reads(have: DeletablePolicy) -> tuple[Call, ...]:
    """Its versions; who holds it, and whose boundary it is: two answers, for one tells them not apart."""
    return (
        list_versions(have.arn),
        read("ListEntitiesForPolicy", PolicyArn=have.arn, PolicyUsageFilter="PermissionsPolicy"),
        read("ListEntitiesForPolicy", PolicyArn=have.arn, PolicyUsageFilter="PermissionsBoundary"),
    )


def usage(have: DeletablePolicy, answers: Answers) -> Usage:
    """Who holds it, and whom it limits."""
    held, bounds = (answers.get(call) or {} for call in deletion_reads(have)[1:])
    return Usage(used_by=_of(held), limits=_of(bounds))


def _of(answer: Params) -> tuple[Who, ...]:
    return tuple(
        (kind, entity[f"{noun}Name"]) for key, noun, kind in _HOLDERS for entity in answer.get(key, ())
    )


def delete(have: DeletablePolicy, answers: Answers) -> tuple[Call, ...]:
    """Off everybody who holds it, its versions, then the policy; not before those whom it limits are gone."""
    used = usage(have, answers)
    before = (*_detached(have.arn, used.used_by), *versions.deleted(have.arn, answers))
    *others, last = deletion.delete(
        "DeletePolicy", KIND, have.name, have.arn, {"PolicyArn": have.arn}, before
    )
    return (*others, replace(last, needs=last.needs | {facts.gone(*who) for who in used.limits}))


def _detached(arn: str, holders: tuple[Who, ...]) -> tuple[Call, ...]:
    partition, account = arn.split(":")[1], arn.split(":")[4]
    nouns = {kind: noun for _, noun, kind in _HOLDERS}
    return tuple(
        call
        for kind, name in holders
        for call in attachments.changes(
            # The list tells no paths; the ARN only keeps calls on one holder apart.
            Identity(nouns[kind], name, arns.build(partition, account, kind, "/", name)),
            frozenset(),
            frozenset({arn}),
            0,
        )
    )
