"""An apply killed at any write, before it, with its answer lost, or after it, and then run again."""

import signal
import subprocess

import pytest

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.killed import kill_at
from tests.laws.runner import Runner

SPEC = "specs/ecr.yaml"
WRITES = 7


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, object]:
    return {}


# After the answer of one write is before the next: only the last has an "answered" of its own.
CUTS = [(n, when) for n in range(1, WRITES + 1) for when in ("before", "unanswered")] + [(WRITES, "answered")]


@pytest.mark.parametrize(("write", "when"), CUTS)
def test_killed_at_a_write_and_run_again(
    write: int, when: str, cli: Cli, sandbox: Server, undisturbed: dict[str, object]
) -> None:
    if not undisturbed:
        cli("apply", SPEC, "--yes")
        undisturbed.update(state_of(sandbox))
        assert len(sandbox.writes()) == WRITES
        sandbox.control("reset")
    kill_at(write, when, cli, sandbox, "apply", SPEC, "--yes")
    cli("apply", SPEC, "--yes")
    assert state_of(sandbox) == undisturbed
    assert Runner(sandbox, cli.home, (ROOT / SPEC).read_text()).plan()["calls"] == []


def test_ctrl_c_ends_what_is_in_flight_and_begins_nothing(cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="AttachRolePolicy", code="Throttling", status=400)
    process = subprocess.Popen(
        [RECONCILE, "apply", SPEC, "--yes"],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr or ():
        if "CreateRole" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "stopping" in err
    assert "interrupted: what was done stays done" in out
    assert "AttachRolePolicy" in out
    assert "Traceback" not in err
    sandbox.control("reset")
