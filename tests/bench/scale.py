"""The same work at growing sizes: this tool, boto3 by hand, and other tools that are installed.

The results are written to BENCHMARKS.md. Everything is measured from outside, with the commands that people
type, against one sandbox that answers each call after 50 ms.
"""

import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import triples
from tests.bench.measured import BenchRow, Measured, sandbox
from tests.conftest import ACCOUNT, RECONCILE

BY_HAND = Path(__file__).with_name("by_hand.py")
# Runs of what takes seconds: taken in turns, so that load hits all alike, and the median counts.
RUNS = {1: 7, 10: 5, 100: 5, 1000: 3}
# Beyond this the ways that ask one after another take minutes to say what is known.
SEQUENTIAL_UP_TO = 10


@dataclass(frozen=True)
class Size:
    """What was measured with so many triples."""

    number: int
    rows: tuple[BenchRow, ...]

    def row(self, name: str) -> BenchRow | None:
        """The row of this name."""
        return next((row for row in self.rows if row.name == name), None)

    def ratio(self, name: str, other: str) -> float | None:
        """How many times as long as the other row this one took."""
        a, b = self.row(name), self.row(other)
        return a.seconds / b.seconds if a and b else None


def sizes(numbers: tuple[int, ...]) -> Iterator[Size]:
    """Each size in a sandbox of its own."""
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            yield Size(number, tuple(_rows(number, Path(folder))))


def _rows(number: int, folder: Path) -> Iterator[BenchRow]:
    specs = triples.written(folder / "specs", number)
    with sandbox() as server:
        first = server.run("first apply", [RECONCILE, "apply", specs, "--yes", "--format", "json"])
        yield first
        turns = _reads(specs, number)
        rows_by_name: dict[str, list[BenchRow]] = {name: [] for name in turns}
        for _ in range(RUNS[number]):
            for name, run in turns.items():
                rows_by_name[name].append(run(server, name))
        for rows in rows_by_name.values():
            yield sorted(rows, key=lambda row: row.seconds)[len(rows) // 2]
    with sandbox() as server:
        yield server.run("boto3, the same writes", [sys.executable, BY_HAND, "writes"], _writes(first.output))


def _reads(specs: Path, number: int) -> dict[str, Callable[[Measured, str], BenchRow]]:
    items = "\n".join(json.dumps(item) for item in _items(number))

    def by_hand(way: str) -> Callable[[Measured, str], BenchRow]:
        return lambda server, name: server.run(name, [sys.executable, BY_HAND, way], items)

    def ours(command: str) -> Callable[[Measured, str], BenchRow]:
        return lambda server, name: server.run(name, [RECONCILE, command, specs])

    turns = {
        "converged plan": ours("plan"),
        "drift": ours("drift"),
        "boto3, account-wide": by_hand("bulk"),
        "boto3, each, 32 threads": by_hand("targeted"),
    }
    return turns | ({"boto3, each in turn": by_hand("sequential")} if number <= SEQUENTIAL_UP_TO else {})


def _items(number: int) -> Iterator[tuple[str, str, str]]:
    for n in range(number):
        for word in ("Read", "Write"):
            yield "policy", f"{word}{n:04}", f"arn:aws:iam::{ACCOUNT}:policy/{word}{n:04}"
        yield "role", f"App{n:04}", ""
        yield "profile", f"App{n:04}", ""


def _writes(applied: str) -> str:
    """The calls of the apply in two rounds: first those that create, then all others."""
    calls: list[dict[str, Any]] = json.loads(applied)["calls"]
    creates = [(c["operation"], c["params"]) for c in calls if c["operation"].startswith("Create")]
    others = [(c["operation"], c["params"]) for c in calls if not c["operation"].startswith("Create")]
    return f"{json.dumps(creates)}\n{json.dumps(others)}\n"


def throttled() -> BenchRow:
    """A first apply of a hundred triples where the account bears fifty calls a second."""
    with tempfile.TemporaryDirectory() as folder, sandbox() as server:
        specs = triples.written(Path(folder) / "specs", 100)
        server.control("faults", latency=0.05, **{"throttle-all": 50})
        return server.run("first apply, 50 calls a second", [RECONCILE, "apply", specs, "--yes"])


def crowded() -> tuple[BenchRow, ...]:
    """One triple among 5,000 roles and 3,000 policies that no spec describes.

    A plan before it is there and after, drift with and without a look at the others, and an export of all.
    """
    with tempfile.TemporaryDirectory() as folder, sandbox() as server:
        server.control("seed", **_others())
        specs = triples.written(Path(folder) / "specs", 1)
        before = server.run("plan of one new triple", [RECONCILE, "plan", specs])
        server.run("apply", [RECONCILE, "apply", specs, "--yes"])
        rows = [before, server.run("converged plan of one triple", [RECONCILE, "plan", specs])]
        rows.append(server.run("drift", [RECONCILE, "drift", specs]))
        rows.append(server.run("drift --unmanaged", [RECONCILE, "drift", specs, "--unmanaged"]))
        return (*rows, server.run("export --all", [RECONCILE, "export", "--all"]))


def _others() -> dict[str, Any]:
    head, when = f"arn:aws:iam::{ACCOUNT}", "2026-01-01T00:00:00Z"
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
    }
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document, "CreateDate": when}
    roles = [
        {
            "RoleName": f"X{n}",
            "RoleId": f"AROA{n:017}",
            "Arn": f"{head}:role/X{n}",
            "Path": "/",
            "CreateDate": when,
            "AssumeRolePolicyDocument": trust,
            "Tags": [],
            "RolePolicyList": [],
            "AttachedManagedPolicies": [],
            "InstanceProfileList": [],
        }
        for n in range(5000)
    ]
    policies = [
        {
            "PolicyName": f"X{n}",
            "PolicyId": f"ANPA{n:017}",
            "Arn": f"{head}:policy/X{n}",
            "Path": "/",
            "CreateDate": when,
            "UpdateDate": when,
            "DefaultVersionId": "v1",
            "AttachmentCount": 0,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "PolicyVersionList": [version],
        }
        for n in range(3000)
    ]
    return {"RoleDetailList": roles, "Policies": policies, "UserDetailList": [], "GroupDetailList": []}


def planning() -> list[float]:
    """Seconds of processor time to plan a thousand triples, all of them new, and all as they should be."""
    from reconciler.app.request import SpecSelection
    from reconciler.app.specs import OpenedSpecs
    from reconciler.aws.client import Client, Target
    from reconciler.aws.reader import Reader
    from reconciler.cli.inputs import COLLECTS_AFTER
    from reconciler.core.plan import Header

    gc.set_threshold(*COLLECTS_AFTER)
    with tempfile.TemporaryDirectory() as folder, sandbox(latency=0) as server:
        specs = triples.written(Path(folder) / "specs", 1000)
        header = Header(("a/b",), ACCOUNT, "aws", "arn", "")
        opened = OpenedSpecs(SpecSelection((str(specs),)))
        desired = opened.specs(ACCOUNT).desired
        seconds = []
        for is_there in (False, True):
            if is_there:
                server.run("apply", [RECONCILE, "apply", specs, "--yes"])
            seen = Reader(
                Client(Target(endpoint_url=server.environment["AWS_ENDPOINT_URL"])),
                specs=opened.outline.marked,
            ).resources(desired)
            seconds.append(median(_seconds(partial(_planned, header, seen)) for _ in range(5)))
        return seconds


def _planned(header: Any, seen: Any) -> None:
    from reconciler.plan import planner

    planner.assemble(header, seen, planner.compare(seen))


def _seconds(act: Callable[[], object]) -> float:
    began = os.times()
    act()
    ended = os.times()
    return ended.user + ended.system - began.user - began.system
