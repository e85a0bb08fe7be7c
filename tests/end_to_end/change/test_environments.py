"""dev and prod of one spec: applied, looked at, pruned and destroyed apart, in one account and in two."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from reconciler.cli import _COMMANDS
from tests.conftest import ACCOUNT, RECONCILE, Cli, Server

OTHER = "210987654321"
PROJECT = """version: 1
specs: ["specs/**"]
environments:
  dev: {variables: {env: dev}}
  prod: {variables: {env: prod}}
"""
TWO_ACCOUNTS = f"""version: 1
environments:
  dev: {{account: "{ACCOUNT}", variables: {{env: dev}}}}
  prod: {{account: "{OTHER}", variables: {{env: prod}}}}
"""
SPEC = """version: 1
name: acme/app-${var.env}
policies:
  "Read-${var.env}": {allow: [{service: s3, read: GetObject, resources: "app-${var.env}/*"}]}
roles:
  "App-${var.env}": {trust: {service: lambda}, attach: ["Read-${var.env}"], description: An app.}
"""
SECOND = """name: acme/app-${var.env}
roles: {"Job-${var.env}": {trust: {service: ec2}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "specs" / "jobs").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "reconcile.yaml").write_text(PROJECT)
    (folder / "specs" / "app.yaml").write_text(SPEC)
    (folder / "specs" / "jobs" / "job.yaml").write_text(SECOND)
    return folder


def roles(sandbox: Server) -> set[str]:
    return {role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]}


def test_apart_in_one_account(cli: Cli, sandbox: Server, project: Path) -> None:
    assert "acme/app-dev" in cli("apply", "-e", "dev", "--yes", cwd=project).out
    assert roles(sandbox) == {"App-dev", "Job-dev"}
    cli("drift", "-e", "prod", cwd=project, code=2)
    cli("apply", "-e", "prod", "--yes", cwd=project)
    assert roles(sandbox) == {"App-dev", "Job-dev", "App-prod", "Job-prod"}
    for environment in ("dev", "prod"):
        assert "result: in sync" in cli("drift", "-e", environment, cwd=project).out
        assert "3 of 3" in cli("verify", "-e", environment, cwd=project).out
    sandbox.iam().update_role(RoleName="App-dev", Description="changed")
    assert "role.App-dev" in cli("drift", "-e", "dev", cwd=project, code=2).out
    cli("drift", "-e", "prod", cwd=project)
    cli("apply", "-e", "dev", "--yes", cwd=project)
    cli("drift", "-e", "dev", cwd=project)


def test_pruned_and_destroyed_apart(cli: Cli, sandbox: Server, project: Path) -> None:
    for environment in ("dev", "prod"):
        cli("apply", "-e", environment, "--yes", cwd=project)
    (project / "specs" / "jobs" / "job.yaml").unlink()
    shown = cli("plan", "-e", "dev", "--prune", cwd=project).out
    assert "role.Job-dev" in shown
    assert "prod" not in shown
    cli("apply", "-e", "dev", "--prune", "--yes", cwd=project)
    assert roles(sandbox) == {"App-dev", "App-prod", "Job-prod"}
    cli("destroy", "-e", "dev", "--yes", cwd=project)
    assert roles(sandbox) == {"App-prod", "Job-prod"}
    assert "Job-prod" in cli("drift", "-e", "prod", cwd=project, code=2).out


def test_apart_in_two_accounts(cli: Cli, sandbox: Server, project: Path) -> None:
    (project / "reconcile.yaml").write_text(TWO_ACCOUNTS)
    cli("apply", "-e", "dev", "--yes", cwd=project)
    refused = cli("apply", "-e", "prod", "--yes", cwd=project, code=1)
    words = f"acme/app-prod is for account {OTHER}, and these are credentials of account {ACCOUNT}"
    assert words in refused.err
    assert roles(sandbox) == {"App-dev"}
    script = (
        f"{RECONCILE} apply -e prod --yes && {RECONCILE} drift -e prod && {RECONCILE} destroy -e prod --yes"
        f"; {RECONCILE} plan -e dev"
    )
    there = cli("sandbox", "--account", OTHER, "--", "sh", "-c", script, cwd=project, code=1)
    assert f"acme/app-prod · account {OTHER}" in there.out
    assert "result: in sync" in there.out
    assert f"acme/app-dev is for account {ACCOUNT}, and these are credentials of account {OTHER}" in there.err


# What commands take beside the specs.
REQUEST = ("App-dev", "s3:GetObject", "arn:aws:s3:::b/x")
MORE = {"apply": ("--yes",), "destroy": ("--yes",), "schedule": ("cron",), "can": REQUEST}


def with_environments() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command that takes `-e`, and the option that makes `can` call AWS."""
    for name in _COMMANDS:
        command = import_module(f"reconciler.cli.commands.{name}").command
        if any(param.name == "environment" for param in command.params):
            yield name, MORE.get(name, ())
    yield "can", (*REQUEST, "--live")


def test_an_environment_must_be_named_or_each_is_shown(cli: Cli, sandbox: Server, project: Path) -> None:
    asking = set()
    for name, more in with_environments():
        ran = cli(name, *more, cwd=project, code=None)
        if ran.code == 0:
            assert ("dev" in ran.out, "prod" in ran.out) == (True, True), name
            continue
        asking.add(name)
        assert "which environment? reconcile.yaml has dev, prod" in ran.err, name
        assert "name one with -e NAME" in ran.err
    assert asking >= {"plan", "apply", "destroy", "drift", "verify", "doctor", "watch", "can"}
    assert asking >= {"permissions", "schedule"}
    assert sandbox.log() == []


def test_validate_and_render_take_each(cli: Cli, project: Path) -> None:
    assert cli("validate", cwd=project).out == "dev: 1 spec, 3 resources: ok\nprod: 1 spec, 3 resources: ok\n"
    rendered = json.loads(cli("render", "--format", "json", cwd=project).out)
    assert {name: sorted(resources) for name, resources in rendered.items()} == {
        name: [f"policy.Read-{name}", f"role.App-{name}", f"role.Job-{name}"] for name in ("dev", "prod")
    }
    of_prod = json.loads(cli("render", "-e", "prod", "--format", "json", cwd=project).out)
    assert of_prod == rendered["prod"]
    text = cli("render", cwd=project).out
    assert text.index("environment dev") < text.index("role.App-dev") < text.index("environment prod")


def test_options_win_over_the_environment(cli: Cli, project: Path) -> None:
    text = PROJECT.replace("dev: {", "dev: {profile: nobody, region: eu-west-1, ")
    (project / "reconcile.yaml").write_text(text)
    assert "nobody" in cli("plan", "-e", "dev", cwd=project, code=1).err
    config = project / "config"
    config.write_text("[profile some]\naws_access_key_id = A\naws_secret_access_key = b\n")
    cli("plan", "-e", "dev", "--profile", "some", cwd=project, AWS_CONFIG_FILE=str(config))


def test_a_saved_plan_knows_its_environment(cli: Cli, sandbox: Server, project: Path) -> None:
    cli("plan", "-e", "dev", "--out", "dev.plan.json", cwd=project)
    refused = cli("apply", "dev.plan.json", "-e", "prod", cwd=project, code=1)
    assert "a saved plan stands alone" in refused.err
    cli("apply", "dev.plan.json", cwd=project)
    assert roles(sandbox) == {"App-dev", "Job-dev"}


def test_a_history_is_of_one_environment(cli: Cli, project: Path) -> None:
    cli("drift", "-e", "dev", "--history", "last.json", cwd=project, code=2)
    ran = cli("drift", "-e", "prod", "--history", "last.json", cwd=project, code=1)
    assert "another job" in ran.err


def test_no_file_of_the_project_is_overwritten(cli: Cli, project: Path) -> None:
    for file in ("reconcile.yaml", "specs/jobs/job.yaml"):
        before = (project / file).read_text()
        ran = cli("plan", "-e", "dev", "--out", file, cwd=project, code=1)
        assert f"--out {file} is a spec, or a file that a spec names" in ran.err
        assert (project / file).read_text() == before


def test_a_schedule_names_the_environment(cli: Cli, project: Path) -> None:
    (project / "reconcile.yaml").write_text(TWO_ACCOUNTS)
    assert "reconcile drift -e prod" in cli("schedule", "cron", "-e", "prod", cwd=project).out
    assert f"arn:aws:iam::{OTHER}:" in cli("permissions", "-e", "prod", cwd=project).out
    assert cli("can", "App-prod", "s3:GetObject", "arn:aws:s3:::app-prod/x", "-e", "prod", cwd=project)
