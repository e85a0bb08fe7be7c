"""What commands import, what help says, how exit codes come out."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT, Cli

HEAVY = ("boto3", "botocore", "deepdiff", "moto")
COMMANDS = ("validate", "render", "plan", "apply", "verify", "drift", "schema", "sandbox")
_PROBE = """
import sys
from reconciler.cli import run
sys.argv = ["reconcile", *{args!r}]
code = run()
heavy = [name for name in {heavy!r} if name in sys.modules]
sys.stderr.write("loaded: " + ",".join(heavy))
sys.exit(code)
"""


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["validate", "specs/ecr.yaml"],
        ["render", "specs/ecr.yaml"],
        ["schema"],
        ["validate", "--help"],
    ],
)
def test_offline_commands_load_nothing_heavy(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(args=args, heavy=HEAVY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.endswith("loaded: "), done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_and_the_exit_codes(command: str, offline: Cli) -> None:
    said = offline(command, "--help").out
    assert "Example:" in said
    assert f"reconcile {command}" in said
    assert "Exit codes:" in said


def test_usage_errors_exit_1_with_a_hint(offline: Cli) -> None:
    assert "Did you mean plan?" in offline("paln", code=1).err
    assert "No such option" in offline("plan", "--nope", code=1).err
    assert "twelve digits" in offline("render", "--account", "12", code=1).err


def test_version_names_the_action_data(offline: Cli) -> None:
    assert "action data 0.1." in offline("--version").out
