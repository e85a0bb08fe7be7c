"""docs/environments.md is true: whoever follows it gets what it shows, and its workflow does what it says."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import RECONCILE, Cli, Server
from tests.followed_page import PAGE, followed, other_account


def test_the_page_shows_what_its_commands_print(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    text = PAGE.read_text()
    folder = tmp_path / "acme"
    folder.mkdir()
    with other_account() as other:
        prod = Cli(other, tmp_path)
        assert followed(text, folder, cli, prod) == text
        run_workflow(folder, cli, prod)
    assert {role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]} == {
        "checkout-dev",
        "refunds-dev",
        "invoices-dev",
    }


def run_workflow(folder: Path, dev: Cli, prod: Cli) -> None:
    """Each step of each job that runs reconcile, as a shell runs it; nothing is left to do."""
    workflow = yaml.safe_load((folder / ".github/workflows/iam.yml").read_text())
    for name, job in workflow["jobs"].items():
        for environment in environments_of(job):
            steps = [step["run"] for step in job["steps"] if "reconcile " in step.get("run", "")]
            assert steps, name
            summary = folder / f"{name}-{environment}.md"
            for step in steps:
                command = step.replace("${{ matrix.environment }}", environment)
                account = prod if environment == "prod" else dev
                path = f"{RECONCILE.parent}:{account.environment()['PATH']}"
                surroundings = account.environment(GITHUB_STEP_SUMMARY=str(summary), PATH=path)
                subprocess.run(["sh", "-e", "-c", command], cwd=folder, env=surroundings, check=True)
            if name == "plan":
                assert f"acme/payments-{environment}" in summary.read_text()


def environments_of(job: dict[str, Any]) -> list[str]:
    if "strategy" in job:
        return [entry["environment"] for entry in job["strategy"]["matrix"]["include"]]
    return [job["environment"]]
