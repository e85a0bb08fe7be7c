"""What a drift run comes to: findings, what was not looked at and why, what failed; and the verdict on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reconciler.core.address import Address, Source
from reconciler.core.change import FieldChange
from reconciler.core.plan import Header, Unread
from reconciler.core.principal_view import PrincipalView
from reconciler.core.results.beside import Failure
from reconciler.core.results.finding import Finding
from reconciler.core.results.unmanaged import Unmanaged, UnmanagedFailOn

FailOn = Literal["any", "gain", "drift", "never"]
FAIL_ON: tuple[FailOn, ...] = ("any", "gain", "drift", "never")
IN_SYNC, FAILED, DIFFERS, PARTLY = 0, 1, 2, 3
WORDS = {IN_SYNC: "in sync", FAILED: "failed", DIFFERS: "drift", PARTLY: "not everything could be read"}


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A difference that the spec says to leave alone, and why."""

    address: Address
    field: FieldChange
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One run. `resources` counts what the specs describe, with what could not be read.

    `unmanaged` is None where nobody looked for what no spec describes; `noticed` is how many roles, users and
    groups of that kind were seen all the same, by kind. `home` is the file that says
    what belongs to the specs.
    """

    header: Header
    findings: tuple[Finding, ...]
    resources: tuple[str, ...]
    unread: tuple[Unread, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    left_alone: tuple[LeftAlone, ...] = ()
    unmanaged: Unmanaged | None = None
    pictures: tuple[PrincipalView, ...] = ()
    noticed: tuple[tuple[str, int], ...] = ()
    home: Source | None = None

    @property
    def calls(self) -> int:
        """How many requests it took: a run only reads."""
        return self.header.reads

    @property
    def in_sync(self) -> tuple[str, ...]:
        """The addresses that are as the specs say."""
        other = {str(f.address) for f in self.findings} | {str(u.address) for u in self.unread}
        return tuple(address for address in self.resources if address not in other)

    @property
    def seen(self) -> frozenset[str]:
        """The addresses of which it is known how they are: in sync, or found to differ."""
        return frozenset(self.in_sync) | {str(f.address) for f in self.findings}

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked for could be looked at."""
        return not self.failures and not self.unread

    @property
    def of_specs(self) -> tuple[Finding, ...]:
        """The findings of what specs describe or own."""
        return tuple(finding for finding in self.findings if finding.spec)

    @property
    def in_no_spec(self) -> tuple[Finding, ...]:
        """The findings of what no spec does."""
        return tuple(finding for finding in self.findings if not finding.spec)

    def failing(self, fail_on: FailOn) -> tuple[Finding, ...]:
        """The findings that this choice counts; of what is in no spec, those that its own choice does."""
        by_unmanaged = _UNMANAGED_COUNTS[self.unmanaged.fail_on if self.unmanaged else "never"]
        counts = _COUNTS[fail_on]
        return tuple(f for f in self.findings if (counts(f) if f.spec else by_unmanaged(f)))

    def verdict(self, fail_on: FailOn = "any") -> int:
        """The exit code: a difference that counts, before a failure, before what could not be read."""
        if self.failing(fail_on):
            return DIFFERS
        return FAILED if self.failures else PARTLY if self.unread else IN_SYNC


def unseen(drift: Drift | None, known: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those of the known findings that a run could not look at: all, where it failed as a whole (None)."""
    if drift is None:
        return known
    if drift.is_whole:
        return ()
    seen = drift.seen
    return tuple(finding for finding in known if str(finding.address) not in seen)


def _is_drift(finding: Finding) -> bool:
    """All but what the tags prove to be pending; never left out.

    What is absent or untagged, and a gain of access.
    """
    return finding.origin != "pending" or finding.is_gain


_COUNTS: dict[FailOn, Callable[[Finding], bool]] = {
    "any": lambda _finding: True,
    "gain": lambda finding: finding.is_gain,
    "drift": _is_drift,
    "never": lambda _finding: False,
}
_UNMANAGED_COUNTS: dict[UnmanagedFailOn, Callable[[Finding], bool]] = {
    "any": lambda _finding: True,
    "gain": lambda finding: finding.is_gain,
    "critical": lambda finding: finding.severity == "critical",
    "never": lambda _finding: False,
}


@dataclass(frozen=True, slots=True)
class RunTimes:
    """When the run ended, in seconds since 1970, how long it took, and of which specs, as they were named."""

    ended: float
    seconds: float
    paths: tuple[str, ...] = ()
