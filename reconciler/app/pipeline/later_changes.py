"""What somebody else has changed since a plan was read, as far as policy versions and live values show it."""

from collections.abc import Iterator

from reconciler.app.pipeline.review import Planned
from reconciler.core.call import Params
from reconciler.core.change import Change
from reconciler.core.errors import AwsError
from reconciler.core.plan import Plan
from reconciler.core.results.outcome import Applied, CallOutcome
from reconciler.facets.reads.policy_document import list_versions
from reconciler.plan import meanwhile, planner
from reconciler.plan.comparison import Comparison


def changed_since(plan: Plan, drafts: tuple[Comparison, ...]) -> tuple[str, ...]:
    """What is live neither as the plan has read it nor as its calls have left it."""
    live = {draft.change.address: planner.live_snapshot(draft) for draft in drafts if _differs(draft.change)}
    return tuple(
        f"{change.address}: {text}"
        for change in plan.changes
        if change.address in live
        for text in meanwhile.since(change, live[change.address])
    )


def _differs(change: Change) -> bool:
    return bool(change.fields or change.noted or change.ignored)


def versions_of_others(planned: Planned, applied: Applied) -> tuple[str, ...]:
    """The versions of policies that have come between the plan's reading and its own version.

    The ids of versions only grow: AWS is asked only where one was passed over.
    """
    addresses = {call: change.address for change in planned.plan.changes for call in change.calls}
    return tuple(
        f"{addresses[outcome.call]}: {version} was created by somebody else"
        for outcome in applied.outcomes
        if outcome.version
        for version in _between(planned, outcome)
    )


def _between(planned: Planned, outcome: CallOutcome) -> Iterator[str]:
    listing = list_versions(outcome.call.params["PolicyArn"])
    answers, known = planned.reader.answered((listing,))
    newest = max(map(_number, _ids(answers.get(listing))), default=0) if known else 0
    own = _number(outcome.version)
    if not newest or own <= newest + 1:
        return
    try:
        answer = planned.client.ask(listing)
    except AwsError:
        return
    yield from (version for version in _ids(answer) if newest < _number(version) < own)


def _ids(answer: Params | None) -> list[str]:
    return [str(entry["VersionId"]) for entry in (answer or {}).get("Versions", ())]


def _number(version: str) -> int:
    return int(version.removeprefix("v"))
