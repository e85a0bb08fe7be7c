"""What a command is told to write never takes the place of a spec, of what specs name, or of another file."""

import os
import threading
from pathlib import Path

import pytest

from reconciler.app.output.drift_reports import FORMATS
from tests.conftest import PATIENCE, Cli

SPEC = (
    "version: 1\nname: a/b\npolicies: {P: {document_file: p.json}}\nsaml_providers: {}\nroles: {R: {trust:"
    " [{service: ec2}]}}\n"
)
DOCUMENT = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource":'
    ' "*"}}\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "s.yaml").write_text(SPEC)
    (folder / "p.json").write_text(DOCUMENT)
    return folder


def into(target: Path) -> list[tuple[str, ...]]:
    """Every command with every option that writes a file, told to write this one."""
    spec = ("plan", "--out", str(target))
    reports = [("drift", "--report", f"{format_}={target}") for format_ in FORMATS]
    journals = [("apply", "--yes", "--journal", str(target)), ("destroy", "--yes", "--journal", str(target))]
    pages = [(command, "--report", f"html={target}") for command in ("plan", "verify")]
    return [
        spec,
        *reports,
        *journals,
        *pages,
        ("drift", "--history", str(target)),
        ("watch", "--history", str(target)),
    ]


@pytest.mark.parametrize("named", ["s.yaml", "p.json", "a link", "a hard link"])
def test_an_input_is_never_written(named: str, folder: Path, cli: Cli, tmp_path: Path) -> None:
    target = folder / named
    if named == "a link":
        target = tmp_path / "link"
        target.symlink_to(folder / "s.yaml")
    elif named == "a hard link":
        target = tmp_path / "link"
        os.link(folder / "p.json", target)
    before = target.read_bytes()
    for command, *more in into(target):
        ran = cli(command, folder, *more, code=1)
        assert "is a spec, or a file that a spec names" in ran.err or "it is not overwritten" in ran.err, (
            command,
            more,
        )
        assert target.read_bytes() == before
    assert (folder / "s.yaml").read_text() == SPEC


def test_an_input_is_not_taken_away_where_a_run_fails(folder: Path, cli: Cli) -> None:
    (folder / "s.yaml").write_text(SPEC + "nonsense: [\n")
    broken = (folder / "s.yaml").read_text()
    for command, *more in into(folder / "s.yaml"):
        cli(command, folder, *more, code=1)
        assert (folder / "s.yaml").read_text() == broken


@pytest.mark.parametrize("text", ["my notes\n", "#!/bin/sh\n", "%PDF-1.4\n", "a: 1\n"])
def test_a_file_of_another_kind_is_not_written(text: str, folder: Path, cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "notes"
    target.write_text(text)
    for command, *more in into(target):
        assert "it is not overwritten" in cli(command, folder, *more, code=1).err
        assert target.read_text() == text


def test_what_is_of_the_same_kind_or_empty_is_written_again(folder: Path, cli: Cli, tmp_path: Path) -> None:
    for format_ in FORMATS:
        target = tmp_path / f"report.{format_}"
        target.write_text("")
        for _ in range(2):
            cli("drift", folder, "--report", f"{format_}={target}", code=2)
            assert target.stat().st_size > 0
    for _ in range(2):
        cli("plan", folder, "--out", tmp_path / "plan.json", "--report", f"html={tmp_path / 'plan.html'}")
        cli("drift", folder, "--history", tmp_path / "history.json", code=2)
    journal = tmp_path / "journal.jsonl"
    cli("apply", folder, "--yes", "--journal", journal)
    cli("destroy", folder, "--yes", "--journal", journal)
    assert journal.read_text().count('"event": "plan"') == 2


def test_two_outputs_are_two_files(folder: Path, cli: Cli, tmp_path: Path) -> None:
    report, link = tmp_path / "one.json", tmp_path / "link.json"
    ran = cli("drift", folder, "--report", f"json={report}", "--report", f"sarif={report}", code=1)
    assert "--report json and --report sarif name one file" in ran.err
    link.symlink_to(report)
    assert (
        "name one file" in cli("drift", folder, "--report", f"json={report}", "--history", link, code=1).err
    )
    assert not report.exists()


def test_pipes_devices_and_links_are_written_through(folder: Path, cli: Cli, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    texts: list[str] = []
    reader = threading.Thread(target=lambda: texts.append(pipe.read_text()), daemon=True)
    reader.start()
    cli("drift", folder, "--report", f"json={pipe}", "--report", "text=/dev/null", code=2)
    reader.join(timeout=PATIENCE)
    assert texts
    assert texts[0].startswith("{")
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    cli("drift", folder, "--report", f"json={tmp_path / 'link.json'}", code=2)
    assert (tmp_path / "link.json").is_symlink()
    assert '"findings"' in (tmp_path / "real.json").read_text()
