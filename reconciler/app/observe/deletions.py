"""Finding what specs own and want no more, and planning how it goes."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reconciler.app.specs import SpecSelection
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.kind import Kind
from reconciler.core.plan import Header, Plan, Unread
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.facets.reads import user as user_reads
from reconciler.kinds import KINDS
from reconciler.plan import planner
from reconciler.plan.access import lockout
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion import dependents as deletion_dependents
from reconciler.plan.deletion import planner as deletion_planner
from reconciler.plan.deletion.orphans import Orphan, orphans
from reconciler.plan.deletion.planner import Deletion, DeletionContext, ObservedDeletion
from reconciler.plan.guard import Consent
from reconciler.policy.document.document import Document
from reconciler.spec.resolve import Specs

# What goes: only what the specs let go of, their orphans as well, or all that they own.
Extent = Literal["released", "orphans", "everything"]
_KINDS: dict[str, Kind] = {kind.KIND: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look: the specs, the request that chooses from them, and those that mark what is theirs."""

    specs: Specs
    request: SpecSelection
    tagging: account_reads.Tagging
    extent: Extent

    @property
    def reads(self) -> tuple[Call, ...]:
        """The reads of the whole account that find what is tagged; none where nothing is to go."""
        if self.request.finding or (self.extent == "released" and not self.specs.removed):
            return ()
        return account_reads.owned(self.tagging)


def find_owned(
    search: Search, header: Header, reader: Reader
) -> tuple[tuple[Deletion, ...], tuple[Unread, ...]]:
    """What may have to go, as far as lists tell, and what could not be looked for.

    Raises:
        PlanError: `--only` names what is neither described nor an orphan.
        AwsError: nothing can be read at all.
    """
    specs, request = search.specs, search.request
    answers, errors = reader.ask(search.reads)
    elsewhere = specs.of_other_accounts(header.account, header.partition)
    described = {(d.kind.KIND, d.state.name): d.state.arn for d in specs.desired}
    files = {n: file for n, file in specs.files.items() if n in specs.tagging and n not in elsewhere}
    owned = sweep.tagged(answers, search.reads)
    all_ = tuple(orphans(owned, described, files, specs.removed, header.account))
    some = [o for o in all_ if o.is_released or search.extent != "released"]
    if request.prune:
        _check_only(request, specs, some)
    if request.only:
        some = [o for o in some if any(o.address.matches(pattern) for pattern in request.only)]
    sweep_ = Address(header.account, "account", "sweep")
    unread = tuple(Unread.by(error, sweep_, call.permission) for call, error in errors.items())
    return tuple(map(_of_orphan, some)), unread


def _check_only(request: SpecSelection, specs: Specs, some: list[Orphan]) -> None:
    known = (*(r.address for r in specs.desired), *(o.address for o in some))
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
    """The groups of the caller, if it is a user and any group loses something.

    None where they can't be read.
    """
    kind, _, name = who.partition("/")
    if kind != "user" or not any(
        holder[0] == "group" for d in departures for holder in (d.who, *d.usage.used_by)
    ):
        return frozenset()
    answers, errors = reader.ask((user_reads.list_groups(name),))
    return None if errors else user_reads.groups(name, answers)


def _trusts(departures: list[ObservedDeletion], reader: Reader) -> dict[str, Document] | None:
    """The trust policies of all roles, where any could name what goes; None where they can't be read.

    Whoever looks for what is tagged has them read already.
    """
    if not any(d.leaving.kind.KIND in deletion_dependents.TRUSTED_KINDS for d in departures):
        return {}
    answers, errors = reader.ask((account_reads.PRINCIPAL_DETAILS,))
    return None if errors else sweep.trusts(answers)


def _documents(departures: list[ObservedDeletion], reader: Reader) -> dict[str, Document]:
    """What the managed policies of groups say that somebody is in."""
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
    """What stays: all that the specs describe, and the drafts of what the plan has; and what day it is."""

    desired: tuple[Desired, ...]
    drafts: tuple[Comparison, ...]
    today: date


def add_deletions(
    plan: Plan,
    going: tuple[Deletion, ...],
    rest: Remaining,
    reader: Reader,
    consent: Consent,
    *,
    is_all: bool,
) -> Plan:
    """The plan with these leaving.

    Raises:
        AwsError: nothing can be read at all.
    """
    # What goes is kept in full in the journal, and lists don't tell everything.
    seen = reader.again(going)
    there = deletion_planner.present(seen)
    calls = {one.address: one.kind.deletion_reads(have) if one.deletes else () for one, have in there}
    answers, errors = reader.ask(tuple(call for some in calls.values() for call in some))
    departures: list[ObservedDeletion] = []
    unread: list[Unread] = [*planner.unread(seen)]
    for one, have in there:
        failed = [(call, errors[call]) for call in calls[one.address] if call in errors]
        unread += [Unread.by(error, one.address, call.permission, one.source) for call, error in failed[:1]]
        if not failed:
            departures.append(ObservedDeletion(one, have, answers))
    gone = {one.address for one in going if one.deletes}
    kept = tuple(one for one in rest.desired if one.address not in gone)
    who = lockout.caller(plan.header.caller)
    deleted = [d for d in departures if d.leaving.deletes]
    groups = _groups_of(who, deleted, reader)
    around = DeletionContext(
        who, rest.today, groups, kept, rest.drafts, _trusts(deleted, reader), _documents(deleted, reader)
    )
    made = deletion_planner.plan_deletions(plan, tuple(departures), around, consent=consent, is_all=is_all)
    return replace(
        made, changes=(*made.changes, *deletion_planner.staying(seen)), unread=(*made.unread, *unread)
    )
