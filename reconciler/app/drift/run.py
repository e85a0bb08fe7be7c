"""The use case of `reconcile drift`: what differs, how bad it is, what could not be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from reconciler.app.lint_plan import without_advice
from reconciler.app.observe import live_access
from reconciler.app.observe.compare import compare_with_live
from reconciler.app.observe.live_context import read_live_context
from reconciler.app.observe.progress import Progress, reporting, silent
from reconciler.app.observe.read_ahead import resolve_ahead
from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import OpenedSpecs, load_valid
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Call
from reconciler.core.expectation import Expectation
from reconciler.core.plan import Header, Unread
from reconciler.core.results.drift import Drift, Failure, LeftAlone, Unmanaged
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.kinds import KINDS
from reconciler.plan.deletion.orphans import orphans
from reconciler.plan.findings.differences import findings
from reconciler.plan.findings.others import of_expectations, of_orphans
from reconciler.plan.principal_views import held, principal_views
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
    specs, _ = resolve_ahead(opened, reader, partial(load_valid, opened))
    ahead = chosen(request, specs.desired)
    caller = reader.begin(ahead, opened.filler, swept_for)
    specs, failures = load_valid(opened, caller.account, caller.partition)
    elsewhere = specs.of_other_accounts(caller.account, caller.partition)
    desired = tuple(d for d in chosen(request, specs.desired) if d.spec not in elsewhere)
    header = Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)
    plan, drafts = compare_with_live(header, desired, reader)
    expected = live_access.expected(_expectations(specs, elsewhere), drafts, reader)
    judged_by = read_live_context(drafts, reader)
    all_findings = findings(drafts, judged_by.documents, judged_by.groups, judged_by.outside)
    spec_of = {file: name for name, file in specs.files.items()}
    all_findings += tuple(of_expectations(expected, caller.account, spec_of))
    swept = _Sweep(reader, specs, frozenset(elsewhere), marked, request, asked, caller)
    return Drift(
        header=replace(header, reads=client.count - before),
        findings=tuple(sorted((*all_findings, *swept.orphans()), key=lambda f: SEVERITIES.index(f.severity))),
        resources=tuple(str(r.address) for r in desired),
        unread=(
            *plan.unread,
            *judged_by.unread_beside(plan.unread),
            *live_access.undecided(expected, caller.account),
            *swept.unread(),
        ),
        failures=(*failures, *(Failure(name, (wrong,)) for name, wrong in elsewhere.items())),
        left_alone=tuple(LeftAlone(c.address, f, reason) for c in plan.changes for f, reason in c.ignored),
        notes=tuple(str(problem) for problem in without_advice(specs.warnings)),
        unmanaged=swept.unmanaged() if asked.unmanaged else None,
        pictures=principal_views(drafts, reader.known(held(drafts, judged_by.live)), judged_by.live),
    )


def _expectations(specs: Specs, elsewhere: Mapping[str, str]) -> tuple[Expectation, ...]:
    files = {specs.files[name] for name in elsewhere}
    return tuple(e for e in specs.expectations if e.place.file not in files)


def _swept(tagging: account_reads.Tagging, request: SpecSelection, asked: DriftScope) -> tuple[Call, ...]:
    """The account-wide reads; with --only, or where nothing is tagged, there are no orphans to look for."""
    calls: tuple[Call, ...] = ()
    if asked.orphans and not request.only:
        calls = account_reads.owned(tagging)
    if asked.unmanaged:
        calls += sweep.lists_of_all(KINDS)
    return tuple(dict.fromkeys(calls))


def _details(swept_for: tuple[Call, ...]) -> Call:
    """Users are looked for with the roles, in one read for both."""
    everyone = account_reads.PRINCIPAL_DETAILS
    return everyone if everyone in swept_for else account_reads.ROLE_DETAILS


class _Sweep:
    """What the account has beside what the specs describe, read once."""

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
        """What has the tag of a loaded spec, and is in none."""
        owned = sweep.tagged(self._answers, self._calls, KINDS)
        return tuple(of_orphans(orphans(owned, self._described, self._files, self._removed, self._account)))

    def unread(self) -> tuple[Unread, ...]:
        """What could not be searched for."""
        sweep_ = Address(self._account, "account", "sweep")
        return tuple(Unread.by(error, sweep_, call.permission) for call, error in self._errors.items())

    def unmanaged(self) -> Unmanaged:
        """What no loaded spec names, AWS's own apart."""
        resources = list(sweep.everything(self._answers, KINDS))
        aws_own = [resource for resource in resources if sweep.is_aws_own(resource)]
        others = [resource for resource in resources if not sweep.is_aws_own(resource)]
        unmanaged = sorted(f"{o.kind}.{o.name}" for o in others if (o.kind, o.name) not in self._described)
        return Unmanaged(tuple(unmanaged), len(aws_own), len(others) - len(unmanaged))
