"""Finds what specs own and no longer describe, and plans its deletion."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reconciler.app.observe.memberships import groups_of_user
from reconciler.app.request import SpecSelection
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.kind import AnyKind
from reconciler.core.observed import Observed
from reconciler.core.plan import Header, Plan, Unread
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.kinds import KINDS
from reconciler.plan import planner
from reconciler.plan.access import lockout
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion import dependents as deletion_dependents
from reconciler.plan.deletion.context import Deletion, DeletionContext, ObservedDeletion, present, staying
from reconciler.plan.deletion.orphans import Orphan, orphans
from reconciler.plan.deletion.planner import plan_deletions
from reconciler.plan.guard import Consent
from reconciler.policy.document.document import Document
from reconciler.spec.resolve import Specs

# What to delete: only what the specs release, their orphans as well, or all that they own.
Extent = Literal["released", "orphans", "everything"]
_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Search:
    """Where to search: the specs, the request that chooses from them, and the specs that tag resources."""

    specs: Specs
    request: SpecSelection
    tagging: account_reads.Tagging
    extent: Extent

    @property
    def reads(self) -> tuple[Call, ...]:
        """The reads of the whole account that find what is tagged; none where nothing is to be deleted."""
        if self.request.finding or (self.extent == "released" and not self.specs.removed):
            return ()
        return account_reads.owned(self.tagging)


def find_owned(
    search: Search, header: Header, reader: Reader
) -> tuple[tuple[Deletion, ...], tuple[Unread, ...]]:
    """What may have to be deleted, as far as lists show, and what could not be searched for.

    Raises:
        PlanError: `--only` names what is neither described nor an orphan.
        AwsError: nothing can be read at all.
    """
    specs, request = search.specs, search.request
    answers, errors = reader.ask(search.reads)
    elsewhere = specs.of_other_accounts(header.account, header.partition)
    described = {(d.kind.KIND, d.state.name): d.state.arn for d in specs.desired}
    files = {n: file for n, file in specs.files.items() if n in specs.tagging and n not in elsewhere}
    owned = sweep.tagged(answers, search.reads, KINDS)
    all_orphans = tuple(orphans(owned, described, files, specs.removed, header.account))
    selected = [o for o in all_orphans if o.is_released or search.extent != "released"]
    if request.prune:
        _check_only(request, specs, selected)
    if request.only:
        selected = [o for o in selected if any(o.address.matches(pattern) for pattern in request.only)]
    sweep_ = Address(header.account, "account", "sweep")
    unread = tuple(Unread.by(error, sweep_, call.permission) for call, error in errors.items())
    return tuple(map(_of_orphan, selected)), unread


def _check_only(request: SpecSelection, specs: Specs, selected: list[Orphan]) -> None:
    known = (*(r.address for r in specs.desired), *(o.address for o in selected))
    for pattern in request.only:
        if not any(address.matches(pattern) for address in known):
            raise PlanError(
                f"--only {pattern}: no loaded spec has such a resource, nor owns it",
                "addresses look like role.NAME or policy.NAME",
            )


def _of_orphan(orphan: Orphan) -> Deletion:
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
    )


def _groups_of(who: str, departures: list[ObservedDeletion], reader: Reader) -> frozenset[str] | None:
    """The groups of the caller, if it is a user and a group loses something; None if they can't be read."""
    kind, _, name = who.partition("/")
    if kind != "user" or not any(
        holder[0] == "group" for d in departures for holder in (d.who, *d.usage.used_by)
    ):
        return frozenset()
    return groups_of_user(name, reader)


def _trusts(departures: list[ObservedDeletion], reader: Reader) -> dict[str, Document] | None:
    """The trust policies of all roles, if one could name what is deleted; None where they can't be read.

    The search for what is tagged has read them already.
    """
    if not any(d.leaving.kind.NAMED_IN_TRUST for d in departures):
        return {}
    answers, errors = reader.ask((account_reads.PRINCIPAL_DETAILS,))
    return None if errors else sweep.trusts(answers)


def _documents(departures: list[ObservedDeletion], reader: Reader) -> dict[str, Document]:
    """The documents of the managed policies of groups that have members."""
    held = {arn for d in departures if d.usage.used_by for arn in deletion_dependents.policies_of(d.have)}
    return reader.documents(tuple(sorted(held)))


def of_desired(desired: Desired) -> Deletion:
    """A resource that a spec describes, to be deleted."""
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
    )


@dataclass(frozen=True, slots=True)
class Remaining:
    """What stays: all that the specs describe, and the drafts of the plan; and what day it is."""

    desired: tuple[Desired, ...]
    drafts: tuple[Comparison, ...]
    today: date


def add_deletions(
    plan: Plan,
    deletions: tuple[Deletion, ...],
    remaining: Remaining,
    reader: Reader,
    consent: Consent,
    *,
    is_all: bool,
) -> Plan:
    """The plan with these deletions.

    Raises:
        AwsError: nothing can be read at all.
    """
    # The journal keeps all of what is deleted, and lists don't show everything.
    seen = reader.again(deletions)
    observed, unread = _observed(seen, reader)
    deleted_addresses = {deletion.address for deletion in deletions if deletion.deletes}
    kept = tuple(d for d in remaining.desired if d.address not in deleted_addresses)
    who = lockout.caller(plan.header.caller)
    deleted = [d for d in observed if d.leaving.deletes]
    groups = _groups_of(who, deleted, reader)
    context = DeletionContext(
        who,
        remaining.today,
        groups,
        kept,
        remaining.drafts,
        _trusts(deleted, reader),
        _documents(deleted, reader),
    )
    new_plan = plan_deletions(plan, observed, context, consent=consent, is_all=is_all)
    return replace(
        new_plan,
        changes=(*new_plan.changes, *staying(seen)),
        unread=(*new_plan.unread, *unread),
    )


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
