"""The use case of `reconcile rollback`: a plan that restores what an apply changed, by its journal."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.app.observe import policy_entities
from reconciler.app.observe.progress import Progress, reporting, silent
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.pipeline.judge import judge_plan
from reconciler.app.pipeline.review import Planned
from reconciler.app.rollback.journal import Journaled
from reconciler.app.rollback.restore_detached import restore_detached
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Source
from reconciler.core.change import Change, Snapshot
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.observed import Observed
from reconciler.core.plan import Header, Plan, Refusal
from reconciler.core.text import escaped
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
    """What it takes to restore what that apply changed, and what the guards refuse.

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
    # First what is there, then what else it takes to change it: answers are kept, no read is sent twice.
    observed = reader.resources(tuple(_desired(step, source) for step in steps))
    desired, since = _to_restore(steps, observed)
    others, notes = restore_detached(journal.taken, _made_again(desired, observed), reader, source)
    desired += others
    held = reader.documents(tuple(sorted(_attached(desired, observed))))
    desired = with_roles_where_they_are(with_limits_first(desired, held))
    rollback_plan = _judged(header, desired, consent, reader)
    rollback_plan = replace(
        rollback_plan,
        header=replace(header, reads=client.count - before),
        changes=(*rollback_plan.changes, *_left(steps, observed, source), *notes),
        refusals=(*rollback_plan.refusals, *(() if consent.force else since)),
    )
    return Planned(rollback_plan, desired, client, reader, (), journal.folders)


def _judged(header: Header, desired: tuple[Desired, ...], consent: Consent, reader: Reader) -> Plan:
    """The plan of what is restored, with the access that it gives and takes, and the guards' refusals."""
    rollback_plan, drafts = compare_with_live(header, desired, reader)
    rollback_plan = replace(rollback_plan, changes=tuple(map(_without_adoption, rollback_plan.changes)))
    # Its holders are judged as if the rollback changed them: it gives them back what they had.
    holders, unread = policy_entities.others(drafts, reader)
    rollback_plan = replace(
        rollback_plan,
        changes=(*rollback_plan.changes, *(draft.change for draft in holders)),
        unread=(*rollback_plan.unread, *unread),
    )
    described = (*desired, *(draft.seen.desired for draft in holders))
    return judge_plan(rollback_plan, (*drafts, *holders), described, consent, reader, is_all=False)


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


def _attached(desired: tuple[Desired, ...], observed: tuple[Observed, ...]) -> frozenset[str]:
    """The managed policies of restored roles, before and after, without policies that are restored too."""
    states = [d.state for d in desired]
    states += [s.desired.kind.from_answers(s.desired.state, s.answers) for s in observed if not s.error]
    own = {d.state.arn for d in desired}
    return frozenset(arn for state in states for arn in getattr(state, "attached", ())) - own


def _without_adoption(change: Change) -> Change:
    """What was restored before has no owner again: nothing is left to do for it."""
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
    steps: tuple[Step, ...], observed: tuple[Observed, ...]
) -> tuple[tuple[Desired, ...], tuple[Refusal, ...]]:
    """What there is to restore of all that still exists, and what someone has changed since."""
    desired: list[Desired] = []
    refusals: list[Refusal] = []
    for step, before, seen, have in _updated(steps, observed):
        if have is None:
            # What could not be read is kept, and the plan says so; what was deleted is created again.
            desired.append(seen.desired)
            continue
        reverted = revert(step, before, have)
        desired.append(replace(seen.desired, state=reverted.state))
        refusals += objections(step.address, reverted.changed_since)
    return tuple(desired), tuple(refusals)


def _updated(
    steps: tuple[Step, ...], observed: tuple[Observed, ...]
) -> Iterator[tuple[Step, Snapshot, Observed, object | None]]:
    for step, seen in zip(steps, observed, strict=True):
        if step.before is None:
            continue
        have = None if seen.error else step.kind.from_answers(seen.desired.state, seen.answers)
        if have is not None or seen.error or step.deletes:
            yield step, step.before, seen, have


def _made_again(desired: tuple[Desired, ...], observed: tuple[Observed, ...]) -> tuple[Desired, ...]:
    """Resources that this rollback creates again, or an earlier one did.

    Another resource that has the same name by now is not among them.
    """
    live = {
        seen.desired.address: None
        if seen.error
        else seen.desired.kind.from_answers(seen.desired.state, seen.answers)
        for seen in observed
    }
    was = {seen.desired.address: seen.desired.state for seen in observed}
    return tuple(
        d
        for d in desired
        if (have := live.get(d.address)) is None
        or not any(not f.note for f in d.kind.diff(was[d.address], have))
    )


def _left(steps: tuple[Step, ...], observed: tuple[Observed, ...], source: Source) -> Iterator[Change]:
    """What is not restored, and why."""
    for step, seen in zip(steps, observed, strict=True):
        if seen.error:
            continue
        is_present = step.kind.from_answers(seen.desired.state, seen.answers) is not None
        if step.before is None and is_present:
            note = "was created by that apply, and stays: a rollback restores and deletes nothing"
        elif step.before is not None and not is_present and not step.deletes:
            note = "no longer exists: apply its spec to create it again"
        else:
            continue
        yield Change(step.address, "none", notes=(note,), source=source)
