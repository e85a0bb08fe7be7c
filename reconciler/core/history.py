"""What changed since the last run of a job."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.drift import IN_SYNC, Drift, FailOn

Transition = Literal["", "clean → drift", "drift changed", "recovered", "job failed", "job working again"]


@dataclass(frozen=True, slots=True)
class Past:
    """The last result: id, address and a line of each finding, and whether the run itself failed."""

    findings: tuple[tuple[str, str, str], ...] = ()
    failed: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """The ids alone."""
        return frozenset(id_ for id_, _, _ in self.findings)


def result(drift: Drift | None, fail_on: FailOn, kept: Past) -> Past:
    """What to remember of a run. What it could not look at stays as it was `kept`; all, where it failed as a whole (None)."""
    if drift is None:
        return Past(kept.findings, failed=True)
    found = [
        (f.id, str(f.address), f"{f.severity} · {f.origin} · {f.address} · {f.rule}")
        for f in drift.failing(fail_on)
    ]
    failed = drift.verdict("never") != IN_SYNC
    if failed:
        seen = {*drift.in_sync, *(str(f.address) for f in drift.findings)}
        found += [one for one in kept.findings if one[1] not in seen]
    return Past(tuple(found), failed)


def transition(past: Past, now: Past) -> Transition:
    """What is worth saying, "" for nothing."""
    if now.failed != past.failed:
        return "job failed" if now.failed else "job working again"
    if now.ids == past.ids:
        return ""
    if not past.ids:
        return "clean → drift"
    return "drift changed" if now.ids else "recovered"


def changed_lines(past: Past, now: Past) -> tuple[str, ...]:
    """What came and what went, a line each."""
    new = [f"+ {line}" for id_, _, line in now.findings if id_ not in past.ids]
    gone = [f"- {line}" for id_, _, line in past.findings if id_ not in now.ids]
    return (*new, *gone)
