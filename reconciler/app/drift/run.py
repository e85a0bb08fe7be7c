"""The use case of `reconcile drift`: what differs, how bad it is, what could not be looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.app.lint_plan import without_advice
from reconciler.app.observe import live_access
from reconciler.app.observe.live_context import read_live_context
from reconciler.app.observe.owned import AccountSweep, read_sweep
from reconciler.app.observe.progress import Progress, silent
from reconciler.app.pipeline.begin import Beginning, Begun, begin
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client
from reconciler.core.address import Source
from reconciler.core.call import Call
from reconciler.core.expectation import Expectation
from reconciler.core.results.beside import Failure
from reconciler.core.results.drift import Drift, LeftAlone
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.results.unmanaged import Coverage, UnmanagedRules
from reconciler.core.text import owned_by
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.kinds import KINDS
from reconciler.plan.findings.differences import findings
from reconciler.plan.findings.others import of_expectations, of_orphans
from reconciler.plan.principal_views import held, principal_views
from reconciler.spec.project.listing import project_files
from reconciler.spec.resolve import Specs

if TYPE_CHECKING:
    # Start-up: see `_in_no_spec`.
    from reconciler.plan.findings.in_no_spec import InNoSpec


@dataclass(frozen=True, slots=True)
class DriftScope:
    """What to look for beside the differences of what the specs describe.

    A project may ask for what is unmanaged, too.
    """

    orphans: bool = True
    unmanaged: bool = False

    def of(self, request: SpecSelection) -> "DriftScope":
        """What to look for in this run: `--only` some addresses is about nothing else."""
        by_project = request.project is not None and request.project.asks_for_unmanaged
        return replace(self, unmanaged=self.unmanaged or (by_project and not request.only))


def drift(request: SpecSelection, client: Client, asked: DriftScope, progress: Progress = silent) -> Drift:
    """All findings of all specs that can be compared.

    Raises:
        SpecError: no spec can be read.
        AwsError: there are no credentials, or no answer at all.
    """
    asked = asked.of(request)
    begun = begin(request, client, progress, _beginning(request, asked))
    specs, reader, account = begun.specs, begun.reader, begun.header.account
    desired = begun.desired(request)
    plan, drafts = compare_with_live(begun.header, desired, reader)
    expected = live_access.expected(_expectations(specs, begun.elsewhere), drafts, reader)
    judged_by = read_live_context(drafts, reader)
    swept = read_sweep(specs, frozenset(begun.elsewhere), account, begun.sweep, reader, begun.marks)
    beside = _in_no_spec(begun, request, swept) if asked.unmanaged else None
    all_findings = (
        *findings(drafts, judged_by.documents, judged_by.groups, judged_by.outside),
        *of_expectations(expected, account),
        *(map(beside.judged, of_orphans(swept.own_orphans)) if beside else of_orphans(swept.own_orphans)),
        *(beside.findings if beside else ()),
    )
    return Drift(
        header=begun.counted,
        findings=tuple(sorted(all_findings, key=lambda f: SEVERITIES.index(f.severity))),
        resources=tuple(str(r.address) for r in desired),
        unread=(
            *plan.unread,
            *judged_by.unread_beside(plan.unread),
            *live_access.undecided(expected, account),
            *swept.unread,
            *(beside.unread if beside else ()),
        ),
        failures=(*begun.failures, *(Failure(name, (wrong,)) for name, wrong in begun.elsewhere.items())),
        left_alone=tuple(LeftAlone(c.address, f, reason) for c in plan.changes for f, reason in c.ignored),
        notes=tuple(_notes(specs, swept, all_findings)),
        unmanaged=beside.unmanaged if beside else None,
        noticed=() if beside else swept.noticed,
        home=Source(request.project.shown if request.project else min(specs.files.values()), 1),
        pictures=(
            *principal_views(drafts, reader.known(held(drafts, judged_by.live)), judged_by.live),
            *(beside.pictures if beside else ()),
        ),
    )


def _names_all(request: SpecSelection, specs: Specs) -> bool:
    """Whether all of the project is loaded: of some specs alone it is not known what the others own."""
    if request.project is None or not request.paths:
        return True
    loaded = {Path(file).absolute() for file in specs.parts}
    return loaded.issuperset(path.absolute() for path in project_files(request.project, []))


def _notes(specs: Specs, swept: AccountSweep, findings_: tuple[Finding, ...]) -> Iterator[str]:
    """Warnings about the specs, and what bears a loaded spec's name and the mark of others.

    What is a finding for all that is not said to be left alone.
    """
    yield from map(str, without_advice(specs.warnings))
    addresses = {finding.address for finding in findings_}
    for orphan in swept.orphans:
        if orphan.whose and orphan.address not in addresses:
            yield f"{orphan.address}: {owned_by(orphan.spec, orphan.whose)}; it is left alone"


def _in_no_spec(begun: Begun, request: SpecSelection, swept: AccountSweep) -> "InNoSpec":
    """What no loaded spec describes, judged by what the project says of it."""
    # Start-up: not every run looks for it.
    from reconciler.app.observe.undescribed import read_undescribed  # noqa: PLC0415
    from reconciler.app.other_environments import described_by_other_environments  # noqa: PLC0415
    from reconciler.plan.findings.in_no_spec import in_no_spec  # noqa: PLC0415

    elsewhere = begun.elsewhere
    described = {d.state.arn: d.address for d in begun.specs.desired if d.spec not in elsewhere}
    others = described_by_other_environments(request, begun.header.account, begun.header.partition)
    undescribed = read_undescribed(swept, described, begun.marks, others, begun.reader)
    project = request.project
    return in_no_spec(
        undescribed,
        swept.counts,
        (project and project.coverage) or Coverage(),
        (project and project.unmanaged) or UnmanagedRules(),
        begun.opened.today,
        is_whole=not (begun.failures or elsewhere) and _names_all(request, begun.specs),
    )


def _expectations(specs: Specs, elsewhere: Mapping[str, str]) -> tuple[Expectation, ...]:
    return tuple(e for e in specs.expectations if e.spec not in elsewhere)


def _beginning(request: SpecSelection, asked: DriftScope) -> Beginning:
    """Wrong specs don't keep the others from being looked at."""

    def wide_reads(tagging: account_reads.Tagging) -> tuple[Call, ...]:
        """With --only, or where nothing is tagged, there are no orphans to look for."""
        calls: tuple[Call, ...] = ()
        if asked.orphans and not request.only:
            calls = account_reads.owned(tagging)
        if asked.unmanaged:
            return sweep.whole_account(KINDS)
        return calls

    def details(tagging: account_reads.Tagging) -> Call:
        """Users are looked for with the roles, in one read for both."""
        everyone = account_reads.PRINCIPAL_DETAILS
        return everyone if everyone in wide_reads(tagging) else account_reads.ROLE_DETAILS

    return Beginning(
        lambda _specs, tagging: wide_reads(tagging), "valid", details=details, whole_account=asked.unmanaged
    )
