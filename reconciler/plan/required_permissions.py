"""The permissions that a command needs for given specs, from the calls that it may make."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reconciler.core.desired import Desired, Removed
from reconciler.core.expectation import Expectation
from reconciler.core.kind import AnyKind
from reconciler.facets import memberships
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import group as group_reads
from reconciler.facets.reads import role as role_reads
from reconciler.facets.reads import sweep
from reconciler.facets.reads import user as user_reads
from reconciler.kinds import KINDS
from reconciler.policy.catalogue.actions import actions_of
from reconciler.policy.catalogue.dependent_permissions import dependents
from reconciler.policy.document import arns
from reconciler.policy.risk.least_privilege import RequiredPermission

Purpose = Literal["plan", "apply", "drift", "prune", "destroy"]
PURPOSES: tuple[Purpose, ...] = ("plan", "apply", "drift", "prune", "destroy")


@dataclass(frozen=True, slots=True)
class Where:
    """The account and partition that the specs are for."""

    account: str
    partition: str = "aws"


def needs(
    desired: tuple[Desired, ...],
    expectations: tuple[Expectation, ...],
    purpose: Purpose,
    where: Where,
    *,
    orphans: bool,
    unmanaged: bool,
) -> frozenset[RequiredPermission]:
    """All of them, without reads that nothing in these specs can lead to.

    Of the whole account where that spares calls.

    `orphans` and `unmanaged` are for what drift sweeps.
    """
    permissions = {
        RequiredPermission(action, arn) for d in desired for action, arn in d.kind.read_permissions(d.state)
    }
    permissions |= set(_of_expectations(expectations, where))
    if sum(d.kind.READS_PER_RESOURCE for d in desired) > account_reads.FEW:
        permissions |= {
            RequiredPermission(call.permission, "*") for call in account_reads.all_reads((("", 0),))
        }
    if unmanaged:
        permissions |= set(_of_whole_account(where))
    if orphans:
        permissions |= {RequiredPermission(call.permission, "*") for call in account_reads.owned((("", 0),))}
    if purpose == "destroy":
        if any(d.kind.NAMED_IN_TRUST for d in desired):
            permissions.add(RequiredPermission(account_reads.PRINCIPAL_DETAILS.permission, "*"))
        return frozenset(permissions | {need for d in desired for need in _ends(d.kind, d.state.arn, where)})
    permissions |= set(_of_holders(desired, where))
    permissions |= set(_of_memberships(desired, where, reads_members=purpose != "drift"))
    if purpose == "drift":
        return frozenset(permissions)
    if purpose in ("apply", "prune"):
        permissions |= {need for d in desired for need in _writes(d)}
    return frozenset(permissions)


def _of_whole_account(where: Where) -> Iterator[RequiredPermission]:
    """To see all that is there, and what it takes to judge it where lists don't tell."""
    yield from (RequiredPermission(call.permission, "*") for call in sweep.whole_account(KINDS))
    for kind in KINDS:
        if kind.ACCESS_BY in ("policies", "document"):
            stub = kind.stub("*", _any(kind.KIND, where))
            yield from (RequiredPermission(action, on) for action, on in kind.read_permissions(stub))


def _of_holders(desired: tuple[Desired, ...], where: Where) -> Iterator[RequiredPermission]:
    """To read who holds a policy that changes, also through a group, and what else they hold."""
    policies = [d.state.arn for d in desired if hasattr(d.state, "document")]
    groups = any(d.kind.KIND == "group" for d in desired)
    yield from (RequiredPermission("iam:ListEntitiesForPolicy", arn) for arn in policies)
    if policies:
        yield from (
            RequiredPermission(action, on) for action, on in role_reads.read_permissions(_any("role", where))
        )
    if policies or groups:
        yield from (
            RequiredPermission(action, on) for action, on in user_reads.read_permissions(_any("user", where))
        )
        yield from (
            RequiredPermission(action, on)
            for action, on in group_reads.read_permissions(_any("group", where))
        )
        yield from (
            RequiredPermission("iam:ListGroupsForUser", on)
            for on in arns.with_and_without_path(_any("user", where))
        )
        # Many of them are read together.
        yield from (RequiredPermission(call.permission, "*") for kind in KINDS for call in kind.LISTED_WHOLE)


def _of_memberships(
    desired: tuple[Desired, ...], where: Where, *, reads_members: bool
) -> Iterator[RequiredPermission]:
    """What users hold by all their groups, and what those hold who come into a group or leave it.

    `reads_members` is whether members of the specs' groups are read that no spec describes.
    """
    users = [d.state for d in desired if d.kind.KIND == "user"]
    others = [d for d in desired if reads_members and d.kind.KIND == "group" and d.state.members is not None]
    for arn in [_any("user", where)] if others else [user.arn for user in users]:
        yield from (
            RequiredPermission("iam:ListGroupsForUser", user_arn)
            for user_arn in arns.with_and_without_path(arn)
        )
    if others:
        yield from (
            RequiredPermission(action, on) for action, on in user_reads.read_permissions(_any("user", where))
        )
    if users or others:
        yield from (
            RequiredPermission(action, on)
            for action, on in group_reads.read_permissions(_any("group", where))
        )


def released(removed: tuple[Removed, ...], purpose: Purpose, where: Where) -> frozenset[RequiredPermission]:
    """What it takes to let go of what the specs name in `removed:`, on whatever path it is."""
    permissions: set[RequiredPermission] = set()
    for removed_spec in removed if purpose != "drift" else ():
        for kind in KINDS:
            if "tags" not in kind.FACETS or not _is_of(removed_spec.pattern, kind.KIND):
                continue
            arn = _any(kind.KIND, where)
            permissions |= {
                RequiredPermission(action, on) for action, on in kind.read_permissions(kind.stub("*", arn))
            }
            untag = [operation for operation in kind.UPDATED_FACETS if operation.startswith("Untag")]
            permissions |= {
                RequiredPermission(f"iam:{operation}", arn)
                for operation in untag
                if purpose in ("apply", "prune")
            }
    return frozenset(permissions)


def pruned(where: Where) -> frozenset[RequiredPermission]:
    """What it takes to find and delete what the specs no longer describe, whatever that is."""
    permissions: set[RequiredPermission] = set()
    for kind in KINDS:
        if "tags" in kind.FACETS:
            arn = _any(kind.KIND, where)
            permissions |= {
                RequiredPermission(action, on) for action, on in kind.read_permissions(kind.stub("*", arn))
            }
            permissions |= set(_ends(kind, arn, where))
    return frozenset(permissions)


def _any(kind: str, where: Where) -> str:
    return f"arn:{where.partition}:iam::{where.account}:{kind}/*"


def _ends(kind: AnyKind, arn: str, where: Where) -> Iterator[RequiredPermission]:
    """What deleting one takes: on itself, and on what others may have of it."""
    for operation, about in kind.DELETE_OPERATIONS:
        on = (
            arns.with_and_without_path(arn) if about == kind.KIND else (_any(about, where) if about else "*",)
        )
        yield from (RequiredPermission(f"iam:{operation}", target) for target in on)


def _is_of(pattern: str, kind: str) -> bool:
    head = pattern.partition(".")[0]
    return head == kind or "*" in head


def _of_expectations(expectations: tuple[Expectation, ...], where: Where) -> Iterator[RequiredPermission]:
    """A role that is expected something of is read whole, by its name: whatever path it has."""
    for name in {e.role_name for e in expectations}:
        for path in ("/", "/*/"):
            role = arns.build(where.partition, where.account, "role", path, name)
            for action in ("GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy"):
                yield RequiredPermission(f"iam:{action}", role)
        for whose in (where.account, "aws"):
            for action in ("GetPolicy", "GetPolicyVersion"):
                yield RequiredPermission(f"iam:{action}", f"arn:{where.partition}:iam::{whose}:policy/*")


def _acted_on(desired: Desired, operation: str) -> tuple[str, ...]:
    """What the write is about, as IAM asks who may: a membership is the group's, and a path may change."""
    state = desired.state
    if operation not in memberships.OPERATIONS:
        return (state.arn,)
    if desired.kind.KIND == "group":
        return () if state.members is None else (state.arn,)
    # The groups that a user is in live may be any.
    return () if state.groups is None else (state.arn.partition(":user/")[0] + ":group/*",)


def _writes(desired: Desired) -> Iterator[RequiredPermission]:
    state, kind = desired.state, desired.kind
    calls = kind.create(state, in_cycle=False)
    for operation in {*(call.operation for call in calls), *kind.UPDATED_FACETS}:
        if desired.untagged and operation.startswith("Tag") and not state.tags:
            continue
        taken = actions_of("iam")[operation.lower()].resources
        for arn in _acted_on(desired, operation) if taken else ("*",):
            yield RequiredPermission(f"iam:{operation}", arn)
    for call in calls:
        for dependent in dependents(call.operation, call.params):
            target = state.arn if dependent.kind == kind.KIND else state.role_arn
            condition = (("iam:PassedToService", dependent.passed_to),) if dependent.passed_to else ()
            yield RequiredPermission(dependent.action, target, condition)
