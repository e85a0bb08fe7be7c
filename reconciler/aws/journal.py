"""Writes the record of an apply, as JSON lines.

It has the plan, with everything that it removes, and every call with its outcome. Mode 0600, no credentials.
"""

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from platformdirs import user_state_path

from reconciler.core.call import Call
from reconciler.core.change import Change, Snapshot
from reconciler.core.errors import ReconcileError
from reconciler.core.plan import Plan
from reconciler.core.results.outcome import CallOutcome

FORMAT = 2


def default_path(account: str) -> Path:
    """A new file under the user's state directory, named by time and account."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{account}.jsonl"
    return user_state_path("reconcile") / "journal" / name


class Journal:
    """An open journal; every line is on disk before the next call begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        # Two applies may write to one file at once.
        self._run = os.urandom(8).hex()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._end_line()
        except OSError as error:
            raise ReconcileError(
                f"the journal {path} can't be written: {error.strerror}", "name another with --journal FILE"
            ) from None

    def _end_line(self) -> None:
        """A line that a crash cut short ends here, so that it doesn't take the next one with it."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        os.close(self._file)

    def plan(self, plan: Plan, folders: tuple[str, ...]) -> None:
        """What is about to be done, and in full what it replaces or removes.

        `folders` are where the specs are.
        """
        header = plan.header
        self._write(
            {
                "event": "plan",
                "format": FORMAT,
                "specs": list(header.specs),
                "account": header.account,
                "caller": header.caller,
                "folders": list(folders),
                "changes": [_change(change) for change in plan.changes if change.calls],
                "calls": len(plan.calls),
            }
        )

    def begin(self, number: int, call: Call) -> None:
        """A call is about to be sent."""
        self._write(
            {
                "event": "call",
                "number": number,
                "operation": call.operation,
                "params": call.params,
                "resource": call.lane,
            }
        )

    def end(self, number: int, outcome: CallOutcome) -> None:
        """What became of it."""
        self._write(
            {
                "event": "outcome",
                "number": number,
                "status": outcome.status,
                "attempts": outcome.attempts,
                "request_id": outcome.request_id,
                "code": outcome.code,
                "message": outcome.message,
            }
        )

    def _write(self, entry: Mapping[str, Any]) -> None:
        line = (
            json.dumps({"time": datetime.now(UTC).isoformat(), "run": self._run, **entry}, ensure_ascii=True)
            + "\n"
        )
        try:
            with self._lock:
                os.write(self._file, line.encode())
        except OSError as error:
            raise ReconcileError(
                f"the journal {self.path} can't be written: {error.strerror}",
                "name another with --journal FILE",
            ) from None


def _change(change: Change) -> dict[str, Any]:
    fields = [
        {"field": f.field, "item": f.item, "before": f.before, "after": f.after}
        for f in (*change.fields, *change.noted)
    ]
    return {
        "kind": change.address.kind,
        "name": change.address.name,
        "action": change.action,
        "fields": fields,
        # What the calls change, and from what to what: enough for a rollback to restore it.
        "facets": sorted({f.field for f in change.fields}),
        "before": _snapshot(change.before),
        "after": _snapshot(change.after),
    }


def _snapshot(snapshot: Snapshot | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    settings = json.loads(snapshot.settings)
    return {"arn": snapshot.arn, "settings": settings, "owner": snapshot.owner, "applied": snapshot.applied}
