"""Lost answers, errors and resets all at once: one run comes through. The suite tries one seed, `make soak` twenty."""

import os

import pytest

from tests.conftest import Cli, Server
from tests.whole.state import state_of

SPEC = "specs/ecr.yaml"
SEEDS = int(os.environ.get("STORM_SEEDS", "1"))
STORM = {"lost-answer": 0.3, "error-500": 0.1, "error-503": 0.1, "reset": 0.1, "throttle-all": 8}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_run_comes_through_a_storm(seed: int, cli: Cli, sandbox: Server) -> None:
    cli("apply", SPEC, "--yes")
    undisturbed, wanted = len(sandbox.log()), state_of(sandbox)
    sandbox.control("reset")
    sandbox.control("faults", seed=seed, **STORM)
    cli("apply", SPEC, "--yes", seconds=300)
    calls = len(sandbox.log())
    sandbox.control("calm")
    assert state_of(sandbox) == wanted
    print(f"seed {seed}: {calls} calls, {calls / undisturbed:.2f} times those of a calm run")
