"""Two applies of one spec at once: nothing is lost, and nobody has to repair anything."""

import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.stages import FIRST, THEN


def without_history(state: dict[str, Any]) -> dict[str, Any]:
    """Both may have made the same new version: the one that isn't the default is history then."""
    policies = {arn: (text, document, tags) for arn, (text, document, _, tags) in state["policies"].items()}
    return {**state, "policies": policies}


def test_two_at_once_end_as_one(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "rich.yaml"
    path.write_text(FIRST)
    cli("apply", path, "--yes")
    wanted = [state_of(sandbox)]
    path.write_text(THEN)
    cli("apply", path, "--yes")
    wanted.append(state_of(sandbox))
    sandbox.control("reset")
    # Slow answers make the two meet.
    sandbox.control("latency", seconds=0.05)
    for text, state in zip((FIRST, THEN), wanted, strict=True):
        path.write_text(text)
        both = [
            subprocess.Popen(
                [RECONCILE, "apply", path, "--yes"],
                env=cli.environment(),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        outputs = [process.communicate(timeout=PATIENCE)[0] for process in both]
        assert "Traceback" not in "".join(outputs)
        assert {process.returncode for process in both} <= {0, 1}, outputs
        cli("apply", path, "--yes")
        assert without_history(state_of(sandbox)) == without_history(state)
        assert "nothing to change" in cli("plan", path).out


def test_a_resource_of_two_specs_is_refused_in_one_run_and_in_two(cli: Cli, tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(FIRST)
    second.write_text(FIRST.replace("a/rich", "b/other"))
    assert "a.yaml" in cli("plan", first, second, code=1).err
    cli("apply", first, "--yes")
    assert "--take-over" in cli("apply", second, "--yes", code=1).err
