"""Plans the deletion of what a spec owns and no longer describes, or its release."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core import call_order
from reconciler.core.call import Call
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan, Refusal
from reconciler.core.text import owned_by
from reconciler.core.usage import Usage
from reconciler.plan import duplicate_calls, guard, new_settings, planner
from reconciler.plan.deletion.context import (
    Deletion,
    DeletionContext,
    Departures,
    ObservedDeletion,
    left_to_others,
    staying,
)
from reconciler.plan.deletion.objections import ago, listed, objections_to, obstacles_to, too_many


def with_departures(
    plan: Plan, departures: Departures, around: DeletionContext, consent: guard.Consent, *, is_all: bool
) -> Plan:
    """The plan with what leaves, what others own and so stays, and what could not be read."""
    plan = plan_deletions(plan, departures.observed, around, consent=consent, is_all=is_all)
    others = left_to_others(departures.seen)
    is_nothing_else = not any(departure.leaving.deletes for departure in departures.observed)
    plan = _leaving_to_others(plan, others, is_nothing_else=is_nothing_else)
    return replace(
        plan,
        changes=(*plan.changes, *staying(departures.seen)),
        unread=(*plan.unread, *departures.unread),
    )


def _leaving_to_others(
    plan: Plan, others: tuple[tuple[Deletion, str], ...], *, is_nothing_else: bool
) -> Plan:
    """What bears another mark stays. Where there is nothing else to delete, what was asked for can't be."""
    changes: list[Change] = []
    refusals: list[Refusal] = []
    for leaving, whose in others:
        if is_nothing_else and leaving.deletes:
            changes.append(Change(leaving.address, "none", obstacles=(f"is {whose}",), source=leaving.source))
            refusals.append(Refusal(leaving.address, f"is {whose}", "--take-over"))
        else:
            more = ": --take-over deletes it all the same" if leaving.deletes else ", with its tags"
            note = f"is {whose}, and stays{more}"
            changes.append(Change(leaving.address, "none", notes=(note,), source=leaving.source))
    return replace(plan, changes=(*plan.changes, *changes), refusals=(*plan.refusals, *refusals))


def plan_deletions(
    plan: Plan,
    departures: tuple[ObservedDeletion, ...],
    around: DeletionContext,
    *,
    consent: guard.Consent,
    is_all: bool,
) -> Plan:
    """The plan with these leaving, last of all, and what there is to object to that.

    Where `is_all` of what the specs own goes, the number alone is no objection: that was asked for.
    """
    departures = tuple(d for d in departures if not d.leaving.deletes or d.calls)
    leaving = {d.who: d for d in departures if d.leaving.deletes}
    changes, refusals = [], list(plan.refusals)
    for departure in departures:
        obstacles = tuple(obstacles_to(departure, leaving, around)) if departure.leaving.deletes else ()
        changes.append(_change(departure, obstacles, around))
        address = departure.leaving.address
        refusals += [Refusal(address, obstacle) for obstacle in obstacles]
        if not obstacles and departure.leaving.deletes:
            refusals += objections_to(departure, leaving, around, consent)
    if not is_all and not consent.force:
        refusals += too_many(plan, len(leaving))
    kept, *going = duplicate_calls.deduplicated((plan.calls, *(change.calls for change in changes)))
    deletions = tuple(
        replace(change, calls=_after(kept, calls)) for change, calls in zip(changes, going, strict=True)
    )
    ordered = call_order.ordered(
        call for calls in (kept, *(change.calls for change in deletions)) for call in calls
    )
    return replace(plan, changes=(*plan.changes, *deletions), calls=ordered, refusals=tuple(refusals))


def _after(kept: tuple[Call, ...], going: tuple[Call, ...]) -> tuple[Call, ...]:
    """What is kept is as it should be before anything goes."""
    settled = frozenset(fact for call in kept for fact in call.provides)
    return tuple(replace(call, needs=call.needs | settled) for call in going)


def _calls_of(departure: ObservedDeletion) -> tuple[Call, ...]:
    """What deletes it, or lets go of it."""
    leaving, have = departure.leaving, departure.have
    if leaving.deletes:
        return departure.calls
    return leaving.kind.update(replace(have, owner="", applied=""), have)


def _change(departure: ObservedDeletion, obstacles: tuple[str, ...], around: DeletionContext) -> Change:
    leaving, have = departure.leaving, departure.have
    kind = leaving.kind
    rendered = kind.render(have)
    snapshot = planner.snapshot(kind, have)
    if not leaving.deletes:
        return Change(
            leaving.address,
            "release",
            calls=_calls_of(departure),
            owner=have.owner,
            source=leaving.source,
            before=snapshot,
            after=replace(snapshot, owner="", applied=""),
        )
    return Change(
        leaving.address,
        "delete",
        fields=tuple(map(_gone, new_settings.as_new(rendered))),
        notes=tuple(_notes(leaving, departure.usage, around)),
        obstacles=obstacles,
        calls=() if obstacles else departure.calls,
        owner=have.owner,
        source=leaving.source,
        before=snapshot,
    )


def _gone(new: FieldChange) -> FieldChange:
    return replace(new, before=new.after, after=() if new.shape == "set" else None)


def _notes(leaving: Deletion, usage: Usage, around: DeletionContext) -> Iterator[str]:
    if leaving.want is not None:
        yield "nothing marks it as the spec's: naming it is the claim"
    if leaving.is_orphan:
        yield f"{owned_by(leaving.spec)}, which no longer describes it"
    if usage.last_used:
        yield f"last used {ago(usage.last_used, around.today)}"
    elif usage.is_watched:
        yield "IAM has not seen it used in the last 400 days"
    if usage.used_by:
        yield f"removed from {listed(usage.used_by)}"
