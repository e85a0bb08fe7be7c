"""Whether a saved plan is still what would be done, and how much of it is done already."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.app.pipeline.review import Planned
from reconciler.app.saved_plan import SavedPlan, Sent, body, changed, check_report, described
from reconciler.core.address import Address, Source
from reconciler.core.desired import Desired
from reconciler.core.errors import StalePlan
from reconciler.core.plan import Plan
from reconciler.core.text import escaped, owner_words
from reconciler.kinds import KINDS

_KINDS = {kind.KIND: kind for kind in KINDS}
_LONGEST = 1000
_CREATES_VERSION = "CreatePolicyVersion"
_ADVICE = "plan again, look at it, and apply that"


def done_already(saved: SavedPlan, plan: Plan) -> int:
    """How many of the saved calls need not be sent any more: what would be done now is the rest of them.

    Raises:
        StalePlan: something else would be done now, with what is in one and not in the other; or the specs no
            longer describe what was planned, so that what is no longer to be done may never have been.
    """
    _check_account(saved, plan.header.account)
    now = [(call.operation, body(call.params)) for call in plan.calls]
    missing, new = Counter(saved.calls) - Counter(now), Counter(now) - Counter(saved.calls)
    new -= Counter(_made_defaults(new, missing))
    if not new:
        if not missing:
            _check_shown(saved, plan)
        else:
            check_specs(saved, plan.header.account, plan.header.partition)
        return missing.total()
    lines = [_line("-", sent) for sent in missing.elements()] + [_line("+", sent) for sent in new.elements()]
    difference = "\n".join(lines)
    raise StalePlan(
        f"what would be done now is not what was saved, so nothing is changed:\n{difference}",
        _ADVICE,
    )


def _made_defaults(new: Iterable[Sent], missing: Iterable[Sent]) -> Iterator[Sent]:
    """The new calls that only make a version the default which an interrupted run has created."""
    created = {_policy(params) for operation, params in missing if operation == _CREATES_VERSION}
    for operation, params in new:
        if operation == "SetDefaultPolicyVersion" and _policy(params) in created:
            yield operation, params


def _policy(body: str) -> Any:
    params = json.loads(body)
    return params.get("PolicyArn") if isinstance(params, dict) else None


def check_specs(saved: SavedPlan, account: str, partition: str) -> None:
    """Raise unless the specs describe what they did when the plan was saved, for this account.

    Raises:
        StalePlan: they don't.
    """
    _check_account(saved, account)
    if saved.specs != described(saved.request, account, partition):
        raise StalePlan(
            "the specs no longer describe what was planned, so nothing is changed",
            _ADVICE,
        )


def _check_account(saved: SavedPlan, account: str) -> None:
    if account != saved.account:
        raise StalePlan(
            f"the plan is for account {escaped(saved.account)}, and these are credentials of account"
            f" {account}",
            "use the other account's --profile",
        )
    check_report(saved.document, saved.path)


def _check_shown(saved: SavedPlan, plan: Plan) -> None:
    """Raise where the file shows of a change something else than what is done."""
    if "report" not in saved.document:
        return
    now = [
        [c.address.kind, c.address.name, c.action, [[f.field, f.item, f.after] for f in c.fields]]
        for c in plan.changes
        if c.calls
    ]
    try:
        then = [
            [
                c["address"]["kind"],
                c["address"]["name"],
                c["action"],
                [[f["field"], f["item"], f["after"]] for f in c["fields"]],
            ]
            for c in saved.document["report"]["plan"]["changes"]
            if c["calls"]
        ]
    except (KeyError, TypeError):
        raise changed(saved.path) from None
    # In whichever order: what is deleted comes as the search has found it.
    if sorted(map(body, now)) != sorted(map(body, then)):
        raise changed(saved.path)


def _line(sign: str, sent: Sent) -> str:
    operation, body = sent
    cut = " …" if len(body) > _LONGEST else ""
    return f"  {sign} {escaped(operation)} {escaped(body[:_LONGEST])}{cut}"


def check_gone(saved: SavedPlan, planned: Planned) -> None:
    """Raise where something that the plan deletes, or lets go of, is no longer the specs', and is there.

    Raises:
        StalePlan: it has another owner now.
        AwsError: nothing can be read at all.
    """
    now = {change.address for change in planned.plan.changes if change.calls}
    gone = [desired for desired in _going(saved, planned.plan.header.account) if desired.address not in now]
    lines = []
    for observed in planned.reader.again(tuple(gone)):
        desired = observed.desired
        have = desired.kind.from_answers(desired.state, observed.answers) if observed.error is None else None
        if have is not None and (have.owner or desired.spec == "delete"):
            lines.append(f"  {escaped(str(desired.address))} exists, {escaped(owner_words(have.owner, ''))}")
    if lines:
        raise StalePlan(
            "what the plan deletes is not deleted, so nothing is changed:\n" + "\n".join(lines), _ADVICE
        )


def _going(saved: SavedPlan, account: str) -> Iterator[Desired]:
    """What the plan deletes or releases; the action stands in the place of the spec."""
    changes = saved.document.get("report", {}).get("plan", {}).get("changes", ())
    for change in changes:
        if change["action"] in ("delete", "release") and change["calls"] and change["before"]:
            kind, name = _KINDS[change["address"]["kind"]], change["address"]["name"]
            state = kind.stub(name, change["before"]["arn"])
            yield Desired(Address(account, kind.KIND, name), kind, state, change["action"], Source("", 0))
