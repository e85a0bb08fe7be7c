"""Which call waits for which. Order follows from facts alone.

A call comes after whatever provides what it needs.
"""

import heapq
from collections.abc import Iterable

from reconciler.core.call import Call


class Circular(Exception):
    """Some calls wait for each other in a circle; `lanes` are the resources they belong to."""

    def __init__(self, lanes: frozenset[str]) -> None:
        super().__init__(f"calls wait for each other: {', '.join(sorted(lanes))}")
        self.lanes = lanes


def waits_for(calls: tuple[Call, ...]) -> tuple[frozenset[int], ...]:
    """For each call the indexes of the calls it must come after.

    A need that no call provides is already true.
    """
    providers: dict[str, set[int]] = {}
    for index, call in enumerate(calls):
        for fact in call.provides:
            providers.setdefault(fact, set()).add(index)
    return tuple(
        frozenset(p for fact in call.needs for p in providers.get(fact, ()) if p != index)
        for index, call in enumerate(calls)
    )


def ordered(calls: Iterable[Call]) -> tuple[Call, ...]:
    """The calls in an order that their needs allow, otherwise as given.

    Raises:
        Circular: no order does.
    """
    given = tuple(calls)
    waits = [set(w) for w in waits_for(given)]
    followers: dict[int, list[int]] = {}
    for index, before in enumerate(waits):
        for earlier in before:
            followers.setdefault(earlier, []).append(index)
    ready = [index for index, before in enumerate(waits) if not before]
    heapq.heapify(ready)
    done: list[int] = []
    while ready:
        index = heapq.heappop(ready)
        done.append(index)
        for follower in followers.get(index, ()):
            waits[follower].discard(index)
            if not waits[follower]:
                heapq.heappush(ready, follower)
    if len(done) < len(given):
        raise Circular(_in_circle(given, set(range(len(given))) - set(done)))
    return tuple(given[index] for index in done)


def _in_circle(calls: tuple[Call, ...], stuck: set[int]) -> frozenset[str]:
    """The lanes on a circle: what is left when everything that nobody stuck waits for is taken away."""
    waits = waits_for(calls)
    left = set(stuck)
    while True:
        needed = {earlier for index in left for earlier in waits[index]} & left
        if needed == left:
            return frozenset(calls[index].lane for index in left)
        left = needed
