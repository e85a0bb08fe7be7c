"""The other ways to see a plan, `--only`, and plans that are the same byte for byte."""

import json
import re
import shlex
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Cli, Server

SPEC = "specs/ecr.yaml"


def test_the_same_inputs_give_the_same_plan(cli: Cli) -> None:
    assert cli("plan", SPEC, "--format", "json").out == cli("plan", SPEC, "--format", "json").out


def test_the_script_has_the_plans_calls(cli: Cli) -> None:
    planned = cli("plan", SPEC, "--format", "json").json
    lines = [
        shlex.split(line)
        for line in cli("plan", SPEC, "--format", "cli").out.splitlines()
        if line.startswith("aws ")
    ]
    assert [line[1:3] for line in lines] == [
        ["iam", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", c["operation"]).lower()] for c in planned["calls"]
    ]
    assert [json.loads(line[4]) for line in lines] == [c["params"] for c in planned["calls"]]


def test_markdown_has_a_table_and_the_plan(cli: Cli) -> None:
    output = cli("plan", SPEC, "--format", "markdown").out
    assert "| role.CustomRWECRRole | create |" in output
    assert "```text" in output


def test_only_one_resource(cli: Cli, sandbox: Server) -> None:
    planned = cli("plan", SPEC, "--only", "policy.Read*", "--format", "json").json
    assert [c["address"] for c in planned["changes"]] == ["policy.ReadECRRepositoryContent"]
    refused = cli("plan", SPEC, "--only", "role.CustomRWECRRole", code=1)
    assert "there is no policy" in refused.out
    assert "no loaded spec has such a resource" in cli("plan", SPEC, "--only", "role.No", code=1).err
    cli("apply", SPEC, "--yes")
    sandbox.iam().tag_role(RoleName="CustomRWECRRole", Tags=[{"Key": "stray", "Value": "1"}])
    assert cli("drift", SPEC, "--only", "policy.*").out.endswith(
        "result: in sync · 0 findings · 2 of 2 resources in sync"
        " · resources in no spec: not looked for (--unmanaged)\n"
    )


def test_apply_as_json(cli: Cli) -> None:
    done = cli("apply", SPEC, "--yes", "--format", "json").json
    assert done["verdict"] == "done"
    assert [c["status"] for c in done["calls"]] == ["done"] * 7
    assert cli("apply", SPEC, "--yes", "--format", "json").json["calls"] == []


@pytest.mark.parametrize("answer", ["no", "", "y"])
def test_only_yes_is_taken(answer: str, cli: Cli, sandbox: Server) -> None:
    ran = cli.typed(answer, "apply", SPEC)
    assert ran.code == 1
    assert 'Only "yes" is taken' in ran.err
    assert "nothing was changed" in ran.err
    assert sandbox.writes() == []


@pytest.mark.parametrize("command", [["plan"], ["verify"], ["apply", "--yes"]])
def test_progress_shows_on_a_terminal_and_nowhere_else(
    command: list[str], cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    import os
    import pty
    import subprocess

    from tests.conftest import RECONCILE, ROOT

    sandbox.control("latency", seconds=0.4)
    ours, theirs = pty.openpty()
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            [RECONCILE, *command, SPEC],
            env=cli.environment(TERM="xterm"),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=theirs,
        )
    os.close(theirs)
    shown = b""
    # The end of a terminal is an error.
    with suppress(OSError):
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    process.wait(timeout=PATIENCE)
    assert "resources · " in shown.decode()
    assert b"\x1b" not in (tmp_path / "out").read_bytes()
    sandbox.control("reset")
