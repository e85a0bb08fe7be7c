"""A saved plan of 40 calls, killed at a write, and the same file applied again: it does the rest, no more.

The suite kills at every fifth write and tries one seed of faults. `make soak` (SURVIVAL=all, STORM_SEEDS)
kills at each, before it and with its answer lost, and tries twenty.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.test_saved_plans import ANYONE
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.killed import kill_at
from tests.end_to_end.trouble.stages import BACK, EVERYTHING, FIRST, THEN, tampered
from tests.end_to_end.trouble.test_storms import SEEDS
from tests.warm import HASTY

CALLS = 40
FAULTS = {"lost-answer": 0.2, "error-500": 0.05, "error-503": 0.05, "reset": 0.05}
NEW = "".join(
    f"  N{number}: {{trust: [{{service: ec2}}], attach: 'aws:ReadOnlyAccess', description: d}}\n"
    for number in range(3)
)
WHEN = ("before", "unanswered")
CUTS = (
    [(write, when) for write in range(1, CALLS + 1) for when in WHEN]
    if EVERYTHING
    else [(write, WHEN[write // 5 % 2]) for write in range(5, CALLS + 1, 5)]
)


@dataclass(frozen=True)
class SavedStage:
    """A saved plan, what there was when it was made, and what it ends in."""

    file: Path
    before: dict[str, Any]
    wanted: dict[str, Any]


@pytest.fixture(scope="module")
def stages() -> list[SavedStage]:
    return []


@pytest.fixture
def stage(
    stages: list[SavedStage], cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> SavedStage:
    """The same for all tests of a worker, with the sandbox as it was when the plan was made."""
    if not stages:
        stages.append(made_ready(cli, sandbox, tmp_path_factory.mktemp("saved")))
    sandbox.control("reset")
    sandbox.control("seed", **stages[0].before)
    return stages[0]


def made_ready(cli: Cli, sandbox: Server, folder: Path) -> SavedStage:
    spec, file = folder / "spec.yaml", folder / "plan.json"
    for text in (FIRST, THEN):
        spec.write_text(text)
        cli("apply", spec, "--yes")
    tampered(sandbox)
    spec.write_text(BACK + NEW)
    cli("plan", spec, "--out", file)
    before = sandbox.control("dump")
    assert len(json.loads(file.read_text())["calls"]) == CALLS
    cli("apply", file)
    assert "nothing to change" in cli("plan", spec).out
    return SavedStage(file, before, state_of(sandbox))


@pytest.mark.parametrize(("write", "when"), CUTS)
def test_the_rest_is_done(write: int, when: str, stage: SavedStage, cli: Cli, sandbox: Server) -> None:
    kill_at(write, when, cli, sandbox, "apply", stage.file)
    since = len(sandbox.writes())
    cli("apply", stage.file, env=HASTY)
    assert state_of(sandbox) == stage.wanted
    planned = [(call["operation"], call["params"]) for call in json.loads(stage.file.read_text())["calls"]]
    assert all((entry["operation"], entry["params"]) in planned for entry in sandbox.writes()[since:])
    assert "already done" in cli("apply", stage.file).out


@pytest.mark.parametrize("write", range(1, CALLS - 1) if EVERYTHING else (11,))
def test_what_others_changed_of_the_rest_is_refused(
    write: int, stage: SavedStage, cli: Cli, sandbox: Server
) -> None:
    kill_at(write, "before", cli, sandbox, "apply", stage.file)
    iam = sandbox.iam()
    done = {(entry["operation"], json.dumps(entry["params"])) for entry in sandbox.writes()}
    attached = [p for op, p in done if op == "AttachRolePolicy" and '"N2"' in p]
    if attached:
        iam.detach_role_policy(RoleName="N2", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    elif any(op == "CreateRole" and '"N2"' in p for op, p in done):
        iam.update_role_description(RoleName="N2", Description="other")
    else:
        iam.create_role(RoleName="N2", AssumeRolePolicyDocument=ANYONE)
    since = len(sandbox.writes())
    ran = cli("apply", stage.file, code=None)
    if attached:
        # What was taken away since is what the plan is to bring about.
        assert ran.code == 0
        return
    assert ran.code == 1
    assert "is not what was saved" in ran.err
    assert "N2" in ran.err
    assert len(sandbox.writes()) == since


@pytest.mark.parametrize("seed", range(SEEDS))
def test_with_faults(seed: int, stage: SavedStage, cli: Cli, sandbox: Server) -> None:
    write = random.Random(seed).randint(1, CALLS)
    kill_at(write, "unanswered", cli, sandbox, "apply", stage.file)
    sandbox.control("faults", seed=seed, **FAULTS)
    # A call that fails for good is sent by the next apply of the same file.
    while cli("apply", stage.file, code=None, env=HASTY).code:
        assert len(sandbox.log()) < 4000
    sandbox.control("calm")
    assert state_of(sandbox) == stage.wanted
    assert "already done" in cli("apply", stage.file).out
