"""A project is looked at whole: what can't be read of it deletes nothing, and is never "in sync"."""

import json
from pathlib import Path

import pytest

from reconciler.app.project import Words, selection
from tests.conftest import Cli, Server

OTHER = "210987654321"
PROJECT = "{version: 1, specs: ['specs/**'], environments: {dev: {variables: {env: dev}}}}"
ROLE = "{trust: {service: ec2}}"
BROKEN = [
    "name: t/a-${var.env}\nroles: {s: [}\n",
    "name: t/a-${var.evn}\nroles: {s: {trust: {service: ec2}}}\n",
    "name: t/a-${var.env}\nroles: {}\nroles: {}\n",
]


@pytest.fixture
def project(cli: Cli, tmp_path: Path) -> Path:
    """A spec in two files, applied."""
    folder = tmp_path / "project"
    (folder / "specs" / "more").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "reconcile.yaml").write_text(PROJECT)
    (folder / "specs" / "a.yaml").write_text(f"version: 1\nname: t/a-${{var.env}}\nroles: {{r: {ROLE}}}\n")
    (folder / "specs" / "more" / "b.yaml").write_text(f"name: t/a-${{var.env}}\nroles: {{s: {ROLE}}}\n")
    cli("apply", "-e", "dev", "--yes", cwd=folder)
    return folder


@pytest.mark.parametrize("text", BROKEN, ids=["syntax", "name", "twice"])
def test_a_broken_part_deletes_nothing(text: str, cli: Cli, sandbox: Server, project: Path) -> None:
    (project / "specs" / "more" / "b.yaml").write_text(text)
    written = len(sandbox.writes())
    for command in ("plan", "apply", "destroy", "verify"):
        options = {"plan": ("--prune",), "apply": ("--prune", "--yes"), "destroy": ("--yes",)}.get(
            command, ()
        )
        for paths in ((), ("specs/a.yaml",)):
            ran = cli(command, "-e", "dev", *options, *paths, cwd=project, code=1)
            assert "specs/more/b.yaml:" in ran.err
    assert len(sandbox.writes()) == written


@pytest.mark.parametrize("text", BROKEN, ids=["syntax", "name", "twice"])
def test_a_broken_part_makes_no_orphans(text: str, cli: Cli, project: Path) -> None:
    (project / "specs" / "more" / "b.yaml").write_text(text)
    ran = cli("drift", "-e", "dev", cwd=project, code=1)
    assert "specs/more/b.yaml" in ran.out + ran.err
    assert "no longer describes" not in ran.out


def test_a_freeze_beside_the_specs_counts(cli: Cli, sandbox: Server, project: Path) -> None:
    freeze = project / "specs" / "more" / ".reconcile-freeze"
    freeze.write_text("holidays")
    (project / "specs" / "a.yaml").write_text("version: 1\nname: t/a-${var.env}\n")
    for command in ("apply", "destroy"):
        for paths in ((), ("specs/a.yaml",)):
            ran = cli(command, "-e", "dev", "--yes", *paths, cwd=project, code=1)
            assert "applies are frozen: holidays" in ran.err
    freeze.unlink()
    cli("destroy", "-e", "dev", "--yes", cwd=project)


def test_the_live_account_is_checked(cli: Cli, project: Path) -> None:
    text = PROJECT.replace("dev: {", f"dev: {{account: '{OTHER}', ")
    (project / "reconcile.yaml").write_text(text)
    ran = cli("can", "r", "s3:GetObject", "arn:aws:s3:::b/x", "--live", "-e", "dev", cwd=project, code=1)
    assert f"the environment dev is for account {OTHER}, and these are credentials of" in ran.err


def test_printed_commands_are_whole(cli: Cli, sandbox: Server, project: Path, tmp_path: Path) -> None:
    sandbox.iam().update_role(RoleName="r", Description="live")
    file = project / "reconcile.yaml"
    page = tmp_path / "drift.html"
    words = ("-e", "dev", "--project", str(file))
    ran = cli("drift", *words, "--report", f"html={page}", "--format", "json", cwd=tmp_path, code=2)
    (finding,) = (f["id"] for f in json.loads(ran.out)["findings"])
    assert f"reconcile apply -e dev --project {file} --finding {finding}" in page.read_text()
    mended = cli("drift", *words, "--revert", finding, cwd=tmp_path)
    assert f"reconcile apply -e dev --project {file} --finding {finding}" in mended.err
    cli("apply", *words, "--finding", finding, "--yes", cwd=tmp_path)
    cli("drift", *words, cwd=tmp_path)


def test_a_watch_reads_the_project_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "v.yaml").write_text("env: x\n")
    request = selection(Words((), variable_files=(Path("v.yaml"),), environment="dev"))
    (project / "reconcile.yaml").write_text(PROJECT.replace("'specs/**'", "'specs/*.yaml'"))
    (project / "v.yaml").write_text("env: y\n")
    anew = request.anew()
    assert anew.variables == {"env": "y"}
    assert anew.project
    assert anew.project.globs == ("specs/*.yaml",)


def test_a_kubernetes_job_has_the_whole_project(cli: Cli, project: Path) -> None:
    job = cli("schedule", "kubernetes", "-e", "dev", "--account", OTHER, cwd=project).out
    assert 'mountPath: "/work"' in job
    assert "-e" in job
