"""Judges a plan by what was read for that: the access that it gives and takes, and the guards' refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan, Refusal, Unread
from reconciler.plan import guard
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, lockout, memberships
from reconciler.plan.access import risks as access_risks
from reconciler.plan.access.indirect import with_through
from reconciler.plan.access.risks import Risk
from reconciler.plan.comparison import Comparison, live_boundaries_only


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """What AWS has beside the resources of a plan that it takes to judge them.

    `outside` are those whom no spec describes and who have a policy attached that will allow more; `unread`
    is who of them could not be read. `live` are the groups of users whose access changes; `documents` those
    of policies outside the plan, by ARN. `holders` says who has each policy attached that may allow less,
    without those of which that could not be read. `caller_groups` are the groups of the caller where they
    count, None where they could not be read.
    """

    outside: tuple[Comparison, ...] = ()
    unread: tuple[Unread, ...] = ()
    live: memberships.LiveMemberships = field(default_factory=memberships.LiveMemberships)
    documents: access_changes.Documents = field(default_factory=dict)
    holders: lockout.Holders = field(default_factory=dict)
    caller_groups: frozenset[str] | None = frozenset()


def judge(
    plan: Plan,
    drafts: tuple[Comparison, ...],
    desired: tuple[Desired, ...],
    consent: guard.Consent,
    context: JudgingContext,
    *,
    is_all: bool,
) -> Plan:
    """The plan with the access that it gives and takes, and the guards' refusals.

    `desired` is all that the specs describe; where it `is_all`, it tells which policies are nothing but
    boundaries.
    """
    everyone = (*drafts, *context.outside)
    blind = frozenset(entry.address for entry in context.unread)
    groups = memberships.Groups.of(everyone, context.live)
    unseen = memberships.unseen(everyone, context.live)
    policies = access_changes.Policies.of(everyone, context.documents, groups)
    gains = with_through(access_changes.changes(everyone, policies, blind), everyone, groups)
    plan = _with_holders(replace(plan, access=gains), context.outside)
    by_itself = {e.address: f"{e.message} ({e.permission}): it is judged by itself" for e in context.unread}
    plan = _noted(plan, by_itself | unseen)
    plan = _noted(plan, access_risks.notes_of(drafts, policies))
    plan = _noted(plan, dict.fromkeys(_unknown_holders(drafts, context), _UNKNOWN_HOLDERS))
    risks = (*access_risks.effects(everyone, policies), *access_risks.of_unseen(plan.access, unseen, groups))
    risks = access_risks.at_policies(risks, context.outside, gaining_policies.gaining(drafts))
    risks = (*risks, *_lockouts(plan, drafts, policies, context))
    limits = live_boundaries_only(desired, everyone, blind) if is_all else frozenset[str]()
    crowded = tuple(Refusal(address, why) for address, why in memberships.crowded(drafts, context.live.users))
    return replace(plan, refusals=(*crowded, *guard.refusals(plan, desired, consent, risks, limits)))


def _with_holders(plan: Plan, outside: tuple[Comparison, ...]) -> Plan:
    """The plan with those outside it whose access changes through a policy of it."""
    known = {change.address for change in plan.changes}
    changing = {change.holder for change in plan.access if not change.is_silent} - known
    return replace(
        plan, changes=(*plan.changes, *(d.change for d in outside if d.change.address in changing))
    )


_UNKNOWN_HOLDERS = (
    "who holds it could not be read (iam:ListEntitiesForPolicy): that someone is locked out would not be seen"
)


def _unknown_holders(drafts: tuple[Comparison, ...], context: JudgingContext) -> set[Address]:
    return {d.change.address for d in lockout.losing(drafts) if d.want.arn not in context.holders}


def _lockouts(
    plan: Plan, drafts: tuple[Comparison, ...], policies: access_changes.Policies, context: JudgingContext
) -> tuple[Risk, ...]:
    """What takes access from the caller or from Identity Center's roles."""
    caller = lockout.CallerIdentity(lockout.caller(plan.header.caller), context.caller_groups)
    holders = lockout.outside(context.holders, drafts)
    return lockout.lockouts(plan.access, lockout.losing(drafts), holders, caller, drafts, policies)


def _noted(plan: Plan, notes: Mapping[Address, str]) -> Plan:
    """The plan with these notes on its changes."""
    changes = (
        replace(c, notes=(*c.notes, notes[c.address])) if c.address in notes else c for c in plan.changes
    )
    return replace(plan, changes=tuple(changes))
