"""The use case of `reconcile plan`: what apply would do. Reads AWS and changes nothing."""

from dataclasses import replace

from reconciler.app.observe import live_access
from reconciler.app.observe.owned import known_orphans
from reconciler.app.observe.progress import Progress, silent
from reconciler.app.pipeline.begin import Beginning, Begun, begin
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.pipeline.deletions import Extent, add_deletions, find_owned, sweep_for
from reconciler.app.pipeline.judge import judge_plan
from reconciler.app.pipeline.review import Planned, review
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.plan import Plan
from reconciler.core.text import escaped
from reconciler.plan import notes
from reconciler.plan.comparison import Comparison
from reconciler.plan.guard import Consent


class NoSuchFinding(PlanError):
    """Nothing differs under the id of a finding."""


def plan(
    request: SpecSelection,
    client: Client,
    consent: Consent,
    progress: Progress = silent,
    *,
    judge: bool = True,
    rewrite: bool = False,
) -> Planned:
    """What apply would do, with the access that it gives and takes, and the guards' refusals.

    With `rewrite` documents are written as the specs write them, also where live ones mean the same.
    Without `judge` the plan only has what differs, and whether the specs' expectations are met.

    Raises:
        SpecError: the specs are wrong.
        AwsError: there are no credentials, or no answer at all.
    """
    extent: Extent = "orphans" if request.prune else "released"
    begun = begin(request, client, progress, Beginning(sweep_for(request, extent)))
    specs, reader = begun.specs, begun.reader
    new_plan, desired, drafts = _compare(begun, request, rewrite=rewrite)
    if judge:
        new_plan = judge_plan(new_plan, drafts, specs.desired, consent, reader)
    else:
        new_plan = replace(new_plan, expected=live_access.expected(specs.expectations, drafts, reader))
    owned, unread = find_owned(begun, request, extent, consent)
    new_plan = add_deletions(
        new_plan, owned, (specs.desired, drafts), begun.opened.today, reader, consent, is_all=False
    )
    plan_notes = (
        *notes.on_marks(drafts, begun.marks),
        *notes.on_left_out(new_plan.changes, _left_out(specs.desired, desired)),
        *_on_orphans(begun, request, extent),
    )
    new_plan = replace(new_plan, unread=(*new_plan.unread, *unread), notes=plan_notes)
    return review(begun, new_plan, desired, drafts, owned, request.arguments, lints=judge)


def _left_out(described: tuple[Desired, ...], chosen: tuple[Desired, ...]) -> tuple[Desired, ...]:
    addresses = {desired.address for desired in chosen}
    return tuple(desired for desired in described if desired.address not in addresses)


def _on_orphans(begun: Begun, request: SpecSelection, extent: Extent) -> tuple[str, ...]:
    """What is known of orphans where the plan leaves them, without asking for them."""
    if extent == "orphans" or request.finding or not begun.specs.tagging:
        return ()
    orphans, is_all = known_orphans(
        begun.specs, frozenset(begun.elsewhere), begun.tagging, begun.reader, begun.marks
    )
    return notes.on_orphans(orphans, is_all=is_all)


def _compare(
    begun: Begun, request: SpecSelection, *, rewrite: bool
) -> tuple[Plan, tuple[Desired, ...], tuple[Comparison, ...]]:
    """The plan of what differs, what it is to bring about, and its drafts."""
    desired = begun.desired(request)
    if rewrite:
        desired = _to_the_letter(desired)
    plan, drafts = compare_with_live(begun.header, desired, begun.reader)
    if request.finding:
        desired = (_narrowed(drafts, request.finding),)
        plan, drafts = compare_with_live(begun.header, desired, begun.reader)
    return plan, desired, drafts


def _to_the_letter(desired: tuple[Desired, ...]) -> tuple[Desired, ...]:
    # Start-up: few plans rewrite anything.
    from reconciler.plan.rewrite_documents import to_the_letter  # noqa: PLC0415

    return tuple(map(to_the_letter, desired))


def _narrowed(drafts: tuple[Comparison, ...], finding: str) -> Desired:
    """The one resource that a finding is about, with nothing else to change."""
    # Start-up: few plans are about one finding.
    from reconciler.plan import single_finding  # noqa: PLC0415

    desired = single_finding.narrow_to_finding(drafts, finding)
    if desired is None:
        message = (
            single_finding.of_address(drafts, finding) or f"there is no difference with the id {finding}"
        )
        raise NoSuchFinding(
            escaped(message),
            "drift lists them; orphans, expectations and what is in no spec can't be mended by a plan",
        )
    return desired
