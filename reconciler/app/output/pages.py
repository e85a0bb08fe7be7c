"""Plans and checks as pages, for people who did not see the command run."""

from collections.abc import Iterator, Mapping

from reconciler import __version__
from reconciler.app.observe.live_access import undecided
from reconciler.app.observe.live_context import read_live_context
from reconciler.app.pipeline.review import Planned
from reconciler.app.verify import Held
from reconciler.core.plan import Plan
from reconciler.core.results.drift import Drift, LeftAlone
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.results.reviewed import PlanReport
from reconciler.core.text import owned_by
from reconciler.plan.findings.differences import findings
from reconciler.plan.findings.others import of_expectations
from reconciler.plan.principal_views import held, principal_views
from reconciler.policy.document.document import Document


def report_of(planned: Planned, ended: float) -> PlanReport:
    """A plan with all that its reports show."""
    return PlanReport(
        planned.plan,
        planned.warnings,
        principal_views(planned.drafts, _documents(planned), planned.live),
        ended,
        __version__,
        planned.paths,
    )


def of_check(planned: Planned, plan: Plan, held: Held, ended: float) -> str:
    """A check as a page. `held` is what users have beside what the specs say.

    `plan` is the planned one with the number of all reads. What roles have beyond the specs is read for the
    page, which shows what it allows.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    # Start-up: the template engine, for those who ask for it.
    from reconciler.report.html import check_html  # noqa: PLC0415
    from reconciler.report.html.run import PageRun  # noqa: PLC0415

    return check_html(plan, _drift(planned, plan), held, PageRun(ended, __version__, planned.paths))


def _drift(planned: Planned, plan: Plan) -> Drift:
    """What a drift run would find, without orphans: a check does not look for them."""
    judged_by = read_live_context(planned.drafts, planned.reader)
    documents = {**_documents(planned), **judged_by.documents}
    account = plan.header.account
    all_findings = (
        *findings(planned.drafts, documents, judged_by.groups, judged_by.outside),
        *of_expectations(plan.expected, account),
        *_released(plan),
    )
    return Drift(
        header=plan.header,
        findings=tuple(sorted(all_findings, key=lambda f: SEVERITIES.index(f.severity))),
        resources=tuple(str(d.address) for d in planned.desired),
        unread=(*plan.unread, *judged_by.unread_beside(plan.unread), *undecided(plan.expected, account)),
        notes=tuple(str(warning) for warning in planned.warnings),
        left_alone=tuple(LeftAlone(c.address, f, reason) for c in plan.changes for f, reason in c.ignored),
        pictures=principal_views(planned.drafts, documents, judged_by.live),
    )


def _documents(planned: Planned) -> Mapping[str, Document]:
    """Those of policies that no spec describes, as far as the plan has read them."""
    return planned.reader.known(held(planned.drafts, planned.live))


def _released(plan: Plan) -> Iterator[Finding]:
    """What has the tags of a spec that releases it."""
    for change in plan.changes:
        if change.action == "release":
            text = f"{owned_by(change.owner)}, which lets go of it"
            yield Finding(
                change.address, change.owner, "orphan", "metadata", "pending", text=text, source=change.source
            )
