"""The file in which a job keeps its last result."""

import json
from pathlib import Path

from reconciler.app.own_files import text_of
from reconciler.app.reporting import put
from reconciler.core.errors import PlanError, ReconcileError
from reconciler.core.history import Past

_FORMAT = 1
_LARGEST = 64_000_000


def read(path: Path) -> Past:
    """The last result; none where there is no file yet.

    Raises:
        PlanError: it is no such file.
    """
    if not path.exists():
        return Past()
    try:
        told = json.loads(text_of(path, "history", _LARGEST))
        if told["format"] != _FORMAT:
            raise PlanError(f"{path} is of another version of reconcile", "name another file with --history")
        findings = tuple((str(e["id"]), str(e["address"]), str(e["line"])) for e in told["findings"])
        return Past(findings, failed=told["failed"] is True)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PlanError(f"{path} is no history of a drift job", "name another file with --history") from None


def write(path: Path, past: Past) -> None:
    """Remember this result.

    Raises:
        ReconcileError: the file can't be written.
    """
    told = {
        "format": _FORMAT,
        "failed": past.failed,
        "findings": [{"id": i, "address": a, "line": line} for i, a, line in past.findings],
    }
    try:
        put(path, json.dumps(told, indent=1) + "\n")
    except OSError as error:
        raise ReconcileError(f"the history {path} can't be written: {error.strerror}") from None
