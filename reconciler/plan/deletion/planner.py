"""What a spec owns and wants no more: deleted, or let go of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from reconciler.core import call_order
from reconciler.core.call import Answers, Call
from reconciler.core.change import Change, FieldChange, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan, Refusal
from reconciler.core.text import plural
from reconciler.core.usage import Usage, Who
from reconciler.facets.reads.sweep import NamedResource, is_aws_own
from reconciler.plan import duplicate_calls, guard, ownership, protected_roles
from reconciler.plan import snapshot as snapshots
from reconciler.plan.comparison import Comparison, Observed
from reconciler.plan.deletion import dependents as deletion_dependents
from reconciler.plan.deletion import references
from reconciler.policy.document.document import Document

# Used since less than this, it is taken to be in use.
RECENT = timedelta(days=30)
_IDENTITY_CENTER = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Deletion(Desired):
    """A resource that its spec owns and wants no more; `state` is bare. It is deleted, or only let go of.

    An orphan is described no more; `want` is how another one is described, if it is marked by no tag.
    """

    deletes: bool = True
    is_orphan: bool = False
    want: Any = None


@dataclass(frozen=True, slots=True)
class DeletionContext:
    """What the leaving resources are judged by.

    Who is calling (`role/NAME`) and in which groups, and what day it is.

    `groups` is None where they could not be read. `kept` is all that the specs describe and that stays, also
    where the plan leaves it out; `drafts` is what it has. `trusts` are the trust policies of the account's
    roles, None where they could not be read; `documents` those of managed policies that leaving groups hold,
    as far as they could be read.
    """

    caller: str
    today: date
    groups: frozenset[str] | None = frozenset()
    kept: tuple[Desired, ...] = ()
    drafts: tuple[Comparison, ...] = ()
    trusts: Mapping[str, Document] | None = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def caller_is(self) -> frozenset[str]:
        """The caller and its groups, as `kind/NAME`."""
        own = {self.caller} if self.caller else set()
        return frozenset(own | {f"group/{name}" for name in self.groups or ()})


@dataclass(frozen=True, slots=True)
class ObservedDeletion:
    """A leaving resource as it is, with the answers about what hangs on it."""

    leaving: Deletion
    have: Any
    answers: Answers

    @property
    def who(self) -> Who:
        """Its kind and name."""
        return self.leaving.kind.KIND, self.have.name

    @property
    def calls(self) -> tuple[Call, ...]:
        """What deletes it; nothing where nothing is there, of what can't be without."""
        return self.leaving.kind.delete(self.have, self.answers)

    @property
    def usage(self) -> Usage:
        """Who would feel it."""
        return self.leaving.kind.usage(self.have, self.answers)


def present(seen: tuple[Observed, ...]) -> tuple[tuple[Deletion, Any], ...]:
    """Those that are there and are their spec's indeed, with their states.

    Lists may be late, the resource is not.
    """
    found = []
    for one in seen:
        leaving = one.desired
        if one.error is not None or not isinstance(leaving, Deletion):
            continue
        have = leaving.kind.from_answers(leaving.state, one.answers)
        if have is not None and ownership.claim(leaving, have, have.all_tags).ours:
            found.append((leaving, have))
    return tuple(found)


def staying(seen: tuple[Observed, ...]) -> tuple[Change, ...]:
    """Those that specs describe and that are somebody else's, each with whose it is."""
    found = []
    for one in seen:
        leaving = one.desired
        if one.error is not None or not isinstance(leaving, Deletion) or leaving.is_orphan:
            continue
        have = leaving.kind.from_answers(leaving.state, one.answers)
        if have is not None and not (claim := ownership.claim(leaving, have, have.all_tags)).ours:
            whose = f"the spec {claim.owner}" if claim.owner else claim.foreign or "no spec"
            found.append(
                Change(
                    leaving.address, "none", notes=(f"is owned by {whose}, and stays",), source=leaving.source
                )
            )
    return tuple(found)


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
        obstacles = tuple(_obstacles(departure, leaving, around)) if departure.leaving.deletes else ()
        changes.append(_change(departure, obstacles, around))
        address = departure.leaving.address
        refusals += [Refusal(address, obstacle) for obstacle in obstacles]
        if not obstacles and departure.leaving.deletes:
            refusals += _objections(departure, leaving, around, consent)
    if not is_all and not consent.force:
        refusals += _too_many(plan, len(leaving))
    kept, *going = duplicate_calls.deduplicated((plan.calls, *(change.calls for change in changes)))
    made = tuple(
        replace(change, calls=_after(kept, calls)) for change, calls in zip(changes, going, strict=True)
    )
    ordered = call_order.ordered(
        call for calls in (kept, *(change.calls for change in made)) for call in calls
    )
    return replace(plan, changes=(*plan.changes, *made), calls=ordered, refusals=tuple(refusals))


def _after(kept: tuple[Call, ...], going: tuple[Call, ...]) -> tuple[Call, ...]:
    """What is kept is as it should be before anything goes."""
    settled = frozenset(fact for call in kept for fact in call.provides)
    return tuple(replace(call, needs=call.needs | settled) for call in going)


def _change(departure: ObservedDeletion, obstacles: tuple[str, ...], around: DeletionContext) -> Change:
    leaving, have = departure.leaving, departure.have
    kind = leaving.kind
    rendered = kind.render(have)
    snapshot = Snapshot(
        have.arn,
        json.dumps(snapshots.recorded(kind, have), separators=(",", ":"), ensure_ascii=False),
        have.owner,
        have.applied,
    )
    if not leaving.deletes:
        unmarked = replace(have, owner="", applied="")
        calls = kind.update(unmarked, have)
        return Change(
            leaving.address,
            "release",
            calls=calls,
            owner=have.owner,
            source=leaving.source,
            before=snapshot,
            after=replace(snapshot, owner="", applied=""),
        )
    return Change(
        leaving.address,
        "delete",
        fields=tuple(map(_gone, snapshots.as_new(rendered))),
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
        yield f"the spec {leaving.spec} describes it no more"
    if usage.last_used:
        yield f"last used {_ago(usage.last_used, around.today)}"
    elif usage.is_watched:
        yield "IAM has not seen it used in the last 400 days"
    if usage.used_by:
        yield f"taken away from {_named(usage.used_by)}"


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    return f"on {day}, {plural(days, 'day')} ago" if days > 0 else f"on {day}, today"


def _named(several: tuple[Who, ...]) -> str:
    shown = [f"{kind}.{name}" for kind, name in several]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


def _obstacles(
    departure: ObservedDeletion, leaving: dict[Who, ObservedDeletion], around: DeletionContext
) -> Iterator[str]:
    """Why it can't be deleted, whatever anybody consents to."""
    have, usage = departure.have, departure.usage
    if is_aws_own(NamedResource(*departure.who, have.path, have.arn)):
        yield "belongs to AWS and is never changed"
    yield from protected_roles.objections(departure.calls)
    if usage.credentials:
        yield f"has {', '.join(usage.credentials)}: whoever they belong to removes them first"
    exchanging = {
        (d.change.address.kind, d.change.address.name) for d in around.drafts if _exchanges(d, have.arn)
    }
    limited = tuple(
        who
        for who in usage.limits
        if who not in exchanging and (who not in leaving or leaving[who].usage.credentials)
    )
    if limited:
        yield (
            f"is the permissions boundary of {_named(limited)}: without it they may do more; give them"
            " another first"
        )
    names = references.names_of(*departure.who, have.arn)
    wanted = tuple(
        (d.address.kind, d.address.name) for d in around.kept if references.named_by(d.state) & names
    )
    if wanted:
        yield f"is named by {_named(wanted)}, which the specs keep"


def _exchanges(draft: Comparison, boundary: str) -> bool:
    """Whether the plan gives a principal another boundary than this one."""
    calls = {call.operation for call in draft.change.calls if call.operation.endswith("PermissionsBoundary")}
    return bool(calls) and getattr(draft.want, "boundary", boundary) != boundary


def _objections(
    departure: ObservedDeletion,
    leaving: dict[Who, ObservedDeletion],
    around: DeletionContext,
    consent: guard.Consent,
) -> Iterator[Refusal]:
    address, usage = departure.leaving.address, departure.usage
    yield from _unproven(departure, consent)
    if not consent.force:
        if usage.last_used and around.today - usage.last_used <= RECENT:
            yield Refusal(address, f"was last used {_ago(usage.last_used, around.today)}", "--force")
        kept = {(d.address.kind, d.address.name) for d in around.kept}
        strangers = tuple(who for who in usage.used_by if who not in leaving and who not in kept)
        if strangers:
            yield Refusal(address, f"is in use outside the specs: {_named(strangers)}", "--force")
        yield from _untrusted(departure, {*leaving, *kept}, around.trusts)
    if "escalation" not in consent.allow:
        yield from _unguarded(departure, leaving, around)
    if "lockout" not in consent.allow:
        touched = {f"{kind}/{name}" for kind, name in (departure.who, *usage.used_by)}
        if around.groups is None and any(one.startswith("group/") for one in touched):
            yield Refusal(
                address,
                f"takes access from groups, and which ones {around.caller} is in could not be read"
                " (iam:ListGroupsForUser)",
                "--allow lockout",
            )
        if touched & around.caller_is:
            yield Refusal(
                address, f"takes access from {around.caller}, which is who you are now", "--allow lockout"
            )
        if any(name.startswith(_IDENTITY_CENTER) for _, name in usage.used_by):
            yield Refusal(address, "takes access from roles through which people sign in", "--allow lockout")


def _untrusted(
    departure: ObservedDeletion, own: set[Who], trusts: Mapping[str, Document] | None
) -> Iterator[Refusal]:
    address = departure.leaving.address
    if address.kind not in deletion_dependents.TRUSTED_KINDS:
        return
    if trusts is None:
        yield Refusal(
            address, "which roles trust it could not be read (iam:GetAccountAuthorizationDetails)", "--force"
        )
        return
    roles = tuple(
        who
        for who in deletion_dependents.trusting(departure.who, departure.have.arn, trusts)
        if who not in own
    )
    if roles:
        yield Refusal(address, f"is trusted outside the specs, by {_named(roles)}", "--force")


def _unguarded(
    departure: ObservedDeletion, leaving: dict[Who, ObservedDeletion], around: DeletionContext
) -> Iterator[Refusal]:
    """What is denied by nothing else any more to those who stay."""
    address = departure.leaving.address
    stay = tuple(
        who
        for who in deletion_dependents.unjudged(departure.usage, departure.have.arn, around.drafts)
        if who not in leaving
    )
    if not stay or address.kind not in ("policy", "group"):
        return
    what, unknown = deletion_dependents.denied(departure.have, around.documents)
    whom = f"{_named(stay)}, who {'stays' if len(stay) == 1 else 'stay'}"
    if what:
        yield Refusal(
            address,
            f"denies {'; '.join(what)} to {whom}: what it denies may be open then",
            "--allow escalation",
        )
    elif unknown:
        yield Refusal(
            address, f"what {', '.join(unknown)} denies to {whom}, could not be read", "--allow escalation"
        )


def _unproven(departure: ObservedDeletion, consent: guard.Consent) -> Iterator[Refusal]:
    """What no tag marks, and is not as the spec says; what only bears the spec's name.

    Somebody else may have made it.
    """
    leaving, have = departure.leaving, departure.have
    if leaving.want is None:
        if not consent.force and (why := ownership.unproven(leaving.kind, have)):
            yield Refusal(leaving.address, why, "--force")
        return
    if consent.take_over:
        return
    differing = sorted({f.field for f in leaving.kind.diff(leaving.want, have) if not f.note})
    if differing:
        yield Refusal(
            leaving.address,
            f"nothing marks it as the spec's, and its {', '.join(differing)} is not as the spec says",
            "--take-over",
        )


def _too_many(plan: Plan, number: int) -> Iterator[Refusal]:
    owned = number + sum(1 for change in plan.changes if change.action != "create")
    if number > guard.NUMBER and number > guard.SHARE * owned:
        yield Refusal(None, f"{number} of {owned} resources would be deleted at once", "--force")
