"""Desired states and live answers to a plan."""

import json
from dataclasses import replace
from typing import Any

from reconciler.core import call_order, facts
from reconciler.core.call import Call
from reconciler.core.change import Action, Change, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.core.observed import Observed
from reconciler.core.plan import Header, Plan, Unread
from reconciler.plan import duplicate_calls, ignore, membership_order, new_settings, ownership
from reconciler.plan.comparison import Comparison


def compare(seen: tuple[Observed, ...]) -> tuple[Comparison, ...]:
    """What it takes for each resource by itself, in the same order; without those that could not be read."""
    return tuple(_draft(observed) for observed in seen if observed.error is None)


def assemble(
    header: Header, seen: tuple[Observed, ...], drafted: tuple[Comparison, ...]
) -> tuple[Plan, tuple[Comparison, ...]]:
    """The plan: every change in the order of the specs, every call in an order that its needs allow.

    With it the changes' desired and live states, for those who judge what the plan comes to.
    """
    drafts = _without_blocked(list(drafted))
    drafts, calls = _in_order(drafts)
    plan = Plan(
        header=header,
        changes=tuple(draft.change for draft in drafts),
        calls=calls,
        unread=unread(seen),
    )
    return plan, tuple(drafts)


def unread(seen: tuple[Observed, ...]) -> tuple[Unread, ...]:
    """Those that could not be read."""
    return tuple(
        Unread.by(observed.error, observed.desired.address, source=observed.desired.source)
        for observed in seen
        if observed.error
    )


def _draft(seen: Observed) -> Comparison:
    desired, kind = seen.desired, seen.desired.kind
    want = kind.complete(desired.state, seen.answers)
    have = kind.from_answers(want, seen.answers)
    if have is None:
        change = Change(
            address=desired.address,
            action="create",
            fields=new_settings.as_new(kind.render(want)),
            calls=kind.create(want, in_cycle=False),
            source=desired.source,
            summary=kind.summary(want),
            after=snapshot(kind, want),
        )
        return Comparison(seen, want, None, change)
    specified = want
    want, ignored = ignore.leave_alone(kind, want, have, desired.ignores)
    return Comparison(seen, want, have, _existing(desired, specified, want, have, ignored))


def _existing(desired: Desired, specified: Any, want: Any, have: Any, ignored: ignore.Ignored) -> Change:
    kind = desired.kind
    differences = kind.diff(want, have)
    fields = tuple(d for d in differences if not d.note)
    calls = kind.update(want, have)
    claim = ownership.claim(desired, have, have.all_tags)
    action: Action = "adopt" if not claim.ours else "update" if fields else "none"
    return Change(
        address=desired.address,
        action=action,
        fields=fields,
        noted=tuple(d for d in differences if d.note),
        ignored=ignored,
        notes=kind.notes(want, have),
        calls=calls,
        origins=ownership.origins(kind, specified, want, have, fields),
        owner=claim.owner,
        foreign=claim.foreign,
        source=desired.source,
        summary=kind.summary(want),
        before=snapshot(kind, have) if calls else None,
        after=snapshot(kind, want) if calls else None,
    )


def live_snapshot(draft: Comparison) -> Snapshot | None:
    """The resource as it is, None where it is not there."""
    return None if draft.have is None else snapshot(draft.seen.desired.kind, draft.have)


def snapshot(kind: AnyKind, state: Any) -> Snapshot:
    """A state as the journal keeps it."""
    kept = json.dumps(kind.to_snapshot(state), separators=(",", ":"), ensure_ascii=False)
    return Snapshot(state.arn, kept, state.owner, state.applied)


def _without_blocked(drafts: list[Comparison]) -> list[Comparison]:
    """Changes that no call can bring about lose their calls; so do, in turn, those that build on them."""
    while True:
        promised = facts.provided_by(call for draft in drafts for call in draft.change.calls)
        checked = [_checked(draft, promised) for draft in drafts]
        if checked == drafts:
            return drafts
        drafts = checked


def _checked(draft: Comparison, promised: frozenset[str]) -> Comparison:
    kind = draft.seen.desired.kind
    obstacles = kind.blockers(draft.want, draft.have, draft.seen.answers, promised)
    if not obstacles:
        return draft
    return replace(draft, change=replace(draft.change, obstacles=obstacles, calls=()))


def _in_order(drafts: list[Comparison]) -> tuple[list[Comparison], tuple[Call, ...]]:
    """The calls in order. New resources that wait for each other are made in two steps by their kind."""
    drafts = _made_once(drafts)
    try:
        return _ordered(drafts)
    except call_order.Circular as circle:
        drafts = [_in_two_steps(draft) if _is_stuck(draft, circle.lanes) else draft for draft in drafts]
        drafts = _made_once(drafts)
    return _ordered(drafts)


def _ordered(drafts: list[Comparison]) -> tuple[list[Comparison], tuple[Call, ...]]:
    """In the order that is safe for users and their groups.

    Where a quota forbids that, each resource is by itself.
    """
    safe = membership_order.in_safe_order(drafts)
    try:
        return safe, call_order.ordered(call for draft in safe for call in draft.change.calls)
    except call_order.Circular:
        return drafts, call_order.ordered(call for draft in drafts for call in draft.change.calls)


def _made_once(drafts: list[Comparison]) -> list[Comparison]:
    """What two resources ask for alike is a call of the first of them alone.

    A user's groups, and a group's members.
    """
    calls = duplicate_calls.deduplicated(tuple(draft.change.calls for draft in drafts))
    return [
        draft if own == draft.change.calls else replace(draft, change=replace(draft.change, calls=own))
        for draft, own in zip(drafts, calls, strict=True)
    ]


def _is_stuck(draft: Comparison, lanes: frozenset[str]) -> bool:
    return draft.have is None and draft.want.arn in lanes


def _in_two_steps(draft: Comparison) -> Comparison:
    calls = draft.seen.desired.kind.create(draft.want, in_cycle=True)
    return replace(draft, change=replace(draft.change, calls=calls))
