"""The use case of `reconcile drift`: what differs, how bad it is, what could not be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reconciler.app.lint_plan import without_advice
from reconciler.app.load_what_can_be import load_what_can_be
from reconciler.app.observe import live_access, policy_entities
from reconciler.app.observe.compare import compare_with_live
from reconciler.app.observe.memberships import read_memberships
from reconciler.app.observe.read_ahead import resolve_ahead
from reconciler.app.plan import Progress, reporting, silent
from reconciler.app.specs import OpenedSpecs, SpecSelection, chosen
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.errors import AwsError
from reconciler.core.expectation import Expectation, Judged
from reconciler.core.plan import Header, Unread
from reconciler.core.results.drift import Drift, Failure, LeftAlone, Unmanaged
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, memberships
from reconciler.plan.access.identities import arns_of
from reconciler.plan.access.memberships import Groups, LiveMemberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion.orphans import orphans
from reconciler.plan.findings.differences import findings
from reconciler.plan.findings.others import of_expectations, of_orphans
from reconciler.plan.findings.severity import Outside
from reconciler.plan.principal_views import held, principal_views
from reconciler.policy.document.document import Document
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class DriftScope:
    """What to look for beside the differences of what the specs describe."""

    orphans: bool = True
    unmanaged: bool = False


def drift(request: SpecSelection, client: Client, asked: DriftScope, progress: Progress = silent) -> Drift:
    """All findings of all specs that can be compared.

    Raises:
        SpecError: no spec can be read.
        AwsError: there are no credentials, or no answer at all.
    """
    opened = OpenedSpecs(request)
    before = client.count
    marked = opened.outline.marked
    swept_for = _swept(marked, request, asked)
    reader = Reader(client, reporting(client, progress), marked, details=_details(swept_for))
    specs, _ = resolve_ahead(opened, reader, partial(load_what_can_be, opened))
    ahead = chosen(request, specs.desired)
    caller = reader.begin(ahead, opened.filler, swept_for)
    specs, failures = load_what_can_be(opened, caller.account, caller.partition)
    elsewhere = specs.of_other_accounts(caller.account, caller.partition)
    desired = tuple(d for d in chosen(request, specs.desired) if d.spec not in elsewhere)
    header = Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)
    plan, drafts = compare_with_live(header, desired, reader)
    expected = live_access.expected(_expectations(specs, elsewhere), drafts, reader)
    judged_by = what_is_held(drafts, reader)
    found = findings(drafts, judged_by.documents, judged_by.groups, judged_by.outside)
    spec_of = {file: name for name, file in specs.files.items()}
    found += tuple(of_expectations(expected, caller.account, spec_of))
    swept = _Sweep(reader, specs, frozenset(elsewhere), marked, request, asked, caller)
    return Drift(
        header=replace(header, reads=client.count - before),
        findings=tuple(sorted((*found, *swept.orphans()), key=lambda f: SEVERITIES.index(f.severity))),
        resources=tuple(str(r.address) for r in desired),
        unread=(
            *plan.unread,
            *judged_by.unread_beside(plan.unread),
            *untold(expected, caller.account),
            *swept.unread(),
        ),
        failures=(*failures, *(Failure(name, (wrong,)) for name, wrong in elsewhere.items())),
        left_alone=tuple(LeftAlone(c.address, f, reason) for c in plan.changes for f, reason in c.ignored),
        notes=tuple(str(problem) for problem in without_advice(specs.warnings)),
        unmanaged=swept.unmanaged() if asked.unmanaged else None,
        pictures=principal_views(drafts, reader.known(held(drafts, judged_by.live)), judged_by.live),
    )


@dataclass(frozen=True, slots=True)
class LiveContext:
    """What it takes to judge differences: policies that no spec describes, users' groups, holders outside.

    And what of that can't be read.
    """

    documents: Mapping[str, Document]
    live: LiveMemberships
    groups: Groups
    outside: Outside
    unread: tuple[Unread, ...]

    def unread_beside(self, said: tuple[Unread, ...]) -> tuple[Unread, ...]:
        """What could not be read, without what is said to be that already."""
        known = {one.address for one in said}
        return tuple(one for one in self.unread if one.address not in known)


def what_is_held(drafts: tuple[Comparison, ...], reader: Reader) -> LiveContext:
    """The same, read.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    outside, unknown = _outside(drafts, reader, reader.caller().account)
    everyone = (*drafts, *outside.holders)
    live = read_memberships(everyone, reader, outsiders=False)
    groups = Groups.of(everyone, live)
    people = outside.people
    more = {arn for state in (*people.users.values(), *people.groups.values()) for arn in arns_of(state)}
    needed = tuple(sorted({*access_changes.needed(everyone, groups), *more} - {d.want.arn for d in drafts}))
    documents = reader.documents(needed)
    errors = {
        Address(arn.split(":")[4], "policy", arn.rpartition("/")[2]): error
        for arn, error in reader.unread(needed).items()
    }
    notes = memberships.unseen(drafts, live, outsiders=False)
    unread = (
        *(Unread.by(error, address) for address, error in errors.items()),
        *(Unread(address, note) for address, note in notes.items()),
        *unknown,
    )
    return LiveContext(documents, live, groups, outside, unread)


def _outside(
    drafts: tuple[Comparison, ...], reader: Reader, account: str
) -> tuple[Outside, tuple[Unread, ...]]:
    """Who holds, without being described, what is live with more than the specs say.

    And what can't be read of that.
    """
    exceeding = gaining_policies.exceeding(drafts)
    holders, unread = policy_entities.others(drafts, reader, exceeding)
    blind = {e.address: f"{e.message} ({e.permission}): it is judged by itself" for e in unread}
    described = {d.want.name for d in (*drafts, *holders) if d.change.address.kind == "group"}
    users, unknown = _there(reader, "user", memberships.given_more(drafts, holders, exceeding), account)
    wanted = {name for user in users.values() for name in user.groups} - described
    groups, more = _there(reader, "group", tuple(sorted(wanted)), account)
    states = groups | {d.have.name: d.have for d in holders if d.change.address.kind == "group"}
    return Outside(holders, LiveMemberships(users, states), blind), (*unread, *unknown, *more)


def _there(
    reader: Reader, kind: str, names: tuple[str, ...], account: str
) -> tuple[dict[str, Any], tuple[Unread, ...]]:
    """Those of these users or groups that are there, and those that could not be read."""
    live = reader.holding(kind, names)
    errors = {name: error for name, error in live.items() if isinstance(error, AwsError)}
    there = {name: state for name, state in live.items() if state is not None and name not in errors}
    return there, tuple(Unread.by(error, Address(account, kind, name)) for name, error in errors.items())


def _expectations(specs: Specs, elsewhere: Mapping[str, str]) -> tuple[Expectation, ...]:
    files = {specs.files[name] for name in elsewhere}
    return tuple(e for e in specs.expectations if e.place.file not in files)


def untold(judged: tuple[Judged, ...], account: str) -> tuple[Unread, ...]:
    """Expectations of which it can't be told whether they hold."""
    return tuple(
        Unread(
            Address(account, "role", j.expectation.role_name), f"cannot tell whether {j.expectation}: {j.why}"
        )
        for j in judged
        if j.answer == "unknown"
    )


def _swept(tagging: account_reads.Tagging, request: SpecSelection, asked: DriftScope) -> tuple[Call, ...]:
    """The account-wide reads; with --only, or where nothing is tagged, there are no orphans to look for."""
    calls: tuple[Call, ...] = ()
    if asked.orphans and not request.only:
        calls = account_reads.owned(tagging)
    if asked.unmanaged:
        calls += account_reads.OF_EVERYTHING
    return tuple(dict.fromkeys(calls))


def _details(swept_for: tuple[Call, ...]) -> Call:
    """Users are looked for with the roles, in one read for both."""
    everyone = account_reads.PRINCIPAL_DETAILS
    return everyone if everyone in swept_for else account_reads.ROLE_DETAILS


class _Sweep:
    """What the account holds beside what the specs describe, read once."""

    def __init__(
        self,
        reader: Reader,
        specs: Specs,
        elsewhere: frozenset[str],
        marked: account_reads.Tagging,
        request: SpecSelection,
        asked: DriftScope,
        caller: Caller,
    ) -> None:
        tagged = specs.tagging - elsewhere
        self._calls = _swept(marked, request, asked)
        self._account = caller.account
        self._files = {name: file for name, file in specs.files.items() if name in tagged}
        self._removed = specs.removed
        self._described = {
            (d.kind.KIND, d.state.name): d.state.arn for d in specs.desired if d.spec not in elsewhere
        }
        self._answers, self._errors = reader.ask(self._calls)

    def orphans(self) -> tuple[Finding, ...]:
        """What carries the tag of a loaded spec, and is in none."""
        owned = sweep.tagged(self._answers, self._calls)
        return tuple(of_orphans(orphans(owned, self._described, self._files, self._removed, self._account)))

    def unread(self) -> tuple[Unread, ...]:
        """What could not be looked for."""
        sweep_ = Address(self._account, "account", "sweep")
        return tuple(Unread.by(error, sweep_, call.permission) for call, error in self._errors.items())

    def unmanaged(self) -> Unmanaged:
        """What no loaded spec names, AWS's own apart."""
        found = list(sweep.everything(self._answers))
        own = [one for one in found if sweep.is_aws_own(one)]
        others = [one for one in found if not sweep.is_aws_own(one)]
        left = sorted(f"{o.kind}.{o.name}" for o in others if (o.kind, o.name) not in self._described)
        return Unmanaged(tuple(left), len(own), len(others) - len(left))
