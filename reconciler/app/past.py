"""The file in which a job keeps its last result."""

import json
from pathlib import Path

from reconciler.app.own_files import put, text_of
from reconciler.core.errors import PlanError, ReconcileError
from reconciler.core.history import Known, Past
from reconciler.core.text import escaped

_FORMAT = 1
_LARGEST = 64_000_000
_MEMBERS = ("id", "address", "line", "digest")


def read(path: Path, job: tuple[str, ...]) -> Past:
    """The last result of this job, as it is named on the command line; none where there is no file yet.

    Raises:
        PlanError: it is no such file, or one of another job.
    """
    if not path.exists():
        return Past()
    try:
        told = json.loads(text_of(path, "history", _LARGEST))
        if told["format"] != _FORMAT:
            raise PlanError(f"{path} is of another version of reconcile", "name another file with --history")
        if told["job"] != list(job):
            raise PlanError(
                f"{path} is the history of another job: {escaped(' '.join(map(str, told['job'])))}",
                "each job has a file of its own: --history",
            )
        findings = tuple(Known(*(str(e[key]) for key in _MEMBERS)) for e in told["findings"])
        return Past(findings, failed=told["failed"] is True)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PlanError(f"{path} is no history of a drift job", "name another file with --history") from None


def write(path: Path, job: tuple[str, ...], past: Past) -> None:
    """Remember this result.

    Raises:
        ReconcileError: the file can't be written.
    """
    told = {
        "format": _FORMAT,
        "job": list(job),
        "failed": past.failed,
        "findings": [{key: getattr(known, key) for key in _MEMBERS} for known in past.findings],
    }
    try:
        put(path, json.dumps(told, indent=1) + "\n")
    except OSError as error:
        raise ReconcileError(f"the history {path} can't be written: {error.strerror}") from None
