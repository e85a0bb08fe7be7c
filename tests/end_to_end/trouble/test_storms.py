"""Lost answers, errors and resets all at once: one run comes through.

The suite tries one seed, `make soak` twenty.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.state import state_of

SPEC = "specs/ecr.yaml"
SEEDS = int(os.environ.get("STORM_SEEDS", "1"))
STORM = {"lost-answer": 0.3, "error-500": 0.1, "error-503": 0.1, "reset": 0.1, "throttle-all": 8}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_run_comes_through_a_storm(
    seed: int, cli: Cli, sandbox: Server, figure: Callable[[str], None]
) -> None:
    cli("apply", SPEC, "--yes")
    undisturbed, wanted = len(sandbox.log()), state_of(sandbox)
    sandbox.control("reset")
    sandbox.control("faults", seed=seed, **STORM)
    cli("apply", SPEC, "--yes")
    calls = len(sandbox.log())
    sandbox.control("calm")
    assert state_of(sandbox) == wanted
    figure(f"seed {seed}: {calls} calls, {calls / undisturbed:.2f} times those of a calm run")
    assert calls <= 3.5 * undisturbed


ROLES = "version: 1\nname: a/many\nroles:\n" + "".join(
    f"  R{number}: {{trust: [{{service: ec2}}], attach: ['aws:ReadOnlyAccess']}}\n" for number in range(50)
)


@pytest.mark.skipif(SEEDS == 1, reason="make soak")
def test_many_roles_at_a_steady_rate(
    cli: Cli, sandbox: Server, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(ROLES)
    cli("apply", path, "--yes")
    undisturbed, wanted = len(sandbox.log()), state_of(sandbox)
    sandbox.control("reset")
    sandbox.control(
        "faults",
        **{"lost-answer": 0.1, "error-500": 0.025, "error-503": 0.025, "reset": 0.05, "throttle-all": 8},
    )
    cli("apply", path, "--yes")
    log = sandbox.log()
    sandbox.control("calm")
    assert state_of(sandbox) == wanted
    ratio, throttled = len(log) / undisturbed, sum(1 for entry in log if entry["status"] == 400)
    figure(
        f"50 roles: {len(log)} calls, {ratio:.2f} times those of a calm run, {throttled} of them throttled"
    )
    assert ratio <= 1.6
    assert throttled < len(log) / 10
