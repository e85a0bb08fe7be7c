"""One rate for all calls of a run, found from AWS's own answers: unlimited until the first Throttling, then what the account bears.

IAM's rates are not published, are small, and are shared with everything else in the account (contract §6). Slowing each
call by itself would go on asking at the same rate together.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

# Calls a second; below this nothing would be done any more.
_LEAST = 0.5
_SLOWER = 0.7
# What is added to the rate in a second in which all goes well.
_FASTER = 0.4
_WINDOW = 1.0


class Pace:
    """Hands out the times at which calls may be sent. Times are seconds of a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate: float | None = None
        self._next = 0.0
        self._slowed = 0.0
        self._sent: deque[float] = deque(maxlen=1000)

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
        """A call that was sent at that time was throttled; those sent before the last slowing are of the same storm."""
        with self._lock:
            if sent < self._slowed:
                return
            now = self._clock()
            self._rate = max(_LEAST, (self._rate or self._seen(now)) * _SLOWER)
            self._slowed = now
            self._next = now + 1 / self._rate

    def went_well(self) -> None:
        """A call was answered: a little faster from here."""
        with self._lock:
            if self._rate is not None:
                self._rate += _FASTER / self._rate

    def _seen(self, now: float) -> float:
        """How many calls were sent in the last second."""
        return float(max(1, sum(1 for at in self._sent if at > now - _WINDOW)))
