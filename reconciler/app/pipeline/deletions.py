"""The stage that deletes what specs own and no longer describe, or all that they own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

from reconciler.app.observe.memberships import groups_of_user
from reconciler.app.observe.owned import read_sweep
from reconciler.app.pipeline.begin import Begun
from reconciler.app.request import SpecSelection
from reconciler.aws.reader import Reader
from reconciler.core.call import Call
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.kind import AnyKind
from reconciler.core.observed import Observed
from reconciler.core.plan import Plan, Unread
from reconciler.facets.mark import NO_MARKS, SpecMarks
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.kinds import KINDS
from reconciler.plan import planner
from reconciler.plan.access import lockout
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion import dependents as deletion_dependents
from reconciler.plan.deletion.context import (
    Deletion,
    DeletionContext,
    Departures,
    ObservedDeletion,
    present,
)
from reconciler.plan.deletion.orphans import Orphan
from reconciler.plan.deletion.planner import with_departures
from reconciler.plan.guard import Consent
from reconciler.policy.document.document import Document
from reconciler.spec.resolve import Specs

# What to delete: only what the specs release, their orphans as well, or all that they own.
Extent = Literal["released", "orphans", "everything"]
_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


def sweep_for(
    request: SpecSelection, extent: Extent
) -> Callable[[Specs, account_reads.Tagging], tuple[Call, ...]]:
    """The reads of the whole account that find what is tagged; none where nothing is to be deleted."""

    def reads(specs: Specs, tagging: account_reads.Tagging) -> tuple[Call, ...]:
        if request.finding or (extent == "released" and not specs.removed):
            return ()
        return account_reads.owned(tagging)

    return reads


def find_owned(
    begun: Begun, request: SpecSelection, extent: Extent, consent: Consent
) -> tuple[tuple[Deletion, ...], tuple[Unread, ...]]:
    """What may have to be deleted, as far as lists show, and what could not be searched for.

    Raises:
        PlanError: `--only` names what is neither described nor an orphan.
        AwsError: nothing can be read at all.
    """
    specs = begun.specs
    swept = read_sweep(
        specs, frozenset(begun.elsewhere), begun.header.account, begun.sweep, begun.reader, begun.marks
    )
    selected = [o for o in swept.orphans if o.is_released or extent != "released"]
    if request.prune:
        _check_only(request, specs, selected)
    if request.only:
        selected = [o for o in selected if any(o.address.matches(pattern) for pattern in request.only)]
    marks = {} if consent.take_over else begun.marks
    return tuple(_of_orphan(orphan, marks.get(orphan.spec, NO_MARKS)) for orphan in selected), swept.unread


def _check_only(request: SpecSelection, specs: Specs, selected: list[Orphan]) -> None:
    known = (*(r.address for r in specs.desired), *(o.address for o in selected))
    for pattern in request.only:
        if not any(address.matches(pattern) for address in known):
            raise PlanError(
                f"--only {pattern}: no loaded spec has such a resource, nor owns it",
                "addresses look like role.NAME or policy.NAME",
            )


def _of_orphan(orphan: Orphan, marks: SpecMarks) -> Deletion:
    kind = _KINDS[orphan.address.kind]
    state = kind.stub(orphan.address.name, orphan.arn)
    return Deletion(
        orphan.address,
        kind,
        state,
        orphan.spec,
        orphan.source,
        deletes=not orphan.is_released,
        is_orphan=True,
        marks=marks,
    )


def of_desired(desired: Desired, marks: SpecMarks = NO_MARKS) -> Deletion:
    """A resource that a spec describes, to be deleted; `marks` are those that it may bear, none for any."""
    state = desired.kind.stub(desired.state.name, desired.state.arn, desired.state)
    want = desired.state if desired.untagged else None
    return Deletion(
        desired.address,
        desired.kind,
        state,
        desired.spec,
        desired.source,
        untagged=desired.untagged,
        want=want,
        marks=marks,
    )


def add_deletions(
    plan: Plan,
    deletions: tuple[Deletion, ...],
    remaining: tuple[tuple[Desired, ...], tuple[Comparison, ...]],
    today: date,
    reader: Reader,
    consent: Consent,
    *,
    is_all: bool,
) -> Plan:
    """The plan with these deletions.

    `remaining` is all that the specs describe, and the comparisons of the plan; `is_all` is whether all that
    the specs own goes.

    Raises:
        AwsError: nothing can be read at all.
    """
    caller = lockout.caller(plan.header.caller)
    departures, read = _read_departures(deletions, caller, reader)
    deleted_addresses = {deletion.address for deletion in deletions if deletion.deletes}
    desired, drafts = remaining
    kept = tuple(d for d in desired if d.address not in deleted_addresses)
    context = replace(read, today=today, kept=kept, drafts=drafts)
    return with_departures(plan, departures, context, consent, is_all=is_all)


def _read_departures(
    deletions: tuple[Deletion, ...], caller: str, reader: Reader
) -> tuple[Departures, DeletionContext]:
    """What leaves as it is, with what depends on it, and what it is judged by."""
    # The journal keeps all of what is deleted, and lists don't show everything.
    seen = reader.again(deletions)
    observed, unread = _observed(seen, reader)
    deleted = tuple(d for d in observed if d.leaving.deletes)
    context = DeletionContext(
        caller,
        date.max,
        _groups_of(caller, deleted, reader),
        trusts=_trusts(deleted, reader),
        documents=_documents(deleted, reader),
    )
    return Departures(seen, observed, unread), context


def _observed(
    seen: tuple[Observed, ...], reader: Reader
) -> tuple[tuple[ObservedDeletion, ...], tuple[Unread, ...]]:
    """Those that exist and are their spec's, with what depends on them; and what could not be read."""
    live = present(seen)
    calls = {
        deletion.address: deletion.kind.deletion_reads(have) if deletion.deletes else ()
        for deletion, have in live
    }
    answers, errors = reader.ask(tuple(call for of_one in calls.values() for call in of_one))
    observed: list[ObservedDeletion] = []
    unread: list[Unread] = [*planner.unread(seen)]
    for deletion, have in live:
        failed = [(call, errors[call]) for call in calls[deletion.address] if call in errors]
        unread += [
            Unread.by(error, deletion.address, call.permission, deletion.source) for call, error in failed[:1]
        ]
        if not failed:
            observed.append(ObservedDeletion(deletion, have, answers))
    return tuple(observed), tuple(unread)


def _groups_of(
    caller: str, departures: tuple[ObservedDeletion, ...], reader: Reader
) -> frozenset[str] | None:
    """The groups of the caller, if it is a user and a group loses something; None if they can't be read."""
    kind, _, name = caller.partition("/")
    if kind != "user" or not any(
        holder[0] == "group" for d in departures for holder in (d.who, *d.usage.used_by)
    ):
        return frozenset()
    return groups_of_user(name, reader)


def _trusts(departures: tuple[ObservedDeletion, ...], reader: Reader) -> dict[str, Document] | None:
    """The trust policies of all roles, if one could name what is deleted; None where they can't be read.

    The search for what is tagged has read them already.
    """
    if not any(d.leaving.kind.NAMED_IN_TRUST for d in departures):
        return {}
    answers, errors = reader.ask((account_reads.PRINCIPAL_DETAILS,))
    return None if errors else sweep.trusts(answers)


def _documents(departures: tuple[ObservedDeletion, ...], reader: Reader) -> dict[str, Document]:
    """The documents of the managed policies of groups that have members."""
    held = {arn for d in departures if d.usage.used_by for arn in deletion_dependents.policies_of(d.have)}
    return reader.documents(tuple(sorted(held)))
