"""The use case of `reconcile rollback`: a plan that takes back what a journal says an apply changed."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.app.observe import policy_entities
from reconciler.app.plan import Planned, Progress, judge_plan, reporting, silent
from reconciler.app.rollback.journal import Journaled
from reconciler.app.rollback.restore_detached import restore_detached
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Source
from reconciler.core.change import Change, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.plan import Header, Refusal
from reconciler.core.text import escaped
from reconciler.plan import planner
from reconciler.plan.comparison import Observed
from reconciler.plan.guard import Consent
from reconciler.plan.rollback import (
    Step,
    as_state,
    objections,
    revert,
    with_limits_first,
    with_roles_where_they_are,
)


def plan(
    journal: Journaled,
    file: str,
    only: tuple[str, ...],
    client: Client,
    consent: Consent,
    progress: Progress = silent,
) -> Planned:
    """What it takes to restore what that apply changed, and who objects.

    Raises:
        PlanError: the journal is of another account, or names nothing that `only` fits.
        AwsError: there are no credentials, or no answer at all.
    """
    steps, source = _chosen(journal.steps, only), Source(file, journal.line)
    before = client.count
    caller = client.caller()
    _check_caller(journal, caller)
    header = Header(
        journal.specs, caller.account, caller.partition, caller.arn, client.endpoint, takes_back=journal.begun
    )
    reader = Reader(client, reporting(client, progress), lists="never")
    # First what is there, then what else it takes to change it: answers are kept, and none is asked for
    # twice.
    looked = reader.resources(tuple(_desired(step, source) for step in steps))
    desired, since = _to_restore(steps, looked)
    others, notes = restore_detached(journal.taken, _made_again(desired, looked), reader, source)
    desired += others
    held = reader.documents(tuple(sorted(_attached(desired, looked))))
    desired = with_roles_where_they_are(with_limits_first(desired, held))
    made, drafts = planner.plan_changes(header, reader.resources(desired))
    made = replace(made, changes=tuple(map(_without_adoption, made.changes)))
    holders, unread = policy_entities.others(drafts, reader)
    made = replace(made, changes=(*made.changes, *(draft.change for draft in holders)))
    described = (*desired, *(draft.seen.desired for draft in holders))
    made = judge_plan(made, (*drafts, *holders), described, consent, reader, is_all=False)
    made = replace(
        made,
        header=replace(header, reads=client.count - before),
        changes=(*made.changes, *_left(steps, looked, source), *notes),
        refusals=(*made.refusals, *(() if consent.force else since)),
        unread=(*made.unread, *unread),
    )
    return Planned(made, desired, client, (), journal.folders)


def _check_caller(journal: Journaled, caller: Caller) -> None:
    if caller.account != journal.account:
        raise PlanError(
            f"the journal is of account {journal.account}, and these are credentials of account"
            f" {caller.account}",
            "use the other account's --profile",
        )
    for step in journal.steps:
        if step.after.arn.split(":")[1] != caller.partition:
            raise PlanError(
                f"the journal is of another partition than {caller.partition}: {escaped(step.after.arn)}"
            )


def _attached(desired: tuple[Desired, ...], looked: tuple[Observed, ...]) -> frozenset[str]:
    """The managed policies of the roles that something is restored in, before and after, but for those restored."""
    states = [d.state for d in desired]
    states += [s.desired.kind.from_answers(s.desired.state, s.answers) for s in looked if not s.error]
    own = {d.state.arn for d in desired}
    return frozenset(arn for state in states for arn in getattr(state, "attached", ())) - own


def _without_adoption(change: Change) -> Change:
    """What was given back already is nobody's again, and nothing of it is left to do."""
    return (
        change
        if change.calls or change.obstacles or change.action != "adopt"
        else replace(change, action="none")
    )


def _chosen(steps: tuple[Step, ...], only: tuple[str, ...]) -> tuple[Step, ...]:
    for pattern in only:
        if not any(step.address.matches(pattern) for step in steps):
            raise PlanError(
                f"--only {pattern}: that apply changed no such resource",
                "addresses look like role.NAME or policy.NAME",
            )
    return tuple(s for s in steps if not only or any(s.address.matches(pattern) for pattern in only))


def _desired(step: Step, source: Source) -> Desired:
    """The resource as it was, claimed by the spec that the apply was of."""
    state = as_state(step.kind, step.address.name, step.before or step.after)
    owner = step.after.owner
    return Desired(step.address, step.kind, state, owner, source, untagged=not owner)


def _to_restore(
    steps: tuple[Step, ...], looked: tuple[Observed, ...]
) -> tuple[tuple[Desired, ...], tuple[Refusal, ...]]:
    """What there is to restore of all that is still there, and what someone changed since."""
    desired: list[Desired] = []
    refusals: list[Refusal] = []
    for step, before, seen, have in _updated(steps, looked):
        if have is None:
            # What could not be read goes on as it is, and the plan says so; what was deleted is made again.
            desired.append(seen.desired)
            continue
        found = revert(step, before, have)
        desired.append(replace(seen.desired, state=found.state))
        refusals += objections(step.address, found.changed_since)
    return tuple(desired), tuple(refusals)


def _updated(
    steps: tuple[Step, ...], looked: tuple[Observed, ...]
) -> Iterator[tuple[Step, Snapshot, Observed, object | None]]:
    for step, seen in zip(steps, looked, strict=True):
        if step.before is None:
            continue
        have = None if seen.error else step.kind.from_answers(seen.desired.state, seen.answers)
        if have is not None or seen.error or step.deletes:
            yield step, step.before, seen, have


def _made_again(desired: tuple[Desired, ...], looked: tuple[Observed, ...]) -> tuple[Desired, ...]:
    """Those that come back by this rollback, or came back by one before it.

    What has their name by now is another.
    """
    live = {
        one.desired.address: None
        if one.error
        else one.desired.kind.from_answers(one.desired.state, one.answers)
        for one in looked
    }
    was = {one.desired.address: one.desired.state for one in looked}
    return tuple(
        d
        for d in desired
        if (have := live.get(d.address)) is None
        or not any(not f.note for f in d.kind.diff(was[d.address], have))
    )


def _left(steps: tuple[Step, ...], looked: tuple[Observed, ...], source: Source) -> Iterator[Change]:
    """What is not restored, and why."""
    for step, seen in zip(steps, looked, strict=True):
        if seen.error:
            continue
        there = step.kind.from_answers(seen.desired.state, seen.answers) is not None
        if step.before is None and there:
            note = "was created by that apply, and stays: a rollback restores and deletes nothing"
        elif step.before is not None and not there and not step.deletes:
            note = "is not there any more: apply its spec to have it again"
        else:
            continue
        yield Change(step.address, "none", notes=(note,), source=source)
