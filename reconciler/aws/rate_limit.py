"""One rate for all calls of a run: unlimited until the first Throttling, then what the account bears.

IAM's rates are not published, are small, and are shared with everything else in the account (contract §6).
Slowing each call by itself would leave the rate of all calls together the same.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

# Calls a second; below this the pauses before each repetition do the rest.
_LEAST = 3.0
# Of what was answered well in the last second, so much is asked for after a Throttling.
_SLOWER = 0.8
# What is added to the rate in a second in which all goes well: so many calls a second, or this share of the
# rate.
_FASTER, _FASTER_BY = 0.4, 0.05
_WINDOW = 1.0
# A beginning shorter than this says nothing about a second.
_SHORTEST = 0.5
# Calls that are on their way when the pace slows still meet the old one.
_SETTLING = 0.25


class Pace:
    """Hands out the times at which calls may be sent. Times are seconds of a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate: float | None = None
        self._next = 0.0
        self._slowed = 0.0
        self._sent: deque[float] = deque(maxlen=1000)
        self._went_well: deque[float] = deque(maxlen=1000)

    def slot(self) -> float:
        """When the next call may be sent: now, or later where the account asked for less."""
        with self._lock:
            now = self._clock()
            at = now if self._rate is None else max(now, self._next)
            if self._rate is not None:
                self._next = at + 1 / self._rate
            self._sent.append(at)
            return at

    def throttled(self, sent: float) -> None:
        """A call that was sent at that time was throttled.

        Calls sent about when the pace last slowed count as the same throttling.
        """
        with self._lock:
            if self._rate is not None and sent < self._slowed + _SETTLING:
                return
            now = self._clock()
            borne = _SLOWER * self._per_second(self._went_well, now)
            self._rate = max(_LEAST, borne if self._rate is None else min(borne, self._rate))
            self._slowed = now
            # Slots that were handed out already are kept to.
            self._next = max(self._next, now + 1 / self._rate)

    def went_well(self) -> None:
        """A call was answered: a little faster from here."""
        with self._lock:
            self._went_well.append(self._clock())
            if self._rate is not None:
                self._rate += max(_FASTER / self._rate, _FASTER_BY)

    def _per_second(self, times: deque[float], now: float) -> float:
        """How often it was so of late, in times a second."""
        first = next((at for at in self._sent if at > now - _WINDOW), now)
        return sum(1 for at in times if at > now - _WINDOW) / max(_SHORTEST, now - first)
