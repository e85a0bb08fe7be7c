"""The use case of `reconcile destroy`: a plan that deletes all that the specs own."""

from dataclasses import replace

from reconciler.app import plan as planning
from reconciler.app.lint_plan import without_advice
from reconciler.app.observe import deletions
from reconciler.app.plan import Planned, Progress, reporting, silent
from reconciler.app.specs import OpenedSpecs, SpecSelection, chosen
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
    going = (*map(deletions.of_desired, chosen(request, specs.desired)), *orphans)
    rest = deletions.Remaining(specs.desired, (), opened.today)
    made = deletions.add_deletions(Plan(header, (), ()), going, rest, reader, consent, is_all=True)
    made = replace(made, header=replace(header, reads=client.count - before), unread=(*made.unread, *unread))
    return Planned(
        made,
        (),
        client,
        without_advice(specs.warnings),
        planning.folders(specs),
        opened.outline.marked,
        going,
    )
