"""The order in which a principal's access changes: limits before grants, grants before what they replace.

What denies is in force before what allows, and leaves after it; a policy says what it should before it is
attached; nothing is taken away before its replacement is there, except where a quota left no room (those
calls carry no needs here).
"""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.core import facts
from reconciler.core.call import Call
from reconciler.facets.inline_policies import Inline, denies
from reconciler.policy.document.document import Document

_NOUNS = ("Role", "Group", "User")
_ATTACHES, _DETACHES = (tuple(f"{verb}{noun}Policy" for noun in _NOUNS) for verb in ("Attach", "Detach"))
_ADDS = (*_ATTACHES, *(f"Put{noun}Policy" for noun in _NOUNS))
_REMOVES = (*_DETACHES, *(f"Delete{noun}Policy" for noun in _NOUNS))


def in_safe_order(
    calls: tuple[Call, ...], attached: frozenset[str], denying: frozenset[str], inline: Inline
) -> tuple[Call, ...]:
    """The calls with the needs that make their order safe.

    `attached` is all that the principal shall have, `denying` the managed policies that deny, `inline` its
    live ones.
    """
    live = dict(inline)
    adds = [call for call in calls if call.operation in _ADDS]
    added = _facts(adds)
    limits = _facts([call for call in adds if _denies(call, denying)])
    limits |= {facts.done(arn, "document") for arn in attached & denying}
    settled = {facts.done(arn, "document") for arn in attached}
    forced = {fact for call in adds for fact in call.needs}
    removes = [call for call in calls if call.operation in _REMOVES and not call.provides & forced]
    grants_gone = _facts([call for call in removes if not _limits(call, denying, live)])

    def needs(call: Call) -> set[str]:
        if call.operation in _ADDS:
            return set() if _denies(call, denying) else limits
        if call in removes:
            return added | settled | (grants_gone if _limits(call, denying, live) else set())
        return set()

    return tuple(replace(call, needs=call.needs | needs(call)) for call in calls)


def _facts(calls: list[Call]) -> set[str]:
    return {fact for call in calls for fact in call.provides}


def _limits(call: Call, denying: frozenset[str], live: Mapping[str, Document]) -> bool:
    """Whether what a call takes away denies something."""
    params = call.params
    if call.operation in _DETACHES:
        return params["PolicyArn"] in denying
    return denies(live[params["PolicyName"]])


def _denies(call: Call, denying: frozenset[str]) -> bool:
    params = call.params
    if call.operation in _ATTACHES:
        return params["PolicyArn"] in denying
    return denies(Document(params["PolicyDocument"]))
