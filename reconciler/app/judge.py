"""Judges a plan: the access that it gives and takes, and what the guards refuse."""

from dataclasses import replace

from reconciler.app.observe import policy_entities
from reconciler.app.observe.memberships import groups_of_user, read_memberships
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan, Refusal
from reconciler.plan import guard
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, lockout, memberships
from reconciler.plan.access import risks as access_risks
from reconciler.plan.access.indirect import with_through
from reconciler.plan.access.risks import Risk
from reconciler.plan.comparison import Comparison, live_boundaries_only


def judge_plan(
    plan: Plan,
    drafts: tuple[Comparison, ...],
    desired: tuple[Desired, ...],
    consent: guard.Consent,
    reader: Reader,
    *,
    is_all: bool = True,
) -> Plan:
    """The plan with the access that it gives and takes, and the guards' refusals.

    `desired` is all that the specs describe; where it `is_all`, it tells which policies are nothing but
    boundaries.
    """
    gainers = gaining_policies.gaining(drafts)
    outside, unread = policy_entities.others(drafts, reader, gainers)
    blind = frozenset(entry.address for entry in unread)
    everyone = (*drafts, *outside)
    live = read_memberships(everyone, reader)
    groups = memberships.Groups.of(everyone, live)
    notes = memberships.unseen(everyone, live)
    policies = access_changes.Policies.of(
        everyone, reader.documents(access_changes.needed(everyone, groups)), groups
    )
    gains = with_through(access_changes.changes(everyone, policies, blind), everyone, groups)
    plan = _with_holders(replace(plan, access=gains), outside)
    plan = _noted(
        plan, {e.address: f"{e.message} ({e.permission}): it is judged by itself" for e in unread} | notes
    )
    plan = _noted(plan, access_risks.notes_of(drafts, policies))
    risks = (*access_risks.effects(everyone, policies), *access_risks.of_unseen(plan.access, notes, groups))
    risks = access_risks.at_policies(risks, outside, gainers)
    plan, lockouts = _lockouts(plan, drafts, policies, reader)
    limits = live_boundaries_only(desired, everyone, blind) if is_all else frozenset[str]()
    crowded = tuple(Refusal(address, why) for address, why in memberships.crowded(drafts, live.users))
    return replace(
        plan, refusals=(*crowded, *guard.refusals(plan, desired, consent, (*risks, *lockouts), limits))
    )


def _with_holders(plan: Plan, outside: tuple[Comparison, ...]) -> Plan:
    """The plan with those outside it whose access changes through a policy of it."""
    known = {change.address for change in plan.changes}
    changing = {change.holder for change in plan.access if not change.is_silent} - known
    return replace(
        plan, changes=(*plan.changes, *(d.change for d in outside if d.change.address in changing))
    )


def _lockouts(
    plan: Plan, drafts: tuple[Comparison, ...], policies: access_changes.Policies, reader: Reader
) -> tuple[Plan, tuple[Risk, ...]]:
    """What takes access from the caller or from Identity Center's roles.

    Where that can't be read, the plan notes it.
    """
    losers = lockout.losing(drafts, plan.access)
    holders = reader.policy_entities(tuple(draft.want.arn for draft in losers))
    unknown = {draft.change.address for draft in losers if draft.want.arn not in holders}
    note = (
        "who holds it could not be read (iam:ListEntitiesForPolicy): that someone is locked out would not be"
        " seen"
    )
    # Groups of the plan say themselves who is in them, and are judged by that.
    described = {f"group/{d.want.name}" for d in drafts if d.change.address.kind == "group" and d.have}
    holders = {arn: held - described for arn, held in holders.items()}
    caller = _identity(lockout.caller(plan.header.caller), holders, reader)
    lockouts = lockout.lockouts(plan.access, losers, holders, caller, drafts, policies)
    return _noted(plan, dict.fromkeys(unknown, note)), lockouts


def _identity(who: str, holders: lockout.Holders, reader: Reader) -> lockout.CallerIdentity:
    if not lockout.hangs_on_groups(who, holders):
        return lockout.CallerIdentity(who)
    return lockout.CallerIdentity(who, groups_of_user(who.partition("/")[2], reader))


def _noted(plan: Plan, notes: dict[Address, str]) -> Plan:
    """The plan with these notes on its changes."""
    changes = (
        replace(c, notes=(*c.notes, notes[c.address])) if c.address in notes else c for c in plan.changes
    )
    return replace(plan, changes=tuple(changes))
