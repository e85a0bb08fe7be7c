"""The stage that judges a plan: the access that it gives and takes, and what the guards refuse."""

from reconciler.app.observe import policy_entities
from reconciler.app.observe.memberships import groups_of_user, read_memberships
from reconciler.aws.reader import Reader
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan
from reconciler.facets.reads import user as user_reads
from reconciler.plan import judgement
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, lockout, memberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.guard import Consent
from reconciler.plan.judgement import JudgingContext


def judge_plan(
    plan: Plan,
    drafts: tuple[Comparison, ...],
    desired: tuple[Desired, ...],
    consent: Consent,
    reader: Reader,
    *,
    is_all: bool = True,
) -> Plan:
    """The plan with the access that it gives and takes, and the guards' refusals.

    `desired` is all that the specs describe; where it `is_all`, it tells which policies are nothing but
    boundaries.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    context = read_judging_context(drafts, lockout.caller(plan.header.caller), reader)
    return judgement.judge(plan, drafts, desired, consent, context, is_all=is_all)


def read_judging_context(drafts: tuple[Comparison, ...], caller: str, reader: Reader) -> JudgingContext:
    """What AWS has beside the resources of a plan that it takes to judge them.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    gainers, losers = gaining_policies.gaining(drafts), lockout.losing(drafts)
    entities = reader.policy_entities(tuple(dict.fromkeys(d.want.arn for d in (*gainers, *losers))))
    losing = {d.want.arn: entities[d.want.arn] for d in losers if d.want.arn in entities}
    is_member = lockout.hangs_on_groups(caller, lockout.outside(losing, drafts))
    user = caller.partition("/")[2]
    if is_member:
        # It is asked for below, and need not wait for the others.
        reader.send((user_reads.list_groups(user),))
    outside, unread = policy_entities.others(drafts, reader, gainers)
    everyone = (*drafts, *outside)
    live = read_memberships(everyone, reader)
    groups = memberships.Groups.of(everyone, live)
    documents = reader.documents(access_changes.needed(everyone, groups))
    caller_groups = groups_of_user(user, reader) if is_member else frozenset()
    return JudgingContext(outside, unread, live, documents, losing, caller_groups)
