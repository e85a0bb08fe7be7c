"""The use cases that talk to AWS: plan, and apply with a look at what came of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from reconciler.app import lint_plan
from reconciler.app.apply_result import Result, denied
from reconciler.app.observe import deletions, live_access, policy_entities
from reconciler.app.observe.compare import compare_with_live
from reconciler.app.observe.memberships import read_memberships
from reconciler.app.observe.read_ahead import resolve_ahead
from reconciler.app.specs import OpenedSpecs, SpecSelection, chosen
from reconciler.aws.client import Caller, Client
from reconciler.aws.executor import execute
from reconciler.aws.journal import Journal, default_path
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.desired import Desired
from reconciler.core.errors import AwsError, PlanError, UnsafePlan
from reconciler.core.plan import Header, Plan, Refusal
from reconciler.core.problems import Located
from reconciler.core.results.outcome import CallOutcome
from reconciler.core.text import escaped, plural
from reconciler.facets.reads import user as user_reads
from reconciler.facets.reads.account import Tagging
from reconciler.plan import guard, single_finding, stand_in_servers
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, lockout, memberships
from reconciler.plan.access import risks as access_risks
from reconciler.plan.access.indirect import with_through
from reconciler.plan.access.risks import Risk
from reconciler.plan.boundaries import live_boundaries_only
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion.planner import Deletion
from reconciler.plan.principal_views import held
from reconciler.plan.rewrite import to_the_letter
from reconciler.spec.resolve import Specs

Progress = Callable[[str], None]
_READ_BACK_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


def silent(_text: str) -> None:
    """No progress."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from, so that it can be applied and read back.

    `paths` are the specs as they were named.

    `folders` are where the specs are, `tagging` the names of those that tag what is theirs. `drafts` are its
    changes with their states, `documents` those of policies that no spec describes, as far as they were read,
    and `live` users and groups likewise.
    """

    plan: Plan
    desired: tuple[Desired, ...]
    client: Client
    warnings: tuple[Located, ...]
    folders: tuple[str, ...] = ()
    tagging: Tagging = ()
    going: tuple[Deletion, ...] = ()
    drafts: tuple[Comparison, ...] = ()
    documents: access_changes.Documents = field(default_factory=dict)
    live: memberships.LiveMemberships = field(default_factory=memberships.LiveMemberships)
    paths: tuple[str, ...] = ()


def plan(
    request: SpecSelection,
    client: Client,
    consent: guard.Consent,
    progress: Progress = silent,
    *,
    judge: bool = True,
    rewrite: bool = False,
) -> Planned:
    """What apply would do, with the access that it gives and takes, and the guards' refusals.

    With `rewrite` documents are to be written as the specs write them, also where live ones mean the same.
    Without `judge` it only says what differs, and how the specs' expectations come out.

    Raises:
        SpecError: the specs are wrong.
        AwsError: there are no credentials, or no answer at all.
    """
    opened = OpenedSpecs(request)
    before = client.count
    reader = Reader(client, reporting(client, progress), opened.outline.marked)
    specs = resolve_ahead(opened, reader, opened.specs)
    expected = chosen(request, specs.desired)
    extent: deletions.Extent = "orphans" if request.prune else "released"
    search = deletions.Search(specs, request, opened.outline.marked, extent)
    caller = reader.begin(expected, opened.filler, search.reads)
    specs = opened.specs(caller.account, caller.partition)
    check_account(specs, caller.account, caller.partition)
    desired = chosen(request, specs.desired)
    header = header_of(specs, caller, client)
    wanted = tuple(map(to_the_letter, desired)) if rewrite else desired
    made, drafts = compare_with_live(header, wanted, reader)
    if request.finding:
        desired = wanted = _one(drafts, request.finding)
        made, drafts = compare_with_live(header, wanted, reader)
    if judge:
        made = judge_plan(made, drafts, specs.desired, consent, reader)
    else:
        made = replace(made, expected=live_access.expected(specs.expectations, drafts, reader))
    going, unread = deletions.find_owned(replace(search, specs=specs), header, reader)
    made = deletions.add_deletions(
        made, going, deletions.Remaining(specs.desired, drafts, opened.today), reader, consent, is_all=False
    )
    made = replace(made, header=replace(header, reads=client.count - before), unread=(*made.unread, *unread))
    warnings = lint_plan.lint_messages(specs, made) if judge else lint_plan.without_advice(specs.warnings)
    # Asked again, which asks AWS for nothing.
    live = read_memberships(drafts, reader) if judge else memberships.LiveMemberships()
    return Planned(
        made,
        desired,
        client,
        warnings,
        folders(specs),
        opened.outline.marked,
        going,
        drafts,
        reader.known(held(drafts, live)),
        live,
        request.paths,
    )


def _one(drafts: tuple[Comparison, ...], finding: str) -> tuple[Desired, ...]:
    found = single_finding.narrow_to_finding(drafts, finding)
    if found is None:
        said = single_finding.of_address(drafts, finding) or f"there is no difference with the id {finding}"
        raise PlanError(escaped(said), "drift lists them; orphans and expectations can't be mended by a plan")
    return (found,)


def judge_plan(
    plan: Plan,
    drafts: tuple[Comparison, ...],
    desired: tuple[Desired, ...],
    consent: guard.Consent,
    reader: Reader,
    *,
    is_all: bool = True,
) -> Plan:
    """The plan with the access that it gives and takes, and the guards' refusals.

    `desired` is all that the specs describe; where it `is_all`, it tells which policies are nothing but
    boundaries.
    """
    gainers = gaining_policies.gaining(drafts)
    outside, unread = policy_entities.others(drafts, reader, gainers)
    blind = frozenset(entry.address for entry in unread)
    everyone = (*drafts, *outside)
    live = read_memberships(everyone, reader)
    groups = memberships.Groups.of(everyone, live)
    notes = memberships.unseen(everyone, live)
    policies = access_changes.Policies.of(
        everyone, reader.documents(access_changes.needed(everyone, groups)), groups
    )
    gains = with_through(access_changes.changes(everyone, policies, blind), everyone, groups)
    plan = _with_holders(replace(plan, access=gains), outside)
    plan = _noted(
        plan, {e.address: f"{e.message} ({e.permission}): it is judged by itself" for e in unread} | notes
    )
    plan = _noted(plan, access_risks.notes_of(drafts, policies))
    risks = (*access_risks.effects(everyone, policies), *access_risks.of_unseen(plan.access, notes, groups))
    risks = access_risks.at_policies(risks, outside, gainers)
    plan, out = _lockouts(plan, drafts, policies, reader)
    limits = live_boundaries_only(desired, everyone, blind) if is_all else frozenset[str]()
    crowded = tuple(Refusal(address, why) for address, why in memberships.crowded(drafts, live.users))
    return replace(plan, refusals=(*crowded, *guard.refusals(plan, desired, consent, (*risks, *out), limits)))


def _with_holders(plan: Plan, outside: tuple[Comparison, ...]) -> Plan:
    """The plan with those outside it whose access changes through a policy of it."""
    known = {change.address for change in plan.changes}
    changing = {change.holder for change in plan.access if not change.is_silent} - known
    return replace(
        plan, changes=(*plan.changes, *(d.change for d in outside if d.change.address in changing))
    )


def _lockouts(
    plan: Plan, drafts: tuple[Comparison, ...], policies: access_changes.Policies, reader: Reader
) -> tuple[Plan, tuple[Risk, ...]]:
    """What takes access from the caller or from Identity Center's roles.

    Where that can't be read, the plan notes it.
    """
    losers = lockout.losing(drafts, plan.access)
    holders = reader.policy_entities(tuple(draft.want.arn for draft in losers))
    unknown = {draft.change.address for draft in losers if draft.want.arn not in holders}
    note = (
        "who holds it could not be read (iam:ListEntitiesForPolicy): that someone is locked out would not be"
        " seen"
    )
    # Groups of the plan say themselves who is in them, and are judged by that.
    described = {f"group/{d.want.name}" for d in drafts if d.change.address.kind == "group" and d.have}
    holders = {arn: held - described for arn, held in holders.items()}
    you = _caller(lockout.caller(plan.header.caller), holders, reader)
    found = lockout.lockouts(plan.access, losers, holders, you, drafts, policies)
    return _noted(plan, dict.fromkeys(unknown, note)), found


def _caller(who: str, holders: lockout.Holders, reader: Reader) -> lockout.CallerIdentity:
    if not lockout.hangs_on_groups(who, holders):
        return lockout.CallerIdentity(who)
    name = who.partition("/")[2]
    answers, errors = reader.ask((user_reads.list_groups(name),))
    return lockout.CallerIdentity(who, None if errors else user_reads.groups(name, answers))


def _noted(plan: Plan, notes: dict[Address, str]) -> Plan:
    """The plan with these notes on its changes."""
    changes = (
        replace(c, notes=(*c.notes, notes[c.address])) if c.address in notes else c for c in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def reporting(client: Client, progress: Progress) -> Callable[[int, int], None]:
    """How far reading has come, as a line of progress."""
    return lambda done, all_: progress(f"reading {done} of {all_} resources · {client.count} calls")


def folders(specs: Specs) -> tuple[str, ...]:
    """Where the specs are."""
    return tuple(sorted({str(Path(file).absolute().parent) for file in specs.files.values()}))


def header_of(specs: Specs, caller: Caller, client: Client) -> Header:
    """For whom and where a plan is made."""
    return Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)


def check_account(specs: Specs, account: str, partition: str) -> None:
    """Raise where a spec is for another account."""
    for name, wrong in specs.of_other_accounts(account, partition).items():
        raise PlanError(
            f"the spec {name} {wrong}",
            "use the other account's --profile, or change `account:` or `partition:`",
        )


def apply(
    planned: Planned,
    journal_path: Path | None,
    stop: threading.Event,
    progress: Progress,
    report: Callable[[CallOutcome], None],
) -> Result:
    """Carry the plan out, then look until live is as desired or the deadline is over.

    Raises:
        PlanError: a guard refuses, or not everything could be read.
    """
    check_may_apply(planned.plan)
    path = journal_path or default_path(planned.plan.header.account)
    total, done = len(planned.plan.calls), 0

    def counted(outcome: CallOutcome) -> None:
        nonlocal done
        done += 1
        progress(f"writing {done} of {total} calls")
        report(outcome)

    with Journal(path) as journal:
        journal.plan(planned.plan, planned.folders)
        applied = execute(planned.plan.calls, planned.client, journal, stop, counted)
    left = _read_back(planned, stop, progress) if applied.complete and not applied.interrupted else None
    return Result(applied, path, left)


def check_may_apply(plan: Plan) -> None:
    """Raise if the plan must not be carried out as it is.

    Raises:
        PlanError: not everything could be read.
        UnsafePlan: a guard objects.
    """
    if plan.unread:
        raise PlanError(
            f"{len(plan.unread)} resources could not be read, so nothing is changed",
            "see the plan for the permission that is missing",
        )
    if plan.refusals:
        wanted = sorted({r.consent for r in plan.refusals if r.consent})
        advice = (
            f"if that is what you want: {' '.join(wanted)}"
            if wanted
            else "change the spec, or the account by hand"
        )
        raise UnsafePlan(f"{plural(len(plan.refusals), 'objection')}, so nothing is changed", advice)


def _read_back(planned: Planned, stop: threading.Event, progress: Progress) -> Plan:
    """The plan for what is left after the writes, of what was written.

    IAM may take a while until it shows them.
    """
    left = planned.plan
    changed = {change.address for change in left.changes if change.calls}
    written = tuple(one for one in planned.desired if one.address in changed)
    gone = tuple(one for one in planned.going if one.address in changed)
    for pause in _READ_BACK_PAUSES:
        if stop.wait(pause):
            break
        progress("reading back what was written")
        try:
            reader = Reader(planned.client, specs=planned.tagging)
            left, _ = compare_with_live(planned.plan.header, written, reader)
            left = deletions.add_deletions(
                left, gone, deletions.Remaining((), (), date.max), reader, guard.Consent(), is_all=True
            )
        except AwsError:
            continue  # what was done is reported all the same
        # Waiting brings no permission, and teaches no server what it does not do.
        if denied(left) or not (left.calls or left.unread) or stand_in_servers.stays(left):
            break
    return left
