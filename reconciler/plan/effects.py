"""What a plan comes to that needs consent, by the effect of all documents together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.core.address import Address
from reconciler.plan.access import Policies, changed_roles, holdings, is_done
from reconciler.plan.planner import Draft
from reconciler.policy.broad import admin_level
from reconciler.policy.escalations import Escalation, allows_everything, reachable
from reconciler.policy.role_access import Holdings, sides
from reconciler.policy.search import Sides
from reconciler.policy.statements import statements


@dataclass(frozen=True, slots=True)
class Effect:
    """Something new that a role, or a policy by itself, can do; `what` is the consent that it takes."""

    address: Address
    what: str
    message: str


def effects(drafts: tuple[Draft, ...], policies: Policies) -> tuple[Effect, ...]:
    """Roles that become admin by several documents together, and new ways from some permissions to all of them."""
    found: list[Effect] = []
    for draft in changed_roles(drafts):
        before = holdings(draft.have, policies.before) if draft.have else Holdings(())
        after = holdings(draft.want, policies.after)
        both = sides(before, after)
        found += _admin(draft.change.address, both)
        found += _escalations(draft, both)
    for draft in drafts:
        if is_done(draft) and any(f.field == "document" for f in draft.change.fields):
            found += _escalations(draft, _of_policy(draft.have, draft.want))
    return tuple(found)


def _of_policy(have: Any, want: Any) -> Sides:
    old = statements(have.document) if have else ()
    # One that is admin as it is written is the admin guard's.
    return Sides(old, () if admin_level(want.document) else statements(want.document))


def _admin(address: Address, both: Sides) -> Iterator[Effect]:
    new = allows_everything(both.after, bounded=both.bounded[1])
    if new and not allows_everything(both.before, bounded=both.bounded[0]):
        yield Effect(address, "admin", "may do everything, by its policies together")


def _escalations(draft: Draft, both: Sides) -> Iterator[Effect]:
    new = _reachable(draft, both, 1) - _reachable(draft, both, 0)
    if new and not allows_everything(both.after, bounded=both.bounded[1]):
        ways = sorted(f"{e.how} ({', '.join(e.actions)})" for e in new)
        more = f", and {len(ways) - 1} more" if len(ways) > 1 else ""
        yield Effect(draft.change.address, "escalation", f"can give itself everything: {ways[0]}{more}")


def _reachable(draft: Draft, both: Sides, side: int) -> frozenset[Escalation]:
    arn = draft.want.arn.split(":")
    found = reachable(both.of(new=bool(side)), arn[4], arn[1], bounded=both.bounded[side])
    return frozenset(e for e in found if not e.indirect)
