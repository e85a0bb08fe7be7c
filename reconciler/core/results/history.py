"""What changed since the last run of a job."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from reconciler.core.results.drift import Drift, FailOn
from reconciler.core.results.finding import Finding

# The rule of what is in no spec.
UNMANAGED = "unmanaged"
Transition = Literal[
    "", "first run", "clean → drift", "drift changed", "recovered", "job failed", "job working again"
]


@dataclass(frozen=True, slots=True)
class Known:
    """One finding as it is remembered.

    A line on it, and a digest of what exactly differs and how bad that is.
    """

    id: str
    address: str
    line: str
    digest: str


@dataclass(frozen=True, slots=True)
class LastResult:
    """The last result of a job, and whether the run itself failed; `is_none` before the first run."""

    findings: tuple[Known, ...] = ()
    failed: bool = False
    is_none: bool = False

    @property
    def seen(self) -> dict[str, str]:
        """What each finding was, by its id."""
        return {known.id: known.digest for known in self.findings}


def result(drift: Drift | None, fail_on: FailOn, kept: LastResult) -> LastResult:
    """What to remember of a run. What it could not look at stays as it was `kept`.

    All, where it failed as a whole (None).
    """
    if drift is None:
        return LastResult(kept.findings, failed=True)
    findings = [_known(finding) for finding in drift.failing(fail_on)]
    failed = not drift.is_whole
    if failed:
        seen = drift.seen
        findings += [known for known in kept.findings if known.address not in seen]
    elif drift.unmanaged is None:
        # Nobody looked for what is in no spec.
        findings += [known for known in kept.findings if known.line.endswith(f" · {UNMANAGED}")]
    return LastResult(tuple(findings), failed)


def _known(finding: Finding) -> Known:
    line = f"{finding.severity} · {finding.origin} · {finding.address} · {finding.rule}"
    exact = repr((line, finding.field, finding.text))
    return Known(finding.id, str(finding.address), line, hashlib.sha256(exact.encode()).hexdigest()[:12])


def transition(past: LastResult, now: LastResult) -> Transition:
    """What is worth saying, "" for nothing."""
    if now.failed != past.failed:
        return "job failed" if now.failed else "job working again"
    if now.seen == past.seen:
        return ""
    if not past.seen:
        return "first run" if past.is_none else "clean → drift"
    return "drift changed" if now.seen else "recovered"


def changed_lines(past: LastResult, now: LastResult) -> tuple[str, ...]:
    """What came, what is another than it was, and what went, a line each."""
    new = [f"+ {known.line}" for known in now.findings if known.id not in past.seen]
    other = [f"~ {k.line}" for k in now.findings if k.id in past.seen and past.seen[k.id] != k.digest]
    gone = [f"- {known.line}" for known in past.findings if known.id not in now.seen]
    return (*new, *other, *gone)
