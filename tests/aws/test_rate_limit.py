"""The shared rate, against an account that is played: a token bucket, and a clock of its own."""

import pytest

from reconciler.aws.rate_limit import Pace


class ThrottledAccount:
    """Bears so many calls a second; ten callers send as fast as the pace lets them."""

    def __init__(self, bears: float) -> None:
        self.now = 0.0
        self.bears = self.tokens = bears
        self.refilled = 0.0
        self.throttled = self.served = 0

    def clock(self) -> float:
        return self.now

    def call(self, pace: Pace) -> None:
        slot = pace.slot()
        self.now = max(self.now, slot) + 0.005
        self.tokens = min(self.bears, self.tokens + (self.now - self.refilled) * self.bears)
        self.refilled = self.now
        if self.tokens < 1:
            self.throttled += 1
            pace.throttled(slot)
        else:
            self.tokens -= 1
            self.served += 1
            pace.went_well()


@pytest.mark.parametrize("bears", [4, 8, 50])
def test_it_finds_what_the_account_bears(bears: float) -> None:
    account = ThrottledAccount(bears)
    pace = Pace(account.clock)
    while account.served < 500:
        account.call(pace)
    assert account.throttled < 0.2 * account.served
    # Nearly all of what there is is used.
    assert account.served / account.now > 0.6 * bears


def test_without_throttling_nothing_waits() -> None:
    account = ThrottledAccount(1e9)
    pace = Pace(account.clock)
    for _ in range(100):
        account.call(pace)
    assert account.now == pytest.approx(100 * 0.005)


def test_one_storm_slows_once() -> None:
    account = ThrottledAccount(1.0)
    pace = Pace(account.clock)
    slots = [pace.slot() for _ in range(10)]
    account.now = 0.01
    for slot in slots:
        pace.throttled(slot)
    first, second = pace.slot(), pace.slot()
    # Nothing was answered well, so the least is asked for.
    assert second - first == pytest.approx(1 / 3)


def test_slots_that_were_handed_out_are_not_given_twice() -> None:
    account = ThrottledAccount(1.0)
    pace = Pace(account.clock)
    pace.throttled(pace.slot())
    handed_out = [pace.slot() for _ in range(5)]
    account.now = 1.0
    pace.throttled(account.now)
    assert pace.slot() > handed_out[-1]
