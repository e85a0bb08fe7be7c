"""What the sandbox remembers beside moto's backend: quotas, how far answers lag, pages that were begun."""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.lags import Lags
from reconciler.sandbox.quotas import DEFAULTS

_PAGES_KEPT = 256
Item = tuple[str, Any]


@dataclass(slots=True)
class World:
    """What the sandbox remembers of its account.

    `authorise` is whether to evaluate the caller's policies, `keys` are all that were ever made for users.
    """

    quotas: dict[str, int] = field(default_factory=lambda: dict(DEFAULTS))
    authorise: bool = False
    page_size: int = 0
    lags: Lags = field(default_factory=Lags)
    keys: set[str] = field(default_factory=set)
    trust_reads: Counter[str] = field(default_factory=Counter)
    _pages: OrderedDict[str, list[Item]] = field(default_factory=OrderedDict)
    _begun: int = 0
    _start: tuple[dict[str, int], bool] = field(init=False)

    def __post_init__(self) -> None:
        """Remember how it started."""
        self._start = dict(self.quotas), self.authorise

    def forget(self) -> None:
        """Back to the start: an empty account, with the quotas and authorisation that it began with."""
        self.quotas, self.authorise = dict(self._start[0]), self._start[1]
        self.calm()
        self.keys.clear()
        self.trust_reads.clear()
        self._pages.clear()

    def calm(self) -> None:
        """No lag, and pages as they are asked for."""
        self.lags = Lags()
        self.page_size = 0

    def begin_pages(self, items: list[Item]) -> str:
        """Keep what a list call found, so that its later pages are cut from the same answer."""
        self._begun += 1
        token = str(self._begun)
        self._pages[token] = items
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        return token

    def pages(self, token: str) -> list[Item] | None:
        """What a list call found, or None where that was long ago."""
        return self._pages.get(token)
