"""Room for inline policies.

All of a principal's share one fixed quota, so what shrinks or goes may have to come first.

IAM counts what is there at the moment of a call (contract §2, §13). Limits are in force before grants all the
same; what that leaves no room for is taken away first and put back afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.core import facts
from reconciler.policy.document.document import Document

GAP = (
    "gap: no room for all inline policies at once, so some access is missing until its"
    " replacement is in place"
)
Sizes = dict[str, int]


@dataclass(frozen=True, slots=True)
class Room:
    """What is deleted before a limit and before a grant grows, and which grants are deleted and put again."""

    before_limits: tuple[str, ...] = ()
    before_grants: tuple[str, ...] = ()
    put_again: tuple[str, ...] = ()

    @property
    def first(self) -> frozenset[str]:
        """All that has to go first."""
        return frozenset((*self.before_limits, *self.before_grants, *self.put_again))


@dataclass(slots=True)
class Exchange:
    """Inline policies that are put, each with its document, and live ones that are replaced or deleted."""

    put: dict[str, Document]
    live: dict[str, Document]
    deleted: frozenset[str]
    denying: frozenset[str]
    quota: int
    _old: Sizes = field(init=False)

    def __post_init__(self) -> None:
        self._old = {name: document.size for name, document in self.live.items()}

    def growth(self, name: str) -> int:
        """By how much a put takes more room than what is there."""
        return self.put[name].size - self._old.get(name, 0)

    def room(self) -> Room:
        """What has to make room for what."""
        limits = [name for name in self.put if name in self.denying]
        grants = [name for name in self.put if name not in self.denying]
        total = sum(self._old.values())
        over = total + sum(map(self.growth, limits)) - self.quota
        going = [*self._largest(self.deleted - self.denying), *self._largest(self.deleted & self.denying)]
        replaced = self._largest(name for name in grants if name in self.live)
        harmless = [name for name in going if name not in self.denying]
        first = self._until(over, [*harmless, *replaced, *(n for n in going if n in self.denying)])
        put_again = tuple(name for name in first if name in self.put)
        before_limits = tuple(name for name in first if name not in self.put)
        freed = sum(self._old[name] for name in before_limits)
        over = total + sum(map(self.growth, self.put)) - freed - self.quota
        before_grants = self._until(over, [name for name in going if name not in before_limits])
        return Room(before_limits, tuple(before_grants), put_again)

    def _largest(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: (-self._old[name], name))

    def _until(self, over: int, names: list[str]) -> list[str]:
        """As many of these as it takes to be over the quota no longer."""
        taken = []
        for name in names:
            if over <= 0:
                break
            taken.append(name)
            over -= self._old[name]
        return taken


def needs_of_put(exchange: Exchange, room: Room, name: str, arn: str) -> set[str]:
    """What must be done before this policy is put."""
    needs = {facts.done(arn, f"delete {name}")} if name in room.put_again else set()
    if not room.first and not _is_tight(exchange):
        return needs
    is_limit = name in exchange.denying
    if exchange.growth(name) <= 0 and name not in room.put_again:
        return needs
    shrinking = (n for n in exchange.put if exchange.growth(n) < 0 and n != name and n not in room.put_again)
    needs |= {facts.done(arn, f"put {n}") for n in shrinking if not is_limit or n in exchange.denying}
    gone = (*room.before_limits, *room.put_again, *(() if is_limit else room.before_grants))
    return needs | {facts.done(arn, f"delete {n}") for n in gone}


def needs_of_delete(exchange: Exchange, room: Room, name: str, arn: str) -> set[str]:
    """What must be gone before this policy is deleted to make room: a limit goes after what it limits."""
    first = {*room.before_limits, *room.before_grants}
    if name not in exchange.denying or name not in first:
        return set()
    return {facts.done(arn, f"delete {n}") for n in first - exchange.denying}


def _is_tight(exchange: Exchange) -> bool:
    """Whether growing before shrinking would go over the quota."""
    there = sum(document.size for document in exchange.live.values())
    return there + sum(max(0, exchange.growth(name)) for name in exchange.put) > exchange.quota


def obstacle(sizes: Iterable[int], quota: int, noun: str) -> tuple[str, ...]:
    """Why IAM would not take all of them, what a spec leaves alone among them."""
    total = sum(sizes)
    if total <= quota:
        return ()
    return (
        (
            f"its inline policies come to {total} characters with what is left alone; a {noun} takes {quota},"
            " and this quota is fixed"
        ),
    )
