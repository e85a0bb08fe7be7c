"""Lock-outs: a plan takes access from its own caller, or from people who sign in with Identity Center."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.access_change import AccessChange
from reconciler.facets.inline_policies import denies
from reconciler.plan.access.changes import Policies, gained_and_lost
from reconciler.plan.access.identities import is_settled
from reconciler.plan.access.memberships import TAKES_IN
from reconciler.plan.access.risks import Risk
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare.delta import delta, difference
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.meaning.statements import statements

# The session's ARN has the role's name, and never its path; names are unique in an account (contract §1, §9).
_SESSION = re.compile(r"arn:[a-z-]+:sts::[0-9]{12}:assumed-role/([^/]+)/.+")
_USER = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:user/(?:.*/)?([^/]+)")
_IDENTITY_CENTER = "role/AWSReservedSSO_"
Holders = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Who is calling, as `role/NAME` or `user/NAME`, "" where that is neither.

    Its groups, None where they could not be read.
    """

    who: str = ""
    groups: frozenset[str] | None = frozenset()


def caller(arn: str) -> str:
    """The caller as `role/NAME` or `user/NAME`; "" for the root user and where it is not known."""
    role, user = _SESSION.fullmatch(arn), _USER.fullmatch(arn)
    return f"role/{role[1]}" if role else f"user/{user[1]}" if user else ""


def losing(drafts: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """The managed policies that allow less or deny more after the plan, or of which that is not known."""
    return tuple(filter(_loses, drafts))


def _loses(draft: Comparison) -> bool:
    if not is_settled(draft) or not draft.have or not any(f.field == "document" for f in draft.change.fields):
        return False
    old = draft.have.document
    if shape_verdicts(old.data, identity=True):
        return False
    change = delta(old, draft.want.document)
    if change.lost.answer != "no":
        return True
    return denies(draft.want.document) and change.denied_added.answer != "no"


def outside(holders: Holders, drafts: tuple[Comparison, ...]) -> Holders:
    """The same without groups of the plan: these say themselves who is in them, and are judged by that."""
    described = {f"group/{d.want.name}" for d in drafts if d.change.address.kind == "group" and d.have}
    return {arn: held - described for arn, held in holders.items()}


def lockouts(
    access: tuple[AccessChange, ...],
    losers: tuple[Comparison, ...],
    holders: Holders,
    you: CallerIdentity,
    drafts: tuple[Comparison, ...],
    policies: Policies,
) -> tuple[Risk, ...]:
    """What takes access from the caller, or from Identity Center's roles.

    `holders` says who holds each losing policy, by ARN; where that could not be read, the ARN is missing.
    """
    who = you.who
    own = (
        (
            *_of_own_role(access, who),
            *_of_own_groups(access, who, drafts, policies),
            *_of_own_memberships(who, drafts),
            *_of_entering(who, policies),
        )
        if who
        else ()
    )
    # What was said of the caller's role is not said of each policy once more.
    still = CallerIdentity() if own else you
    return (*own, *(effect for draft in losers for effect in _of_policy(draft, holders, still)))


def hangs_on_groups(who: str, holders: Holders) -> bool:
    """Whether it takes to know the caller's groups: it is a user, and a group holds what allows less."""
    return who.startswith("user/") and any(
        name.startswith("group/") for held in holders.values() for name in held
    )


def _of_own_role(access: tuple[AccessChange, ...], who: str) -> Iterator[Risk]:
    for change in access:
        if f"{change.holder.kind}/{change.holder.name}" != who or change.lost.answer == "no":
            continue
        what = "takes access from" if change.subject == "access" else "narrows who may assume"
        yield Risk(change.holder, "lockout", f"{what} {who}, which is who you are now")


def _of_own_groups(
    access: tuple[AccessChange, ...], who: str, drafts: tuple[Comparison, ...], policies: Policies
) -> Iterator[Risk]:
    """Groups that the caller is in: they allow less or deny more afterwards, or are without the caller."""
    losing_ = {
        change.holder for change in access if change.subject == "access" and change.lost.answer != "no"
    }
    kind, _, name = who.partition("/")
    for draft in drafts:
        if kind != "user" or not is_settled(draft) or name not in getattr(draft.have, "users", ()):
            continue
        if draft.want.members is not None and name not in draft.want.members:
            yield Risk(
                draft.change.address, "lockout", f"takes {who} out of the group, which is who you are now"
            )
        elif draft.change.address in losing_ or _denies_more(draft, policies):
            yield Risk(
                draft.change.address,
                "lockout",
                f"takes access from {who}, which is in the group, and who you are now",
            )


def _denies_more(group: Comparison, policies: Policies) -> bool:
    before, after = (
        tuple(s for _, document in held.identity for s in statements(document))
        for held in policies.sides(group)
    )
    return any(not s.allows for s in after) and difference(before, after).denied_added.answer != "no"


def _of_own_memberships(who: str, drafts: tuple[Comparison, ...]) -> Iterator[Risk]:
    """Groups that the caller, a user of the specs, is no longer in."""
    for draft in drafts:
        address = draft.change.address
        if f"{address.kind}/{address.name}" != who or not is_settled(draft):
            continue
        left = [name for f in draft.change.fields if f.field == "groups" for name in f.removed]
        if left:
            groups = f"the group{'s' if len(left) > 1 else ''} {', '.join(left)}"
            yield Risk(address, "lockout", f"takes {who} out of {groups}, which is who you are now")


def _of_entering(who: str, policies: Policies) -> Iterator[Risk]:
    """A group that takes in the caller, whom no spec describes, and denies what it may do."""
    for outsider in policies.groups.outsiders:
        if outsider.how == TAKES_IN and f"user/{outsider.name}" == who:
            _, lost = gained_and_lost(*policies.of_outsider(outsider))
            if lost.answer != "no":
                yield Risk(outsider.address, "lockout", f"takes access from {who}, which is who you are now")


def _of_policy(draft: Comparison, holders: Holders, you: CallerIdentity) -> Iterator[Risk]:
    held_by = holders.get(draft.want.arn, frozenset())
    address = draft.change.address
    through = sorted(held_by & {f"group/{name}" for name in you.groups or ()})
    if you.who in held_by:
        yield Risk(address, "lockout", f"takes access from {you.who}, which is who you are now")
    elif through:
        yield Risk(
            address,
            "lockout",
            f"takes access from {through[0]}, in which {you.who} is, which is who you are now",
        )
    elif you.groups is None and (groups := sorted(name for name in held_by if name.startswith("group/"))):
        yield Risk(
            address,
            "lockout",
            f"takes access from {groups[0]}, and which groups {you.who} is in could not be read"
            " (iam:ListGroupsForUser)",
        )
    through = sorted(name for name in held_by if name.startswith(_IDENTITY_CENTER))
    if through:
        more = f" and {len(through) - 1} more" if len(through) > 1 else ""
        yield Risk(
            draft.change.address,
            "lockout",
            f"takes access from {through[0]}{more}, through which people sign in",
        )
