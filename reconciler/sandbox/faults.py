"""Faults on request, drawn by operation, resource and attempt: concurrency does not change them."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from reconciler.sandbox.lags import KINDS as LAGS
from reconciler.sandbox.lags import Span

_NONE = Span()


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults that were asked for. Rates are probabilities from 0 to 1; `throttle` is calls a second."""

    seed: int = 0
    latency: float = 0
    throttle: float = 0
    throttle_all: float = 0
    error_500: float = 0
    error_503: float = 0
    reset: float = 0
    lost_answer: float = 0
    truncated: float = 0
    concurrent_modification: float = 0
    expire_after: int = 0
    stop_after_write: int = 0
    page_size: int = 0
    unseen: Span = _NONE
    stale_reads: Span = _NONE
    stale_lists: Span = _NONE
    new_principal: Span = _NONE
    new_profile: Span = _NONE
    stale_tags: Span = _NONE
    id_as_arn: Span = _NONE

    @property
    def spans(self) -> dict[str, Span]:
        """How far answers lag, by kind."""
        return {kind: getattr(self, kind) for kind in LAGS}


SAYS = {
    "latency": "seconds before each answer",
    "throttle": "calls a second that each operation bears; more answer Throttling",
    "throttle-all": "calls a second that the account bears",
    "error-500": "rate of ServiceFailure, with and without the effect of the call",
    "error-503": "rate of ServiceUnavailable, without effect",
    "reset": "rate of connections reset before the call took effect",
    "lost-answer": "rate of connections reset after the call took effect",
    "truncated": "rate of answers that break off after the call took effect",
    "concurrent-modification": "rate of ConcurrentModification for writes, without effect",
    "expire-after": "calls after which a key's credentials expire",
    "stop-after-write": "the write after whose answer nothing is served",
    "page-size": "most entries on a page, whatever is asked for",
    "unseen": "calls, or seconds as 2s, for which a created entity is not found",
    "stale-reads": "the same for which reads show what was before a write",
    "stale-lists": "the same for which lists show what was before a create or delete",
    "new-principal": "the same for which a new role or user is no valid principal",
    "new-profile": "the same for which a new instance profile takes no role",
    "stale-tags": "the same for which GetResources shows old tags",
    "id-as-arn": "the same for which a new role or instance profile shows its unique id as its ARN",
}
_RATES = ("error_500", "error_503", "reset", "lost_answer", "truncated", "concurrent_modification")
_WHOLE = ("seed", "expire_after", "stop_after_write", "page_size")


def changed(present: Faults, settings: Mapping[str, Any]) -> Faults:
    """The faults with some of them set anew, by their names with `-` or `_`.

    Raises:
        ValueError: with what is wrong, in words.
    """
    known = {f.name for f in fields(Faults)}
    values: dict[str, Any] = {}
    for name, value in settings.items():
        key = name.replace("-", "_")
        if key not in known:
            raise ValueError(f'there is no fault "{name}": {", ".join(SAYS)}')
        try:
            values[key] = _value(key, value)
        except (ValueError, TypeError):
            raise ValueError(
                f'"{value}" is no value for {name}: {SAYS.get(name.replace("_", "-"), "a whole number")}'
            ) from None
    return replace(present, **values)


def _value(key: str, value: Any) -> Any:
    if key in LAGS:
        return Span.parse(value)
    if key in _WHOLE:
        number: float = int(value)
    else:
        number = float(value)
    # Written so that NaN, which is neither, is refused.
    if not 0 <= number <= (1 if key in _RATES else 1e9):
        raise ValueError(key)
    return number


@dataclass(slots=True)
class _Bucket:
    """A token bucket; it holds one second's calls, one at least."""

    tokens: float
    at: float


@dataclass(slots=True)
class Weather:
    """The faults in force, and what has been drawn so far."""

    faults: Faults = field(default_factory=Faults)
    _attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _calls: Counter[str] = field(default_factory=Counter)
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Fair weather, and nothing drawn yet."""
        with self._lock:
            self.faults = Faults()
            self._attempts.clear()
            self._calls.clear()
            self._buckets.clear()

    def change(self, settings: Mapping[str, Any]) -> Faults:
        """Set some faults anew.

        What was drawn so far is forgotten, so that the same seed draws the same again.

        Raises:
            ValueError: with what is wrong, in words.
        """
        faults = changed(self.faults, settings)
        self.forget()
        self.faults = faults
        return faults

    def attempt(self, operation: str, resource: str) -> int:
        """How many times this call was made before."""
        with self._lock:
            self._attempts[operation, resource] += 1
            return self._attempts[operation, resource]

    def strikes(self, fault: str, operation: str, resource: str, attempt: int) -> bool:
        """Whether a fault with a rate meets this attempt."""
        rate: float = getattr(self.faults, fault)
        return rate > 0 and self.draw(fault, operation, resource, attempt) < rate

    def draw(self, what: str, operation: str, resource: str, attempt: int) -> float:
        """A number from 0 to 1 that only the seed and these decide."""
        text = "\0".join([str(self.faults.seed), what, operation, resource, str(attempt)])
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    def is_throttled(self, operation: str) -> bool:
        """Whether the call finds an empty bucket: the operation's or the account's."""
        if not self.faults.throttle and not self.faults.throttle_all:
            return False
        with self._lock:
            own = self._empty(operation, self.faults.throttle)
            return self._empty("", self.faults.throttle_all) or own

    def _empty(self, name: str, rate: float) -> bool:
        if not rate:
            return False
        now = time.monotonic()
        most = max(1.0, rate)
        bucket = self._buckets.setdefault(name, _Bucket(most, now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return True
        bucket.tokens -= 1
        return False

    def has_expired(self, access_key: str) -> bool:
        """Whether the key has made its last call."""
        if not self.faults.expire_after:
            return False
        with self._lock:
            self._calls[access_key] += 1
            return self._calls[access_key] > self.faults.expire_after
