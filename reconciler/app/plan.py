"""The use case of `reconcile plan`: what apply would do. Reads AWS and changes nothing."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from reconciler.app import lint_plan
from reconciler.app.judge import judge_plan
from reconciler.app.observe import deletions, live_access
from reconciler.app.observe.compare import compare_with_live
from reconciler.app.observe.memberships import read_memberships
from reconciler.app.observe.progress import Progress, reporting, silent
from reconciler.app.observe.read_ahead import resolve_ahead
from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import OpenedSpecs
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.plan import Header, Plan
from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.facets.reads.account import Tagging
from reconciler.plan import single_finding
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import memberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion.context import Deletion
from reconciler.plan.guard import Consent
from reconciler.plan.principal_views import held
from reconciler.plan.rewrite_documents import to_the_letter
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from, so that it can be applied and read back.

    `paths` are the specs as they were named, `folders` where they are, and `tagging` the names of those that
    tag what is theirs. `deletions` are resources that may have to be deleted. `drafts` are the plan's changes
    with their states. `documents` are those of policies that no spec describes, as far as they were read,
    and `live` the same for users and groups.
    """

    plan: Plan
    desired: tuple[Desired, ...]
    client: Client
    warnings: tuple[Located, ...]
    folders: tuple[str, ...] = ()
    tagging: Tagging = ()
    deletions: tuple[Deletion, ...] = ()
    drafts: tuple[Comparison, ...] = ()
    documents: access_changes.Documents = field(default_factory=dict)
    live: memberships.LiveMemberships = field(default_factory=memberships.LiveMemberships)
    paths: tuple[str, ...] = ()


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
    opened = OpenedSpecs(request)
    before = client.count
    reader = Reader(client, reporting(client, progress), opened.outline.marked)
    search, header = _begin(request, opened, reader, client)
    specs = search.specs
    new_plan, desired, drafts = _compare(search, header, reader, rewrite=rewrite)
    if judge:
        new_plan = judge_plan(new_plan, drafts, specs.desired, consent, reader)
    else:
        new_plan = replace(new_plan, expected=live_access.expected(specs.expectations, drafts, reader))
    new_plan, owned = _with_deletions(new_plan, search, drafts, opened.today, reader, consent)
    new_plan = replace(new_plan, header=replace(header, reads=client.count - before))
    # Asked again, which asks AWS for nothing.
    live = read_memberships(drafts, reader) if judge else memberships.LiveMemberships()
    return Planned(
        new_plan,
        desired,
        client,
        lint_plan.lint_messages(specs, new_plan) if judge else lint_plan.without_advice(specs.warnings),
        folders(specs),
        opened.outline.marked,
        owned,
        drafts,
        reader.known(held(drafts, live)),
        live,
        request.paths,
    )


def _begin(
    request: SpecSelection, opened: OpenedSpecs, reader: Reader, client: Client
) -> tuple[deletions.Search, Header]:
    """The specs for the caller's account, with the search for what they own; and the plan's header."""
    specs = resolve_ahead(opened, reader, opened.specs)
    expected = chosen(request, specs.desired)
    extent: deletions.Extent = "orphans" if request.prune else "released"
    search = deletions.Search(specs, request, opened.outline.marked, extent)
    caller = reader.begin(expected, opened.filler, search.reads)
    specs = opened.specs(caller.account, caller.partition)
    check_account(specs, caller.account, caller.partition)
    return replace(search, specs=specs), header_of(specs, caller, client)


def _compare(
    search: deletions.Search, header: Header, reader: Reader, *, rewrite: bool
) -> tuple[Plan, tuple[Desired, ...], tuple[Comparison, ...]]:
    """The plan of what differs, what it is to bring about, and its drafts."""
    request = search.request
    desired = chosen(request, search.specs.desired)
    wanted = tuple(map(to_the_letter, desired)) if rewrite else desired
    plan, drafts = compare_with_live(header, wanted, reader)
    if request.finding:
        desired = (_narrowed(drafts, request.finding),)
        plan, drafts = compare_with_live(header, desired, reader)
    return plan, desired, drafts


def _with_deletions(
    plan: Plan,
    search: deletions.Search,
    drafts: tuple[Comparison, ...],
    today: date,
    reader: Reader,
    consent: Consent,
) -> tuple[Plan, tuple[Deletion, ...]]:
    """The plan with the deletions of what the specs own and no longer describe; and these."""
    owned, unread = deletions.find_owned(search, plan.header, reader)
    remaining = deletions.Remaining(search.specs.desired, drafts, today)
    plan = deletions.add_deletions(plan, owned, remaining, reader, consent, is_all=False)
    return replace(plan, unread=(*plan.unread, *unread)), owned


def _narrowed(drafts: tuple[Comparison, ...], finding: str) -> Desired:
    """The one resource that a finding is about, with nothing else to change."""
    desired = single_finding.narrow_to_finding(drafts, finding)
    if desired is None:
        message = (
            single_finding.of_address(drafts, finding) or f"there is no difference with the id {finding}"
        )
        raise PlanError(
            escaped(message), "drift lists them; orphans and expectations can't be mended by a plan"
        )
    return desired


def folders(specs: Specs) -> tuple[str, ...]:
    """The folders of the spec files."""
    return tuple(sorted({str(Path(file).absolute().parent) for file in specs.files.values()}))


def header_of(specs: Specs, caller: Caller, client: Client) -> Header:
    """Which specs a plan is for, and which account and caller."""
    return Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)


def check_account(specs: Specs, account: str, partition: str) -> None:
    """Raise where a spec is for another account."""
    for name, wrong in specs.of_other_accounts(account, partition).items():
        raise PlanError(
            f"the spec {name} {wrong}",
            "use the other account's --profile, or change `account:` or `partition:`",
        )
