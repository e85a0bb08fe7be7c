"""A sandbox in a process of its own, and commands that are measured against it.

The server counts calls and how long it was at work; time and memory are measured from outside.
"""

import json
import os
import resource
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import RECONCILE

LATENCY = 0.05
_QUOTAS = {"RolesPerAccount": 10_000, "PoliciesPerAccount": 10_000, "InstanceProfilesPerAccount": 10_000}


@dataclass(frozen=True)
class BenchRow:
    """One command, as the server and the clock saw it.

    The server's part: all calls, writes, throttled calls, the most calls at one time, the seconds at work.
    The clock's part: seconds from start to end, and the most megabytes.
    """

    name: str
    calls: int
    writes: int
    throttled: int
    at_once: int
    seconds: float
    served: float
    megabytes: float
    output: str = field(repr=False, default="")


@dataclass(frozen=True)
class Measured:
    """A sandbox and the variables that point AWS's tools at it."""

    environment: dict[str, str]

    def control(self, what: str, **settings: Any) -> Any:
        """Read or change the settings of the sandbox."""
        url = f"{self.environment['AWS_ENDPOINT_URL']}/_sandbox/{what}"
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(
            url, data=json.dumps(settings).encode() if settings else None, headers=kind
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)

    def run(
        self,
        name: str,
        command: list[str | Path],
        given: str = "",
        cwd: Path | None = None,
        *,
        may_fail: bool = False,
    ) -> BenchRow:
        """One command from start to end."""
        before = len(self.control("log"))
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        peak = _Peak(process.pid)
        out, err = process.communicate(given)
        seconds = time.perf_counter() - began
        if process.returncode and not may_fail:
            raise RuntimeError(f"{name}: exit {process.returncode}: {(out + err)[-2000:]}")
        log = self.control("log")[before:]
        throttled = sum(1 for entry in log if entry["status"] == 400)
        writes = sum(1 for entry in log if entry["write"])
        return BenchRow(
            name,
            len(log),
            writes,
            throttled,
            _most_at_once(log),
            seconds,
            sum(e["worked"] for e in log),
            peak.megabytes(),
            out,
        )


def _most_at_once(log: list[dict[str, Any]]) -> int:
    """How many requests the server had before it at one time."""
    changes = sorted(
        (at, step) for e in log if e["ended"] for at, step in ((e["began"], 1), (e["ended"], -1))
    )
    most = now = 0
    for _, step in changes:
        now += step
        most = max(most, now)
    return most


class _Peak:
    """The most memory that a process had, looked at from outside while it runs."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._peak = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while True:
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
            if not peaks:
                return
            self._peak = max(self._peak, peaks[0])
            time.sleep(0.02)

    def megabytes(self) -> float:
        """In megabytes; where there is no /proc, the most of any child so far."""
        self._thread.join(timeout=1)
        kilobytes = self._peak or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return kilobytes / 1024


@contextmanager
def sandbox(latency: float = LATENCY) -> Iterator[Measured]:
    """A sandbox that answers after that many seconds, with raised quotas."""
    with tempfile.TemporaryDirectory() as home:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG")} | {"HOME": home}
        process = subprocess.Popen(
            [RECONCILE, "sandbox"], env=kept, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        exported = dict(_exported(process.stdout))
        measured = Measured({**kept, **exported})
        measured.control("quota", **_QUOTAS)
        measured.control("faults", latency=latency)
        try:
            yield measured
        finally:
            process.terminate()
            process.communicate()


def _exported(lines: Any) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.startswith("unset"):
            return
        name, _, value = line.removeprefix("export ").strip().partition("=")
        yield name, value.strip("'")
