"""A watch in a process of its own, what it serves, and the runs that it makes."""

import json
import os
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, until
from tests.end_to_end.drift.listeners import Webhook

SPEC = "version: 1\nname: a/job\nroles:\n  R: {trust: [{service: ec2}], tags: {a: b}}\n"


@dataclass
class Watching:
    """A running watch, and the lines that it has printed."""

    process: "subprocess.Popen[str]"
    url: str
    lines: list[str]

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.url + path, headers=headers), timeout=PATIENCE
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name: str) -> float:
        match = re.search(rf"^{re.escape(name)} (\S+)$", self.get("metrics")[1], re.MULTILINE)
        return float(match[1]) if match else -1

    @property
    def runs(self) -> int:
        """How many have ended."""
        page = self.get("metrics")[1]
        return sum(
            int(float(n)) for n in re.findall(r"^reconciler_runs_total\{.*\} (\S+)$", page, re.MULTILINE)
        )

    def next_run(self, more: int = 1) -> None:
        """Wait until so many more have ended. The first may be under way already."""
        wanted = self.runs + more
        until(lambda: self.process.poll() is not None or self.runs >= wanted)
        assert self.process.poll() is None, self.lines

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def memory(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))


@contextmanager
def watching(cli: Cli, *args: str | Path, **env: str) -> Iterator[Watching]:
    argv: list[str | Path] = [RECONCILE, "watch", *map(str, args), "--every", "1s", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        argv,
        env=cli.environment(**env),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    lines = [first]
    assert "watch: every 1s, " in first
    reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    match = re.search(r"http://\S+/", first)
    assert match, first + "".join(lines)
    try:
        yield Watching(process, match[0], lines)
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
        assert "Traceback" not in "".join(lines)


def titles(hook: Webhook) -> list[str]:
    return [json.loads(body)["title"].split(" · ")[0].removeprefix("reconcile: ") for body in hook.got]


def runs_in(log: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The calls of each run, where a run makes no call twice: the first, the second … of each operation.

    A run that has not ended is left out.
    """
    by_name: dict[str, list[dict[str, Any]]] = {}
    for entry in log:
        by_name.setdefault(entry["operation"], []).append(entry)
    return [list(run) for run in zip(*by_name.values(), strict=False)]


def overlaps(runs: list[list[dict[str, Any]]]) -> list[float]:
    """By how much runs begin before the one before them has ended."""
    spans = [(min(e["began"] for e in run), max(e["ended"] for e in run)) for run in runs]
    return [earlier[1] - later[0] for earlier, later in pairwise(spans) if later[0] < earlier[1]]


def unlike(report: Path, watch: Watching) -> list[str]:
    """What differs between the file of metrics and what is served."""
    written, served = (
        dict(by_labels(line) for line in text.splitlines() if not line.startswith("#"))
        for text in (report.read_text(), watch.get("metrics")[1])
    )
    return [name for name, value in written.items() if float(value) != float(served.get(name, "nan"))]


def by_labels(line: str) -> tuple[str, str]:
    """A series, whatever the order of its labels, and its value."""
    series, _, value = line.rpartition(" ")
    name, _, labels = series.partition("{")
    return f"{name} {sorted(labels.rstrip('}').split(','))}", value
