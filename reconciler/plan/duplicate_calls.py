"""Calls that two resources ask for alike: made once, when both may have it, and for both."""

from dataclasses import replace

from reconciler.core.call import Call

_Key = tuple[str, str]


def deduplicated(calls: tuple[tuple[Call, ...], ...]) -> tuple[tuple[Call, ...], ...]:
    """The calls of each resource without those that an earlier one has.

    That one waits for what both wait for.
    """
    first: dict[_Key, Call] = {}
    for own in calls:
        for call in own:
            key = _key(call)
            first[key] = _both(first[key], call) if key in first else call
    if len(first) == sum(map(len, calls)):
        return calls
    return tuple(tuple(first.pop(_key(call)) for call in own if _key(call) in first) for own in calls)


def _key(call: Call) -> _Key:
    return call.operation, call.body


def _both(call: Call, other: Call) -> Call:
    return replace(call, needs=call.needs | other.needs, provides=call.provides | other.provides)
