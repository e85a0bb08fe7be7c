"""What a plan comes to that needs consent, by the effect of all documents together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.access_change import AccessChange
from reconciler.core.address import Address
from reconciler.facets.identity_documents import arns_of
from reconciler.plan.access.changes import Documents, Policies, changed_roles
from reconciler.plan.access.identities import is_settled
from reconciler.plan.access.memberships import TAKES_IN, Groups
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.risk.broad import NOT, admin_level
from reconciler.policy.risk.escalations import (
    Escalation,
    least,
    reachable,
)
from reconciler.policy.risk.identity_risks import RiskKind, escalations, judged_by, risks


@dataclass(frozen=True, slots=True)
class Risk:
    """Something new that a role, or a policy by itself, can do; `what` is the consent that it takes.

    `holder` is who can do it, where that is somebody whom the plan does not change.
    """

    address: Address
    what: str
    message: str
    holder: Address | None = None


def effects(drafts: tuple[Comparison, ...], policies: Policies) -> tuple[Risk, ...]:
    """Roles that several documents together make admin, and new ways from some permissions to all."""
    new_risks: list[Risk] = []
    # Groups first: what is said of one is not said of each of its members.
    changed = sorted(changed_roles(drafts, policies.groups), key=lambda d: d.change.address.kind != "group")
    for draft in changed:
        own = _effects(draft, risks(*policies.sides(draft), policies.after))
        new_risks += [
            effect for effect in own if not _is_said_of_its_groups(effect, draft, policies, new_risks)
        ]
    new_risks += _of_outsiders(policies)
    for draft in drafts:
        if is_settled(draft) and any(f.field == "document" for f in draft.change.fields):
            new_risks += _effects(draft, escalations(*of_policy(draft.want, draft.have), policies.after))
    return tuple(new_risks)


def notes_of(drafts: tuple[Comparison, ...], policies: Policies) -> dict[Address, str]:
    """Notes on ways to more access that only several documents together open, through what already runs.

    Lint reports such a way where one document opens it.
    """
    notes = {}
    for draft in changed_roles(drafts, policies.groups):
        before, after = policies.sides(draft)
        if len(after.identity) < 2:
            continue
        ways = _indirect(after, after, policies.after) - _indirect(before, after, policies.after)
        for document in after.identity if ways else ():
            ways -= _indirect(replace(after, identity=(document,)), after, policies.after)
        if ways:
            how = least(ways)[0]
            notes[draft.change.address] = (
                f"its policies together lead as far as the roles of what already runs: {how.how}"
                f" ({', '.join(how.actions)})"
            )
    return notes


def _indirect(
    holdings: IdentityPolicies, known: IdentityPolicies, documents: Documents
) -> frozenset[Escalation]:
    return frozenset(way for way in reachable(judged_by(holdings, known, documents)) if way.indirect)


def at_policies(
    effects_: tuple[Risk, ...], outside: tuple[Comparison, ...], policies: tuple[Comparison, ...]
) -> tuple[Risk, ...]:
    """The same, with what holders outside the plan can do said of the policy that lets them."""
    held = {draft.change.address: arns_of(draft.want) for draft in outside}
    return tuple(_at_policy(e, held[e.address], policies) if e.address in held else e for e in effects_)


def _at_policy(effect: Risk, held: frozenset[str], policies: tuple[Comparison, ...]) -> Risk:
    # A list of holders may be later than the holder itself.
    at = next((d.change.address for d in policies if d.want.arn in held), policies[0].change.address)
    message = f"{effect.address}, outside this plan, {effect.message}"
    return replace(effect, address=at, message=message, holder=effect.address)


def of_unseen(
    access: tuple[AccessChange, ...], notes: Mapping[Address, str], groups: Groups
) -> tuple[Risk, ...]:
    """Users who gain something, and whose other policies could not be read: together it may be all."""
    gaining = {
        change.holder for change in access if change.subject == "access" and change.gained.answer != "no"
    }
    gaining |= {address for address in notes if address.kind == "user" and address.name in groups.moving}
    gaining |= {
        outsider.address
        for outsider in groups.outsiders
        if outsider.state is None and outsider.how == TAKES_IN
    }
    return tuple(
        Risk(address, "escalation", f"somebody gains access by it, and {note}")
        for address, note in notes.items()
        if address in gaining
    )


def _is_said_of_its_groups(effect: Risk, draft: Comparison, policies: Policies, risks: list[Risk]) -> bool:
    """Whether a user that does not change itself comes to it by what a group of the plan can do."""
    if draft.change.address.kind != "user" or draft.change.fields:
        return False
    groups = {group.name for group in policies.groups.after.get(draft.want.name, ())}
    before = {group.name for group in policies.groups.before.get(draft.want.name, ())}
    groups_with_risk = {
        known.address.name for known in risks if known.address.kind == "group" and known.what == effect.what
    }
    return not groups_with_risk.isdisjoint(groups & before)


def _of_outsiders(policies: Policies) -> Iterator[Risk]:
    """What users outside the specs can newly do, because their groups change."""
    alike: dict[tuple[Address, str, RiskKind], list[str]] = {}
    for outsider in policies.groups.outsiders:
        for risk in risks(*policies.of_outsider(outsider), policies.after):
            alike.setdefault((outsider.address, outsider.how, risk), []).append(outsider.name)
    for (address, how, (what, message)), names in alike.items():
        who = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield Risk(address, what, f"{how} {who}, who {message}")


def _effects(draft: Comparison, kinds: tuple[RiskKind, ...]) -> list[Risk]:
    return [Risk(draft.change.address, what, message) for what, message in kinds]


def of_policy(want: Any, have: Any) -> tuple[IdentityPolicies, IdentityPolicies]:
    """A policy by itself, before and after, as if somebody held nothing else.

    `have` is None for a new one.
    """
    # One that is admin as it is written is the admin guard's.
    new = () if admin_level(want.document) != NOT else (("", want.document),)
    old = (("", have.document),) if have else ()
    return IdentityPolicies(old, own=(want.arn,)), IdentityPolicies(new, own=(want.arn,))
