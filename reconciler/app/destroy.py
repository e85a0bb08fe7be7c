"""The use case of `reconcile destroy`: a plan that deletes all that the specs own."""

from dataclasses import replace

from reconciler.app.observe.progress import Progress, silent
from reconciler.app.pipeline.begin import Beginning, begin
from reconciler.app.pipeline.deletions import add_deletions, find_owned, of_desired, sweep_for
from reconciler.app.pipeline.review import Planned, review
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client
from reconciler.core.plan import Plan
from reconciler.facets.mark import NO_MARKS
from reconciler.plan.guard import Consent


def plan(request: SpecSelection, client: Client, consent: Consent, progress: Progress = silent) -> Planned:
    """What it takes to delete everything that the specs own, their orphans too, and nothing else.

    Raises:
        SpecError: the specs are wrong.
        PlanError: they are for another account.
        AwsError: there are no credentials, or no answer at all.
    """
    sweep = sweep_for(request, "everything")
    begun = begin(request, client, progress, Beginning(sweep, as_read=of_desired, ahead=False))
    orphans, unread = find_owned(begun, request, "everything", consent)
    marks = {} if consent.take_over else begun.marks
    described = (of_desired(d, marks.get(d.spec, NO_MARKS)) for d in begun.desired(request))
    all_deletions = (*described, *orphans)
    empty = Plan(replace(begun.header, destroys=True), (), ())
    remaining = (begun.specs.desired, ())
    deletion_plan = add_deletions(
        empty, all_deletions, remaining, begun.opened.today, begun.reader, consent, is_all=True
    )
    deletion_plan = replace(deletion_plan, unread=(*deletion_plan.unread, *unread))
    return review(begun, deletion_plan, deletions=all_deletions)
