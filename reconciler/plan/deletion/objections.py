"""Why a deletion is impossible, or needs consent."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from reconciler.core.plan import Plan, Refusal
from reconciler.core.text import plural
from reconciler.core.usage import Who
from reconciler.facets.reads.sweep import NamedResource, is_aws_own
from reconciler.plan import guard, ownership, protected_roles
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion import dependents as deletion_dependents
from reconciler.plan.deletion import references
from reconciler.plan.deletion.context import DeletionContext, ObservedDeletion
from reconciler.policy.document.document import Document

# Used since less than this, it is taken to be in use.
RECENT = timedelta(days=30)


_IDENTITY_CENTER = "AWSReservedSSO_"


def ago(day: date, today: date) -> str:
    """How long ago a day is, in words."""
    days = (today - day).days
    return f"on {day}, {plural(days, 'day')} ago" if days > 0 else f"on {day}, today"


def listed(several: tuple[Who, ...]) -> str:
    """The first of them, and how many more there are."""
    shown = [f"{kind}.{name}" for kind, name in several]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


def obstacles_to(
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
            f"is the permissions boundary of {listed(limited)}: without it they may do more; give them"
            " another first"
        )
    names = references.names_of(*departure.who, have.arn)
    wanted = tuple(
        (d.address.kind, d.address.name) for d in around.kept if references.named_by(d.state) & names
    )
    if wanted:
        yield f"is named by {listed(wanted)}, which the specs keep"


def _exchanges(draft: Comparison, boundary: str) -> bool:
    """Whether the plan gives a principal another boundary than this one."""
    calls = {call.operation for call in draft.change.calls if call.operation.endswith("PermissionsBoundary")}
    return bool(calls) and getattr(draft.want, "boundary", boundary) != boundary


def objections_to(
    departure: ObservedDeletion,
    leaving: dict[Who, ObservedDeletion],
    around: DeletionContext,
    consent: guard.Consent,
) -> Iterator[Refusal]:
    """What of a deletion needs consent that was not given."""
    address, usage = departure.leaving.address, departure.usage
    yield from _unproven(departure, consent)
    if not consent.force:
        if usage.last_used and around.today - usage.last_used <= RECENT:
            yield Refusal(address, f"was last used {ago(usage.last_used, around.today)}", "--force")
        kept = {(d.address.kind, d.address.name) for d in around.kept}
        strangers = tuple(who for who in usage.used_by if who not in leaving and who not in kept)
        if strangers:
            yield Refusal(address, f"is in use outside the specs: {listed(strangers)}", "--force")
        yield from _untrusted(departure, {*leaving, *kept}, around.trusts)
    if "escalation" not in consent.allow:
        yield from _unguarded(departure, leaving, around)
    if "lockout" not in consent.allow:
        touched = {f"{kind}/{name}" for kind, name in (departure.who, *usage.used_by)}
        if around.groups is None and any(touched_name.startswith("group/") for touched_name in touched):
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
    if not departure.leaving.kind.NAMED_IN_TRUST:
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
        yield Refusal(address, f"is trusted outside the specs, by {listed(roles)}", "--force")


def _unguarded(
    departure: ObservedDeletion, leaving: dict[Who, ObservedDeletion], around: DeletionContext
) -> Iterator[Refusal]:
    """What nothing else denies to those who stay."""
    address = departure.leaving.address
    stay = tuple(
        who
        for who in deletion_dependents.unjudged(departure.usage, departure.have.arn, around.drafts)
        if who not in leaving
    )
    if not stay or address.kind not in ("policy", "group"):
        return
    what, unknown = deletion_dependents.denied(departure.have, around.documents)
    whom = f"{listed(stay)}, who {'stays' if len(stay) == 1 else 'stay'}"
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
    want = leaving.kind.complete(leaving.want, departure.answers)
    differing = sorted({f.field for f in leaving.kind.diff(want, have) if not f.note})
    if differing:
        yield Refusal(
            leaving.address,
            f"nothing marks it as the spec's, and its {', '.join(differing)} is not as the spec says",
            "--take-over",
        )


def too_many(plan: Plan, number: int) -> Iterator[Refusal]:
    """A plan that deletes most of what the specs own."""
    owned = number + sum(1 for change in plan.changes if change.action != "create")
    if number > guard.NUMBER and number > guard.SHARE * owned:
        yield Refusal(None, f"{number} of {owned} resources would be deleted at once", "--force")
