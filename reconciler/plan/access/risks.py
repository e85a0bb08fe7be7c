"""What a plan comes to that needs consent, by the effect of all documents together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.access_change import AccessChange
from reconciler.core.address import Address
from reconciler.plan.access.changes import Documents, Policies, changed_roles
from reconciler.plan.access.identities import arns_of, is_settled
from reconciler.plan.access.memberships import TAKES_IN, Groups
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare.identity import IdentityPolicies, every_statement, granting
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.meaning.statements import statements
from reconciler.policy.risk.broad import FULLY, NOT, admin_level
from reconciler.policy.risk.caller_choices import BOUNDARY, POLICY
from reconciler.policy.risk.caller_keys import CallerFacts
from reconciler.policy.risk.escalations import (
    Escalation,
    JudgedBy,
    allows_everything,
    least,
    reachable,
    wide_policies,
)

# The consent that it takes, and what it is in words.
RiskKind = tuple[str, str]


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
    """Roles that become admin by several documents together, and new ways from some permissions to all of them."""
    found: list[Risk] = []
    # Groups first: what is said of one is not said of each of its members.
    changed = sorted(changed_roles(drafts, policies.groups), key=lambda d: d.change.address.kind != "group")
    for draft in changed:
        own = _effects(draft, risks(*policies.sides(draft), policies.after))
        found += [effect for effect in own if not _is_said_of_its_groups(effect, draft, policies, found)]
    found += _of_outsiders(policies)
    for draft in drafts:
        if is_settled(draft) and any(f.field == "document" for f in draft.change.fields):
            found += _effects(draft, escalations(*of_policy(draft.want, draft.have), policies.after))
    return tuple(found)


def notes_of(drafts: tuple[Comparison, ...], policies: Policies) -> dict[Address, str]:
    """Notes on principals whose documents come only together to ways that hang on what already runs with a role.

    Of one document by itself lint says it.
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
    return frozenset(way for way in reachable(_held(holdings, known, documents)) if way.indirect)


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
    """Users who gain something, and of whom it could not be read what else they hold.

    Together that may be everything.
    """
    gaining = {
        change.holder for change in access if change.subject == "access" and change.gained.answer != "no"
    }
    gaining |= {address for address in notes if address.kind == "user" and address.name in groups.moving}
    gaining |= {one.address for one in groups.outsiders if one.state is None and one.how == TAKES_IN}
    return tuple(
        Risk(address, "escalation", f"somebody gains access by it, and {note}")
        for address, note in notes.items()
        if address in gaining
    )


def _is_said_of_its_groups(effect: Risk, draft: Comparison, policies: Policies, found: list[Risk]) -> bool:
    """Whether a user that does not change itself comes to it by what a group of the plan can do."""
    if draft.change.address.kind != "user" or draft.change.fields:
        return False
    groups = {group.name for group in policies.groups.after.get(draft.want.name, ())}
    before = {group.name for group in policies.groups.before.get(draft.want.name, ())}
    said = {one.address.name for one in found if one.address.kind == "group" and one.what == effect.what}
    return not said.isdisjoint(groups & before)


def _of_outsiders(policies: Policies) -> Iterator[Risk]:
    """What users outside the specs can do by coming into a group, leaving one that denied it, or what their group gives."""
    alike: dict[tuple[Address, str, RiskKind], list[str]] = {}
    for one in policies.groups.outsiders:
        for risk in risks(*policies.of_outsider(one), policies.after):
            alike.setdefault((one.address, one.how, risk), []).append(one.name)
    for (address, how, (what, message)), names in alike.items():
        who = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield Risk(address, what, f"{how} {who}, who {message}")


def _effects(draft: Comparison, found: tuple[RiskKind, ...]) -> list[Risk]:
    return [Risk(draft.change.address, what, message) for what, message in found]


def risks(before: IdentityPolicies, after: IdentityPolicies, documents: Documents) -> tuple[RiskKind, ...]:
    """What the second of two holdings of a principal can do beyond the first that takes consent.

    `documents` are managed policies by ARN, as they are to be: a boundary that is one of them may bound
    nothing.
    """
    old, new = (_held(holdings, after, documents) for holdings in (before, after))
    admin = tuple(_admin(old, new))
    return admin or _escalations(old, new)


def escalations(
    before: IdentityPolicies, after: IdentityPolicies, documents: Documents
) -> tuple[RiskKind, ...]:
    """New ways from some permissions to all of them, in one line; also of an admin whose exceptions go."""
    old, new = (_held(holdings, after, documents) for holdings in (before, after))
    return () if any(_admin(old, new)) else _escalations(old, new)


def of_policy(want: Any, have: Any) -> tuple[IdentityPolicies, IdentityPolicies]:
    """A policy by itself, before and after, as if somebody held nothing else.

    `have` is None for a new one.
    """
    # One that is admin as it is written is the admin guard's.
    new = () if admin_level(want.document) != NOT else (("", want.document),)
    old = (("", have.document),) if have else ()
    return IdentityPolicies(old, own=(want.arn,)), IdentityPolicies(new, own=(want.arn,))


def _held(holdings: IdentityPolicies, known: IdentityPolicies, documents: Documents) -> JudgedBy:
    """`known` is of the same principal, and surely there."""
    own = holdings.own or known.own
    parts = own[0].split(":")
    every = every_statement(holdings)
    wide: tuple[str, ...] = ()
    if any(test.key in (POLICY, BOUNDARY) for statement in every for test in statement.tests):
        wide = (*wide_policies(parts[1]), *(arn for arn, d in documents.items() if _is_wide(arn, d)))
    who = CallerFacts(parts[4], parts[1], own, holdings.limit, wide, holdings.tags or known.tags)
    return JudgedBy(every, who, holdings.boundary is not None, granting(holdings))


def _is_wide(arn: str, made: Document) -> bool:
    """Whether a policy allows everything or leads there, whoever holds it."""
    if admin_level(made) == FULLY:
        return True
    parts = arn.split(":")
    if parts[4] == "aws" or shape_verdicts(made.data, identity=True):
        return False
    return any(
        not way.indirect for way in reachable(JudgedBy(statements(made), CallerFacts(parts[4], parts[1])))
    )


def _admin(old: JudgedBy, new: JudgedBy) -> Iterator[RiskKind]:
    is_admin = allows_everything(new.statements, bounded=new.bounded)
    if is_admin and not allows_everything(old.statements, bounded=old.bounded):
        yield "admin", "may do everything, by its policies together"


def _escalations(old: JudgedBy, new: JudgedBy) -> tuple[RiskKind, ...]:
    before = {way for way in reachable(old) if not way.indirect}
    # Who could do it to anything could do it to itself.
    known = {action for way in before for action in way.actions if len(way.actions) == 1}
    after = {way for way in reachable(new) - before if not way.indirect and not known.issuperset(way.actions)}
    if not after:
        return ()
    ways = sorted(f"{way.how} ({', '.join(way.actions)})" for way in after)
    more = f", and {len(ways) - 1} more" if len(ways) > 1 else ""
    return (("escalation", f"can give itself everything: {ways[0]}{more}"),)
