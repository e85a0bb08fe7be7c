"""What a plan comes to that needs consent, by the effect of all documents together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.core.access import AccessChange
from reconciler.core.address import Address
from reconciler.plan.access import Own, Policies, changed_roles
from reconciler.plan.drafts import Draft
from reconciler.plan.holders import is_done
from reconciler.plan.memberships import TAKES_IN, Groups, Outsider
from reconciler.policy.broad import admin_level
from reconciler.policy.escalations import Escalation, allows_everything, reachable
from reconciler.policy.role_access import sides
from reconciler.policy.search import Sides
from reconciler.policy.statements import statements

# The consent that it takes, and what it is in words.
Risk = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Effect:
    """Something new that a role, or a policy by itself, can do; `what` is the consent that it takes."""

    address: Address
    what: str
    message: str


def effects(drafts: tuple[Draft, ...], policies: Policies) -> tuple[Effect, ...]:
    """Roles that become admin by several documents together, and new ways from some permissions to all of them."""
    found: list[Effect] = []
    # Groups first: what is said of one is not said of each of its members.
    changed = sorted(changed_roles(drafts, policies.groups), key=lambda d: d.change.address.kind != "group")
    for draft in changed:
        own = _effects(draft, risks(draft.want.arn, sides(*policies.sides(draft)), policies.own(draft)))
        found += [effect for effect in own if not _is_said_of_its_groups(effect, draft, policies, found)]
    found += _of_outsiders(policies)
    for draft in drafts:
        if is_done(draft) and any(f.field == "document" for f in draft.change.fields):
            found += _effects(draft, escalations(draft.want.arn, _of_policy(draft.have, draft.want)))
    return tuple(found)


def of_unseen(access: tuple[AccessChange, ...], notes: Mapping[Address, str], groups: Groups) -> tuple[Effect, ...]:  # fmt: skip
    """Users who gain something, and of whom it could not be read what else they hold: together that may be everything."""
    gaining = {change.holder for change in access if change.subject == "access" and change.gained.answer != "no"}  # fmt: skip
    gaining |= {address for address in notes if address.kind == "user" and address.name in groups.moving}
    gaining |= {one.address for one in groups.outsiders if one.state is None and one.how == TAKES_IN}
    return tuple(Effect(address, "escalation", f"somebody gains access by it, and {note}") for address, note in notes.items() if address in gaining)  # fmt: skip


def _is_said_of_its_groups(effect: Effect, draft: Draft, policies: Policies, found: list[Effect]) -> bool:
    """Whether a user that does not change itself comes to it by what a group of the plan can do."""
    if draft.change.address.kind != "user" or draft.change.fields:
        return False
    groups = {group.name for group in policies.groups.after.get(draft.want.name, ())}
    before = {group.name for group in policies.groups.before.get(draft.want.name, ())}
    said = {one.address.name for one in found if one.address.kind == "group" and one.what == effect.what}
    return not said.isdisjoint(groups & before)


def _of_outsiders(policies: Policies) -> Iterator[Effect]:
    """What users outside the specs can do by coming into a group, leaving one that denied it, or being denied less."""
    alike: dict[tuple[Address, str, Risk], list[str]] = {}
    for one in policies.groups.outsiders:
        for risk in risks(_arn_of(one), sides(*policies.of_outsider(one))):
            alike.setdefault((one.address, one.how, risk), []).append(one.name)
    for (address, how, (what, message)), names in alike.items():
        who = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield Effect(address, what, f"{how} {who}, who {message}")


def _arn_of(one: Outsider) -> str:
    return one.state.arn if one.state else f"arn:aws:iam::{one.address.account}:user/{one.name}"


def _effects(draft: Draft, found: tuple[Risk, ...]) -> list[Effect]:
    return [Effect(draft.change.address, what, message) for what, message in found]


def risks(arn: str, both: Sides, own: Own | None = None) -> tuple[Risk, ...]:
    """What the second of two sides of a principal can do beyond the first that takes consent.

    `own` are the ARNs of what is its own on either side: itself, its groups, the policies that it holds.
    """
    return (*_admin(both), *escalations(arn, both, own))


def _of_policy(have: Any, want: Any) -> Sides:
    old = statements(have.document) if have else ()
    # One that is admin as it is written is the admin guard's.
    return Sides(old, () if admin_level(want.document) else statements(want.document))


def _admin(both: Sides) -> Iterator[Risk]:
    new = allows_everything(both.after, bounded=both.bounded[1])
    if new and not allows_everything(both.before, bounded=both.bounded[0]):
        yield "admin", "may do everything, by its policies together"


def escalations(arn: str, both: Sides, own: Own | None = None) -> tuple[Risk, ...]:
    """New ways from some permissions to all of them, in one line; also of an admin whose exceptions go.

    Who becomes an admin has them all, and is said to be that.
    """
    before, after = own or ((arn,), (arn,))
    old = _reachable(both, 0, before)
    # Who could do it to anything could do it to itself.
    known = {action for escalation in old for action in escalation.actions if len(escalation.actions) == 1}
    new = {e for e in _reachable(both, 1, after) - old if not known.issuperset(e.actions)}
    if new and not any(_admin(both)):
        ways = sorted(f"{e.how} ({', '.join(e.actions)})" for e in new)
        more = f", and {len(ways) - 1} more" if len(ways) > 1 else ""
        return (("escalation", f"can give itself everything: {ways[0]}{more}"),)
    return ()


def _reachable(both: Sides, side: int, own: tuple[str, ...]) -> frozenset[Escalation]:
    parts = own[0].split(":")
    found = reachable(both.of(new=bool(side)), parts[4], parts[1], bounded=both.bounded[side], own=own)
    return frozenset(e for e in found if not e.indirect)
