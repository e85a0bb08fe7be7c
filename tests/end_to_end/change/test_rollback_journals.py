"""`rollback` of journals that were cut short, hold several applies, or are no journals."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.rollback import journal as journals
from reconciler.core.errors import PlanError
from tests.conftest import Cli, Server
from tests.end_to_end.change.journals import JOURNAL, ROLE, applied, comparable, with_settings
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.stages import FIRST, THEN


def test_an_apply_that_was_cut_short(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    applied(cli, tmp_path, FIRST)
    before = comparable(state_of(sandbox))
    (tmp_path / "s.yaml").write_text(THEN)
    journal = tmp_path / "cut.jsonl"
    sandbox.control("fail", operation="TagRole", code="AccessDenied", status=403)
    cli("apply", tmp_path / "s.yaml", "--yes", "--journal", journal, code=1)
    sandbox.control("calm")
    # The process died while it wrote its last line.
    with journal.open("a") as file:
        file.write('{"time": "2026-')
    cli("rollback", journal, "--yes")
    assert comparable(state_of(sandbox)) == before


def test_of_several_applies_in_one_journal_the_last(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path, journal = tmp_path / "s.yaml", tmp_path / "all.jsonl"
    for text in (FIRST, THEN, THEN.replace("other", "third")):
        path.write_text(text)
        cli("apply", path, "--yes", "--journal", journal)
    cli("rollback", journal, "--yes")
    assert state_of(sandbox)["roles"]["A"][0]["Description"] == "other"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"account": "111122223333"}, "changed by hand"),
        ({"format": 1}, "is a journal of format 1"),
        ({"event": "call"}, "is no journal of an apply"),
        ({"changes": [{"kind": "role"}]}, "changed by hand"),
        ({"changes": 5}, "changed by hand"),
        ({"calls": None}, "changed by hand"),
        ({"calls": True}, "changed by hand"),
        ({"calls": float("inf")}, "that is no line of a journal"),
        ({"specs": ["\ud800"]}, "that is no line of a journal"),
        ({"changes": [with_settings(inline={"x": 5})]}, "changed by hand"),
        (
            {"changes": [with_settings(trust={"Statement": {"Effect": "Allow", "Condition": 5}})]},
            "changed by hand",
        ),
        ({"changes": [{**with_settings(), "name": "Other"}]}, "changed by hand"),
        ({"changes": [{**with_settings(), "kind": "policy"}]}, "changed by hand"),
    ],
)
def test_what_is_no_journal_is_said(changes: dict[str, Any], says: str, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    plan, *rest = JOURNAL.splitlines()
    journal.write_text("\n".join([json.dumps({**json.loads(plan), **changes}), *rest]))
    with pytest.raises(PlanError) as refused:
        journals.read(journal)
    assert says in refused.value.message


def test_escapes_in_a_journal_reach_no_terminal(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    plan, *rest = JOURNAL.splitlines()
    journal.write_text("\n".join([json.dumps({**json.loads(plan), "specs": ["\x1b[31m"]}), *rest]))
    ran = cli("rollback", journal, "--dry-run")
    assert "\x1b" not in ran.err + ran.out
    assert sandbox.writes() == []


def test_where_it_does_not_go(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = applied(cli, tmp_path, ROLE, ROLE.replace("attach", "description: d, attach"))
    assert "can't be read" in cli("rollback", tmp_path / "none", code=1).err
    for device in ("/dev/zero", "/dev/null"):
        assert "it is no file" in cli("rollback", device, code=1).err
    (tmp_path / "text").write_bytes(b"\xff\xfe")
    assert "it is no text" in cli("rollback", tmp_path / "text", code=1).err
    (tmp_path / "text").write_text("{}\nnot json\n{}\n")
    assert "text:2: that is no line of a journal" in cli("rollback", tmp_path / "text", code=1).err
    assert "changed no such resource" in cli("rollback", journal, "--only", "role.Other", code=1).err
    assert "applies are frozen" in cli("rollback", journal, "--yes", code=1, RECONCILE_FREEZE="x").err
    other = tmp_path / "other.jsonl"
    other.write_text(journal.read_text().replace("123456789012", "111122223333"))
    assert (
        "is of account 111122223333, and these are credentials of account 123456789012"
        in cli("rollback", other, code=1).err
    )
    sandbox.control("fail", operation="GetRole", code="AccessDenied", status=403)
    ran = cli("rollback", journal, "--yes", code=1)
    assert ("could not be read" in ran.out, "nothing is changed" in ran.err) == (True, True)


def test_what_that_apply_did_not_get_to_is_no_change_of_it(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    applied(cli, tmp_path, ROLE.replace("attach: ['aws:ReadOnlyAccess']", "description: one"))
    path, journal = tmp_path / "s.yaml", tmp_path / "cut.jsonl"
    path.write_text(ROLE.replace("attach", "description: two, attach"))
    for operation in ("AttachRolePolicy", "UpdateRole"):
        sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    cli("apply", path, "--yes", "--journal", journal, code=1)
    sandbox.control("calm")
    # Somebody else does the same by hand: that is theirs.
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    sandbox.iam().update_role(RoleName="R", Description="two")
    since = len(sandbox.writes())
    ran = cli("rollback", journal, "--yes")
    assert ("nothing to restore" in ran.out, len(sandbox.writes())) == (True, since), (
        ran.out + journal.read_text()
    )


def test_the_next_apply_in_a_journal_that_was_cut_short(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path, journal = tmp_path / "s.yaml", tmp_path / "all.jsonl"
    for text in (FIRST, THEN):
        path.write_text(text)
        cli("apply", path, "--yes", "--journal", journal)
        with journal.open("a") as file:
            file.write('{"time": "2026-')
    cli("rollback", journal, "--yes")
    assert state_of(sandbox)["roles"]["A"][0]["Description"] == "d"
