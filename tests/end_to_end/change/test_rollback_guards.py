"""The guards of an apply hold for a rollback as well."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.journals import ROLE, applied
from tests.end_to_end.state import state_of


def test_guards_ask_for_consent_as_for_an_apply(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    applied(cli, tmp_path, ROLE)
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    journal = applied(cli, tmp_path, ROLE)
    assert "--allow admin" in cli("rollback", journal, "--yes", code=1).err
    assert "nobody can be asked" in cli("rollback", journal, "--allow", "admin", code=1).err
    cli("rollback", journal, "--yes", "--allow", "admin")
    assert "arn:aws:iam::aws:policy/AdministratorAccess" in state_of(sandbox)["roles"]["R"][1]


LIMIT = """version: 1
name: a/b
policies: {P: {allow: [{%s}]}, Q: {allow: [{service: lambda, actions: [CreateFunction, InvokeFunction],\
 resources: "*"}]}}
roles:
  R: {trust: [{service: ec2}], boundary: P, description: %s}
  S: {trust: [{service: ec2}], attach: [P, Q]}
"""
EVERYTHING, ONE = 'actions: "*", resources: "*"', "service: s3, read: GetObject, resources: 'b/*'"
PASSES = 'service: iam, actions: PassRole, resources: "*"'


@pytest.mark.parametrize(("wide", "consent"), [(EVERYTHING, "admin"), (PASSES, "escalation")])
def test_roles_that_hold_what_is_restored_are_judged_too(
    wide: str, consent: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """S does not change, and gets back what P said; that P is R's boundary as well makes it no mere limit."""
    path, journal = tmp_path / "s.yaml", tmp_path / "journal"
    path.write_text(LIMIT % (wide, "one"))
    cli("apply", path, "--yes", "--allow", "admin,escalation,lockout")
    path.write_text(LIMIT % (ONE, "two"))
    cli("apply", path, "--yes", "--journal", journal)
    since = len(sandbox.writes())
    ran = cli("rollback", journal, "--yes", code=1)
    assert "role.S: can give itself everything" in ran.out if consent == "escalation" else "role.S" in ran.out
    assert f"--allow {consent}" in ran.err
    assert len(sandbox.writes()) == since
    sandbox.control("fail", operation="ListEntitiesForPolicy", code="AccessDenied", status=403)
    assert (
        "who holds it could not be read" in cli("rollback", journal, "--yes", "--allow", consent, code=1).out
    )
    sandbox.control("calm")
    cli("rollback", journal, "--yes", "--allow", consent)


DENIED = """version: 1
name: a/b
policies:
  Allow: {allow: [{service: s3, read: GetObject, resources: 'b/*'}]}
  Deny: {deny: [{service: s3, actions: "*"}]}
  ZDeny: {deny: [{service: sqs, actions: "*"}]}
roles: {R: {trust: [{service: ec2}], description: d%s}}
"""
HELD = (
    ", attach: [Allow, Deny, ZDeny], inline: {a: {deny: [{service: sns, actions: '*'}]}, b: {allow:"
    " [{service: sns, read: GetTopicAttributes, resources: x}]}}"
)


def test_denies_come_before_and_go_after_what_they_limit(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = applied(cli, tmp_path, DENIED % HELD, DENIED % "")
    for _ in ("applied", "rolled back"):
        sent = [
            (e["operation"], e["params"].get("PolicyArn") or e["params"].get("PolicyName"))
            for e in sandbox.writes()[-6:]
        ]
        sent = [(op, name.rpartition("/")[2]) for op, name in sent if name]
        deleted = [name for op, name in sent if op.startswith(("Detach", "Delete"))]
        assert {*deleted[:2]} == {"Allow", "b"}, sent
        own = tmp_path / "own.jsonl"
        cli("rollback", journal, "--yes", "--journal", own)
        new = [
            e["params"].get("PolicyArn", e["params"].get("PolicyName"))
            for e in sandbox.writes()
            if e["operation"].startswith(("Attach", "PutRole"))
        ][-5:]
        assert {name.rpartition("/")[2] for name in new[-2:]} == {"Allow", "b"}, new
        cli("rollback", own, "--yes")


def test_a_freeze_beside_the_specs_holds_for_their_journal(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    journal = applied(cli, folder, ROLE, ROLE.replace("attach", "description: d, attach"))
    moved = journal.rename(tmp_path / "moved.jsonl")
    (folder / ".reconcile-freeze").write_text("until Monday")
    assert "applies are frozen: until Monday" in cli("rollback", moved, "--yes", code=1).err
    cli("rollback", moved, "--dry-run")
