"""The file in which a job keeps its last result."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.app.files import put, text_of
from reconciler.core.errors import PlanError, ReconcileError
from reconciler.core.results.history import Known, LastResult
from reconciler.core.text import escaped

_FORMAT = 1
_LARGEST = 64_000_000
_MEMBERS = ("id", "address", "line", "digest")
_NOTHING = LastResult()


@dataclass(frozen=True, slots=True)
class History:
    """The last result, and what those know who could not be told of it, each by a mark that is made with `salt`."""

    past: LastResult = _NOTHING
    untold: Mapping[str, LastResult] = field(default_factory=dict)
    salt: str = ""


def read(path: Path, job: tuple[str, ...]) -> History:
    """The last result of this job, as it is named on the command line; none where there is no file yet.

    Raises:
        PlanError: it is no such file, or one of another job.
    """
    if not path.exists():
        return History()
    try:
        told = json.loads(text_of(path, "history", _LARGEST))
        if told["format"] != _FORMAT:
            raise PlanError(f"{path} is of another version of reconcile", "name another file with --history")
        if told["job"] != list(job):
            raise PlanError(
                f"{path} is the history of another job: {escaped(' '.join(map(str, told['job'])))}",
                "each job has a file of its own: --history",
            )
        untold = {str(who): _past(known) for who, known in told.get("untold", {}).items()}
        return History(_past(told), untold, str(told.get("salt", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PlanError(f"{path} is no history of a drift job", "name another file with --history") from None


def _past(told: Mapping[str, Any]) -> LastResult:
    findings = tuple(Known(*(str(e[key]) for key in _MEMBERS)) for e in told["findings"])
    return LastResult(findings, failed=told["failed"] is True)


def _told(past: LastResult) -> dict[str, Any]:
    findings = [{key: getattr(known, key) for key in _MEMBERS} for known in past.findings]
    return {"failed": past.failed, "findings": findings}


def write(path: Path, job: tuple[str, ...], kept: History) -> None:
    """Remember this result.

    Raises:
        ReconcileError: the file can't be written.
    """
    told = {"format": _FORMAT, "job": list(job), **_told(kept.past)}
    if kept.untold:
        told |= {"salt": kept.salt, "untold": {who: _told(known) for who, known in kept.untold.items()}}
    try:
        put(path, json.dumps(told, indent=1) + "\n")
    except OSError as error:
        raise ReconcileError(f"the history {path} can't be written: {error.strerror}") from None
