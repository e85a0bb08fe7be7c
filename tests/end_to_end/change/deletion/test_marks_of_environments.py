"""dev and prod of one account whose specs have one name: variables in names keep them apart."""

from pathlib import Path

from tests.conftest import Cli, Server
from tests.end_to_end.change.deletion.repositories import applied

ENVIRONMENTS = """version: 1
id: shop
environments:
  dev: {variables: {env: dev, size: "1"}}
  prod: {variables: {env: prod, size: "1"}}
"""
SHAPED = """version: 1
name: a/b
roles:
  "App-${var.env}": {trust: [{service: ec2}], description: "${var.size}"}
  Common: {trust: [{service: ec2}]}
"""


def test_environments_of_one_account_and_one_name(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text(ENVIRONMENTS)
    path = tmp_path / "specs" / "s.yaml"
    path.parent.mkdir()
    path.write_text(SHAPED + '  "Old-${var.env}": {trust: [{service: ec2}]}\n')
    for environment in ("dev", "prod"):
        cli("apply", "-e", environment, "--yes", cwd=tmp_path)
    dev, prod = applied(sandbox, "App-dev"), applied(sandbox, "App-prod")
    assert dev["from"] == prod["from"]
    assert dev["with"] != prod["with"]
    assert len(dev["with"]) == 8
    # What both have is marked for both alike, so that they don't take turns.
    assert "with" not in applied(sandbox, "Common")
    assert "nothing to change" in cli("plan", "-e", "dev", cwd=tmp_path).out
    path.write_text(SHAPED)
    ran = cli("apply", "-e", "dev", "--prune", "--yes", cwd=tmp_path)
    assert ran.out.count("is owned by spec a/b of another environment, and stays") == 2
    left = {role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]}
    assert left == {"App-dev", "App-prod", "Common", "Old-prod"}
    # What another environment made is no orphan, even where the specs are the whole of the account.
    (tmp_path / "reconcile.yaml").write_text(ENVIRONMENTS + "coverage: {complete: true}\n")
    drift = cli("drift", "-e", "dev", "--format", "json", cwd=tmp_path)
    assert drift.json["findings"] == []
    assert {e["message"] for e in drift.json["unmanaged"]["elsewhere"]} == {
        "owned by spec a/b of another environment"
    }
    # A value that shapes no name changes no mark.
    (tmp_path / "reconcile.yaml").write_text(ENVIRONMENTS.replace('size: "1"', 'size: "2"'))
    cli("apply", "-e", "dev", "--yes", cwd=tmp_path)
    assert applied(sandbox, "App-dev")["with"] == dev["with"]


def test_a_variable_that_reaches_a_name_through_a_template(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text(ENVIRONMENTS)
    path = tmp_path / "specs" / "s.yaml"
    path.parent.mkdir()
    path.write_text("""version: 1
name: a/b
templates:
  service:
    parameters: {name: {}}
    roles: {"${param.name}": {trust: [{service: ec2}], description: "${var.size}"}}
use:
  - {template: service, with: {name: "Made-${var.env}"}}
""")
    for environment in ("dev", "prod"):
        cli("apply", "-e", environment, "--yes", cwd=tmp_path)
    assert applied(sandbox, "Made-dev")["with"] != applied(sandbox, "Made-prod")["with"]
    assert "another environment" in cli("plan", "-e", "dev", "--prune", cwd=tmp_path, code=1).out


def test_a_profile_with_a_name_of_its_own(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text(ENVIRONMENTS)
    path = tmp_path / "specs" / "s.yaml"
    path.parent.mkdir()
    text = """version: 1
name: a/b
variables: {size: "0"}
roles:
  Plain: {trust: [{service: ec2}], instance_profile: "Profile-${var.env}", description: "${var.size}"}
"""
    path.write_text(text)
    cli("apply", "-e", "dev", "--yes", cwd=tmp_path)
    path.write_text(text.replace("Plain:", "Other:"))
    cli("apply", "-e", "prod", "--yes", cwd=tmp_path)
    ran = cli("plan", "-e", "prod", "--prune", cwd=tmp_path)
    assert "- role.Plain" in ran.out
    assert "- instance-profile.Profile-dev" not in ran.out
