"""The use case of `reconcile destroy`: a plan that deletes all that the specs own."""

from dataclasses import replace

from reconciler.app import plan as planning
from reconciler.app.lint_plan import without_advice
from reconciler.app.observe import deletions
from reconciler.app.observe.progress import Progress, reporting, silent
from reconciler.app.plan import Planned
from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import OpenedSpecs
from reconciler.aws.client import Client
from reconciler.aws.reader import Reader
from reconciler.core.plan import Plan
from reconciler.plan.guard import Consent


def plan(request: SpecSelection, client: Client, consent: Consent, progress: Progress = silent) -> Planned:
    """What it takes to delete everything that the specs own, their orphans too, and nothing else.

    Raises:
        SpecError: the specs are wrong.
        PlanError: they are for another account.
        AwsError: there are no credentials, or no answer at all.
    """
    opened = OpenedSpecs(request)
    before = client.count
    reader = Reader(client, reporting(client, progress), opened.outline.marked)
    search = deletions.Search(opened.specs(), request, opened.outline.marked, "everything")
    expected = tuple(map(deletions.of_desired, chosen(request, search.specs.desired)))
    caller = reader.begin(expected, opened.filler, search.reads)
    specs = opened.specs(caller.account, caller.partition)
    planning.check_account(specs, caller.account, caller.partition)
    header = replace(planning.header_of(specs, caller, client), destroys=True)
    orphans, unread = deletions.find_owned(replace(search, specs=specs), header, reader)
    all_deletions = (*map(deletions.of_desired, chosen(request, specs.desired)), *orphans)
    remaining = deletions.Remaining(specs.desired, (), opened.today)
    deletion_plan = deletions.add_deletions(
        Plan(header, (), ()), all_deletions, remaining, reader, consent, is_all=True
    )
    deletion_plan = replace(
        deletion_plan,
        header=replace(header, reads=client.count - before),
        unread=(*deletion_plan.unread, *unread),
    )
    return Planned(
        deletion_plan,
        (),
        client,
        without_advice(specs.warnings),
        planning.folders(specs),
        opened.outline.marked,
        all_deletions,
    )
