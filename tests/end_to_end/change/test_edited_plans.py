"""Saved plans that were edited, or whose resources others took: nothing is said to be done that is not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.test_saved_plans import SPEC


def test_what_is_ignored_since_was_not_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    role = "version: 1\nname: a/b\nroles: {R: {trust: {service: ec2}}}\n"
    spec.write_text(role)
    cli("apply", spec, "--yes")
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    cli("plan", spec, "--out", saved)
    spec.write_text(role + "ignore: [{at: role.R, facet: attached, match: '*', reason: later}]\n")
    since = len(sandbox.writes())
    assert "so nothing is changed" in cli("apply", saved, code=1).err
    assert len(sandbox.writes()) == since


def test_an_orphan_that_others_took_over_was_not_deleted(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    spec.write_text(
        "version: 1\nname: a/b\nroles: {R: {trust: {service: ec2}}, S: {trust: {service: ec2}}}\n"
    )
    cli("apply", spec, "--yes")
    spec.write_text("version: 1\nname: a/b\n")
    cli("plan", spec, "--prune", "--force", "--out", saved)
    shown = cli("show", saved, "--format", "markdown").out
    assert "i saved with --prune --force" in shown
    sandbox.iam().tag_role(RoleName="R", Tags=[{"Key": "reconciler:spec", "Value": "c/d"}])
    since = len(sandbox.writes())
    ran = cli("apply", saved, code=1)
    assert (
        "what the plan deletes is not deleted, so nothing is changed:\n  role.R exists, owned by spec c/d\n"
        in ran.err
    )
    assert len(sandbox.writes()) == since
    sandbox.iam().delete_role(RoleName="R")
    cli("apply", saved)
    assert "already done" in cli("apply", saved).out


def test_any_name_will_do(cli: Cli, tmp_path: Path) -> None:
    saved = tmp_path / "plan"
    cli("plan", SPEC, "--out", saved)
    cli("apply", saved)
    assert "already done" in cli("apply", saved).out


def test_what_is_shown_is_what_is_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "p.json"
    cli("plan", SPEC, "--out", saved)
    plan = json.loads(saved.read_text())
    field = plan["report"]["plan"]["changes"][0]["fields"][1]
    assert field["field"] == "document"
    field["after"] = '{"Version":"2012-10-17","Statement":[]}'
    text = json.dumps(plan["report"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for digest in (plan["digest"], hashlib.sha256(text.encode()).hexdigest()):
        saved.write_text(json.dumps({**plan, "digest": digest}))
        assert "changed by hand" in cli("apply", saved, code=1).err
    assert sandbox.writes() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"folder": "\0", "from_file": "\0"},
        {"folder": "\ud800"},
        {"paths": ["x" * 300]},
        {"calls": [{"operation": "CreatePolicyVersion", "params": []}]},
        {"calls": [{"operation": "CreatePolicyVersion", "params": {}}]},
        {"report": {"ended": 1e18}},
    ],
)
def test_no_edit_is_a_defect(changed: dict[str, Any], cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "p.json"
    cli("plan", SPEC, "--out", saved)
    saved.write_text(json.dumps({**json.loads(saved.read_text()), **changed}))
    for command in ("apply", "show"):
        assert "internal error" not in cli(command, saved, code=None).err
    assert "folder" in changed or sandbox.writes() == []
