"""The file in which a drift job keeps its last result."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.app.output.files import put, text_of
from reconciler.core.errors import PlanError, ReconcileError
from reconciler.core.results.history import Known, LastResult
from reconciler.core.text import escaped

_FORMAT = 1
_LARGEST = 64_000_000
_MEMBERS = ("id", "address", "line", "digest")
_NOTHING = LastResult(is_none=True)


@dataclass(frozen=True, slots=True)
class History:
    """The last result of a job.

    `untold` is what recipients know that could not be told of it, by a mark that is made with `salt`.
    """

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
        data = json.loads(text_of(path, "history", _LARGEST))
        if data["format"] != _FORMAT:
            raise PlanError(f"{path} is of another version of reconcile", "name another file with --history")
        if data["job"] != list(job):
            raise PlanError(
                f"{path} is the history of another job: {escaped(' '.join(map(str, data['job'])))}",
                "each job has a file of its own: --history",
            )
        untold = {str(who): _past(known) for who, known in data.get("untold", {}).items()}
        return History(_past(data), untold, str(data.get("salt", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PlanError(f"{path} is no history of a drift job", "name another file with --history") from None


def _past(data: Mapping[str, Any]) -> LastResult:
    findings = tuple(Known(*(str(e[key]) for key in _MEMBERS)) for e in data["findings"])
    return LastResult(findings, failed=data["failed"] is True)


def _data(past: LastResult) -> dict[str, Any]:
    findings = [{key: getattr(known, key) for key in _MEMBERS} for known in past.findings]
    return {"failed": past.failed, "findings": findings}


def write(path: Path, job: tuple[str, ...], history: History) -> None:
    """Remember this result.

    Raises:
        ReconcileError: the file can't be written.
    """
    data = {"format": _FORMAT, "job": list(job), **_data(history.past)}
    if history.untold:
        data |= {"salt": history.salt, "untold": {who: _data(known) for who, known in history.untold.items()}}
    try:
        put(path, json.dumps(data, indent=1) + "\n")
    except OSError as error:
        raise ReconcileError(f"the history {path} can't be written: {error.strerror}") from None
