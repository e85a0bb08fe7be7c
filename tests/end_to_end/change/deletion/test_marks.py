"""Two repositories whose specs share a name, and their like: what `--prune` and `destroy` do in each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.deletion.repositories import (
    ELSEWHERE,
    STAYS,
    applied,
    git,
    live,
    repository,
    write,
)


@pytest.fixture
def first(tmp_path: Path, cli: Cli) -> Path:
    """A repository whose spec made the roles A and B."""
    folder = repository(tmp_path / "one", "one")
    write(folder, "A", "B")
    cli("apply", "s.yaml", "--yes", cwd=folder)
    return folder


def test_two_repositories_leave_each_other_alone(
    cli: Cli, sandbox: Server, first: Path, tmp_path: Path
) -> None:
    two = repository(tmp_path / "two", "two")
    write(two, "C")
    cli("apply", "s.yaml", "--yes", cwd=two)
    for command in (("plan", "s.yaml", "--prune"), ("apply", "s.yaml", "--prune", "--yes", "--force")):
        ran = cli(*command, cwd=two, code=1)
        assert ran.out.count(f"! {ELSEWHERE}\n") == 2
        assert "2 refused without --take-over" in ran.out
    assert live(sandbox) == "ABC"
    # Where there is something else to delete, that goes.
    write(two, "D")
    ran = cli("apply", "s.yaml", "--prune", "--yes", cwd=two)
    assert ran.out.count(f"i {STAYS}\n") == 2
    assert live(sandbox) == "ABD"
    # drift says it, and finds nothing.
    drift = cli("drift", "s.yaml", "--format", "json", cwd=two)
    assert drift.json["findings"] == []
    assert drift.json["notes"] == [
        f"role.{name}: owned by spec a/b of another repository or path; it is left alone" for name in "AB"
    ]
    ran = cli("destroy", "s.yaml", "--yes", cwd=two)
    assert ran.out.count(STAYS) == 2
    assert live(sandbox) == "AB"
    assert ELSEWHERE in cli("destroy", "s.yaml", "--yes", cwd=two, code=1).out
    cli("destroy", "s.yaml", "--yes", "--take-over", cwd=two)
    assert live(sandbox) == ""


def test_what_both_describe_is_said_once_and_marked_anew(
    cli: Cli, sandbox: Server, first: Path, tmp_path: Path
) -> None:
    two = repository(tmp_path / "two", "two")
    write(two, "A", "B")
    ran = cli("plan", "s.yaml", cwd=two)
    assert ran.out.count("2 resources owned by spec a/b of another repository or path: role.A, role.B") == 1
    assert "nothing differs · 2 calls: TagRole ×2" in ran.out
    before = applied(sandbox, "A")
    cli("apply", "s.yaml", "--yes", cwd=two)
    assert {key for key in before if applied(sandbox, "A")[key] != before[key]} == {"from"}
    assert "nothing to change" in cli("plan", "s.yaml", cwd=two).out


def test_a_mark_is_eight_digits_and_no_path(cli: Cli, sandbox: Server, first: Path) -> None:
    mark = applied(sandbox, "A")
    assert len(mark["from"]) == 8
    assert set(mark["from"]) <= set("0123456789abcdef")
    assert "with" not in mark


def test_a_file_that_moves_outside_of_a_project(cli: Cli, sandbox: Server, first: Path) -> None:
    (first / "s.yaml").unlink()
    write(first, "A", file="moved.yaml")
    ran = cli("plan", "moved.yaml", "--prune", cwd=first, code=1)
    assert ELSEWHERE in ran.out
    cli("apply", "moved.yaml", "--prune", "--yes", "--take-over", cwd=first)
    assert live(sandbox) == "A"


def test_files_of_a_project_move_and_go_and_no_mark_changes(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    folder = repository(tmp_path / "one", "one")
    (folder / "reconcile.yaml").write_text('version: 1\nspecs: ["specs/**"]\n')
    write(folder, "A", "B", file="specs/s.yaml")
    cli("apply", "--yes", cwd=folder)
    (folder / "specs" / "s.yaml").unlink()
    write(folder, "A", file="specs/deeper/other.yaml")
    (folder / "specs" / "deeper" / "part.yaml").write_text("name: a/b\n")
    ran = cli("plan", cwd=folder)
    assert "nothing to change" in ran.out
    cli("apply", "--prune", "--yes", cwd=folder)
    assert live(sandbox) == "A"


def _clone(first: Path, tmp: Path) -> Path:
    git(tmp, "clone", "-q", first, "clone")
    return tmp / "clone"


def _shallow(first: Path, tmp: Path) -> Path:
    (first / "more").write_text("more")
    git(first, "add", ".")
    git(first, "commit", "-qm", "more")
    git(tmp, "clone", "-q", "--depth", "1", f"file://{first}", "shallow")
    return tmp / "shallow"


def _nowhere(_one: Path, tmp: Path) -> Path:
    (tmp / "nowhere").mkdir()
    return tmp / "nowhere"


def _empty(_one: Path, tmp: Path) -> Path:
    git(tmp, "init", "-q", "empty")
    return tmp / "empty"


@pytest.mark.parametrize(
    ("place", "note"),
    [
        # A fork is a clone: it has the same first commit.
        (_clone, ""),
        (_shallow, "this clone is shallow: fetch all of its history, or write id: in reconcile.yaml"),
        (_nowhere, "no git repository could be read: write id: in reconcile.yaml"),
        (_empty, "the repository has no commit: write id: in reconcile.yaml"),
    ],
)
def test_where_marks_agree_or_are_not_known_prune_deletes(
    place: Callable[[Path, Path], Path], note: str, cli: Cli, sandbox: Server, first: Path, tmp_path: Path
) -> None:
    folder = place(first, tmp_path)
    write(folder, "A")
    ran = cli("apply", "s.yaml", "--prune", "--yes", cwd=folder)
    assert live(sandbox) == "A"
    assert ran.err.count("nothing is marked with where it comes from") == (1 if note else 0)
    assert note in ran.err
    # What is there is kept by those who know no better.
    assert len(applied(sandbox, "A")["from"]) == 8


def test_no_git_makes_no_mark(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    write(tmp_path, "A", "B")
    assert "nothing is marked" in cli("apply", "s.yaml", "--yes", cwd=tmp_path).err
    assert applied(sandbox, "A").keys() & {"from", "with"} == set()
    # Tags without a mark are taken as they are.
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    assert "nothing to change" in cli("plan", "s.yaml", cwd=tmp_path).out
    write(tmp_path, "A")
    cli("apply", "s.yaml", "--prune", "--yes", cwd=tmp_path)
    assert live(sandbox) == "A"
    assert "git" not in cli("plan", "s.yaml", cwd=tmp_path, env={"PATH": "/nowhere"}).err


def test_an_id_stands_for_the_repository(cli: Cli, sandbox: Server, first: Path, tmp_path: Path) -> None:
    def project(folder: Path, id_: str, *roles: str) -> Path:
        write(folder, *roles, file="specs/s.yaml")
        (folder / "reconcile.yaml").write_text(f"version: 1\nid: {id_}\n")
        return folder

    origin, fork = project(tmp_path / "a", "first", "X", "Y"), project(tmp_path / "b", "fork", "Z")
    cli("destroy", "s.yaml", "--yes", cwd=first)
    assert cli("apply", "--yes", cwd=origin).err.count("nothing is marked") == 0
    cli("apply", "--yes", cwd=fork)
    assert ELSEWHERE in cli("plan", "--prune", cwd=fork, code=1).out
    # The same project in another folder.
    cli("apply", "--prune", "--yes", cwd=project(tmp_path / "c", "first", "X"))
    assert live(sandbox) == "XZ"


def test_coverage_makes_orphans_of_what_other_repositories_own(
    cli: Cli, sandbox: Server, first: Path, tmp_path: Path
) -> None:
    two = repository(tmp_path / "two", "two")
    write(two, "C", file="specs/s.yaml")
    (two / "reconcile.yaml").write_text("version: 1\ncoverage: {complete: true}\n")
    cli("apply", "--yes", cwd=two)
    findings = cli("drift", "--format", "json", cwd=two, code=2).json["findings"]
    assert [(f["address"], f["rule"], f["message"]) for f in findings] == [
        (f"role.{name}", "orphan", "owned by spec a/b of another repository or path") for name in "AB"
    ]


def test_a_resource_that_leaves_a_spec(cli: Cli, sandbox: Server, first: Path) -> None:
    write(first, "A")
    ran = cli("plan", "s.yaml", cwd=first)
    assert "i orphans were not looked for (--prune)\n" in ran.out
    assert "nothing to change: live is as the spec says" in ran.out
    # So many that the account is read in any case.
    many = [f"R{number}" for number in range(60)]
    write(first, "A", *many)
    cli("apply", "s.yaml", "--yes", cwd=first)
    ran = cli("plan", "s.yaml", cwd=first)
    assert "i 1 owned resource is no longer described: --prune, or removed: (role.B)\n" in ran.out
    assert cli("plan", "s.yaml", "--format", "json", cwd=first).json["notes"] == [
        "1 owned resource is no longer described: --prune, or removed: (role.B)"
    ]
