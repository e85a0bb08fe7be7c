"""A spec that uses what the kinds have, created and then changed, through faults, lags and kills.

Every fault meets every operation once, and is followed by a plain apply. `make soak` (SURVIVAL=all) kills the process at
every single write as well, before it, with its answer lost, and after the last.
"""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RECONCILE, ROOT, Cli, Server
from tests.whole.state import state_of

FIRST = """version: 1
name: a/rich
tags: {team: x}
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], description: text}
  Q: {deny: [{service: sqs, actions: "*"}], path: /a/}
roles:
  A: {trust: [{service: ec2}], attach: [P, Q], instance_profile: true, boundary: P, description: d}
  B: {trust: [{role: [A, C]}], inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
  C: {trust: [{role: [B]}], attach: ["aws:ReadOnlyAccess"], max_session_duration: 2h, path: /p/}
"""
THEN = (
    FIRST.replace("GetObject", "GetObjectTagging")
    .replace("team: x", "team: y, env: prod")
    .replace("attach: [P, Q]", "attach: [Q]")
    .replace("boundary: P, description: d", "description: other")
    .replace("inline: {x:", "inline: {z:")
    .replace("2h", "3h")
    .replace("{service: ec2}", "{service: lambda}")
)
STAGES = {"created": ("", FIRST), "changed": (FIRST, THEN)}
ONCE: dict[str, dict[str, Any]] = {
    "throttled": {"code": "Throttling", "status": 400},
    "503": {"code": "ServiceUnavailable", "status": 503},
    "500 after the effect": {"code": "ServiceFailure", "status": 500, "lost": True},
    "ConcurrentModification": {"code": "ConcurrentModification", "status": 409},
    "reset": {"cut": "reset"},
    "answer lost": {"cut": "reset", "lost": True},
    "truncated": {"cut": "truncated"},
}
LAGS: dict[str, dict[str, Any]] = {
    "unseen": {"unseen": 2},
    "stale reads": {"stale-reads": 2, "stale-lists": 2},
    "new principals and profiles": {"new-principal": 1, "new-profile": 2},
    "small pages": {"page-size": 1},
}
EVERYTHING = os.environ.get("SURVIVAL") == "all"


def prepared(stage: str, cli: Cli, tmp_path: Path) -> Path:
    """The spec to apply, on what there was before."""
    before, wanted = STAGES[stage]
    path = tmp_path / "rich.yaml"
    if before:
        path.write_text(before)
        cli("apply", path, "--yes")
    path.write_text(wanted)
    return path


WANTED: dict[str, Any] = {}


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, cli: Cli, sandbox: Server, tmp_path: Path) -> str:
    """A stage, with what an undisturbed apply of it ends in remembered, and nothing there."""
    name: str = request.param
    if name not in WANTED:
        path = prepared(name, cli, tmp_path)
        since = len(sandbox.log())
        cli("apply", path, "--yes")
        WANTED[name] = (state_of(sandbox), {entry["operation"] for entry in sandbox.log()[since:]})
        sandbox.control("reset")
    return name


def check(stage: str, cli: Cli, sandbox: Server, path: Path) -> None:
    cli("apply", path, "--yes")
    assert state_of(sandbox) == WANTED[stage][0]
    assert "nothing to change" in cli("plan", path).out


@pytest.mark.parametrize("fault", ONCE)
def test_each_fault_once_on_each_operation(
    fault: str, stage: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = prepared(stage, cli, tmp_path)
    for operation in WANTED[stage][1] - {"GetCallerIdentity"}:
        sandbox.control("fail", operation=operation, times=1, **ONCE[fault])
    cli("apply", path, "--yes", code=None)
    sandbox.control("calm")
    check(stage, cli, sandbox, path)


@pytest.mark.parametrize("lag", LAGS)
def test_each_lag(lag: str, stage: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = prepared(stage, cli, tmp_path)
    sandbox.control("faults", **LAGS[lag])
    cli("apply", path, "--yes")
    sandbox.control("calm")
    check(stage, cli, sandbox, path)


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
@pytest.mark.parametrize("when", ["before", "unanswered", "answered"])
def test_killed_at_every_write(when: str, stage: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    write = 0
    while True:
        write += 1
        sandbox.control("reset")
        path = prepared(stage, cli, tmp_path)
        sandbox.control("hold", write=write, when=when)
        process = subprocess.Popen([RECONCILE, "apply", path, "--yes"], env=cli.environment(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        while process.poll() is None and not sandbox.control("held", seconds=1)["held"]:
            pass
        reached = sandbox.control("held", seconds=0.1)["held"]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        sandbox.control("release")
        check(stage, cli, sandbox, path)
        if not reached:
            break
    print(f"{stage}, {when}: {write - 1} cut points")
