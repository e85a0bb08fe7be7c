"""`rollback JOURNAL`: what an apply removed or changed is as it was.

What others did since is left, or asked about.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.rollback import journal as journals
from reconciler.core.errors import PlanError
from tests.conftest import Cli, Server
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.test_survival import FIRST, ROLLBACKS, THEN
from tests.test_fuzz import JOURNAL

READS = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"*"}}'
ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
ROLE = "version: 1\nname: a/b\nroles: {R: {trust: [{service: ec2}], attach: ['aws:ReadOnlyAccess']}}\n"
EC2 = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'


def applied(cli: Cli, folder: Path, *specs: str, adopt: bool = False) -> Path:
    """Each spec applied after the other; the journal of the last."""
    path = folder / "s.yaml"
    for number, text in enumerate(specs, start=1):
        path.write_text(text)
        journal = folder / f"{number}.jsonl"
        cli("apply", path, "--yes", "--journal", journal, *(["--adopt"] if adopt else []))
    return journal


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """Without the number of versions: what was rolled back is kept beside."""
    return {**state, "policies": {arn: (*v[:2], v[3]) for arn, v in state["policies"].items()}}


def with_settings(**changed: Any) -> dict[str, Any]:
    """The first change of a journal, with other settings."""
    change: dict[str, Any] = json.loads(JOURNAL.splitlines()[0])["changes"][0]
    change["before"]["settings"] |= changed
    return change


def test_every_setting_is_as_it_was_and_the_rollback_can_be_rolled_back(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    applied(cli, tmp_path, FIRST)
    before = comparable(state_of(sandbox))
    journal = applied(cli, tmp_path, FIRST, THEN)
    after = comparable(state_of(sandbox))
    planned = cli("rollback", journal, "--dry-run", "--format", "json").json
    since = len(sandbox.writes())
    own = tmp_path / "own.jsonl"
    ran = cli("rollback", journal, "--yes", "--journal", own)
    sent = [
        (entry["operation"], json.dumps(entry["params"], sort_keys=True))
        for entry in sandbox.writes()[since:]
    ]
    assert sorted(sent) == sorted(
        (c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"]
    )
    assert "23 of 23 calls are known to be done" in ran.err
    assert "rollback of a/rich" in ran.out
    assert comparable(state_of(sandbox)) == before
    assert "nothing to restore" in cli("rollback", journal, "--yes").out
    # To the spec it is as if it had not been applied yet.
    assert "pending" in cli("plan", tmp_path / "s.yaml").out
    cli("rollback", own, "--yes")
    assert comparable(state_of(sandbox)) == after
    assert "nothing to change" in cli("plan", tmp_path / "s.yaml").out


def test_only_what_that_apply_changed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = applied(cli, tmp_path, FIRST, THEN)
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="A", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_role_policy(RoleName="B", PolicyName="later", PolicyDocument=READS)
    iam.tag_role(RoleName="A", Tags=[{"Key": "later", "Value": "x"}])
    iam.update_role(RoleName="B", MaxSessionDuration=7200)
    cli("rollback", journal, "--yes")
    state = state_of(sandbox)["roles"]
    assert "arn:aws:iam::aws:policy/ReadOnlyAccess" in state["A"][1]
    assert "arn:aws:iam::123456789012:policy/P" in state["A"][1]
    assert set(state["B"][2]) == {"x", "later"}
    assert (state["A"][3]["later"], state["A"][3]["team"]) == ("x", "x")
    assert state["B"][0]["MaxSessionDuration"] == 7200


def test_what_others_changed_since_is_not_overwritten_unasked(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    journal = applied(cli, tmp_path, FIRST, THEN)
    arn = "arn:aws:iam::123456789012:policy/P"
    sandbox.iam().create_policy_version(PolicyArn=arn, PolicyDocument=READS, SetAsDefault=True)
    sandbox.iam().tag_role(RoleName="A", Tags=[{"Key": "team", "Value": "z"}])
    since = len(sandbox.writes())
    ran = cli("rollback", journal, "--yes", code=1)
    assert (
        "policy.P: document was changed since that apply, and would be overwritten (consent with --force)"
        in ran.out
    )
    assert "role.A: tags team was changed since that apply" in ran.out
    assert len(sandbox.writes()) == since
    cli("rollback", journal, "--yes", "--only", "role.C")
    cli("rollback", journal, "--yes", "--force")
    assert "GetObject" in json.dumps(state_of(sandbox)["policies"][arn][1])


def test_guards_ask_for_consent_as_for_an_apply(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    applied(cli, tmp_path, ROLE)
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    journal = applied(cli, tmp_path, ROLE)
    assert "--allow admin" in cli("rollback", journal, "--yes", code=1).err
    assert "there is nobody to ask" in cli("rollback", journal, "--allow", "admin", code=1).err
    cli("rollback", journal, "--yes", "--allow", "admin")
    assert "arn:aws:iam::aws:policy/AdministratorAccess" in state_of(sandbox)["roles"]["R"][1]


def test_what_was_adopted_is_given_back(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_role(
        RoleName="R", AssumeRolePolicyDocument=EC2, Description="by hand", Tags=[{"Key": "a", "Value": "b"}]
    )
    before = state_of(sandbox)
    journal = applied(cli, tmp_path, ROLE, adopt=True)
    assert state_of(sandbox) != before
    cli("rollback", journal, "--yes")
    assert state_of(sandbox) == before
    # … and what another spec has taken over meanwhile is its own.
    cli("apply", tmp_path / "s.yaml", "--yes", "--adopt")
    other = tmp_path / "other.yaml"
    other.write_text(ROLE.replace("a/b", "c/d"))
    cli("apply", other, "--yes", "--take-over")
    assert (
        "is owned by the spec c/d (consent with --take-over)" in cli("rollback", journal, "--yes", code=1).out
    )


def test_a_profile_that_held_no_role(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = ROLE.replace("attach", "instance_profile: true, attach")
    applied(cli, tmp_path, spec)
    sandbox.iam().remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    before = state_of(sandbox)
    journal = applied(cli, tmp_path, spec)
    assert state_of(sandbox) != before
    cli("rollback", journal, "--yes")
    assert state_of(sandbox)["profiles"]["R"][1] == []


def test_what_was_created_stays_and_what_is_gone_is_said(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = applied(cli, tmp_path, ROLE)
    assert "was created by that apply, and stays" in cli("rollback", journal, "--yes").out
    journal = applied(cli, tmp_path, ROLE, ROLE.replace("attach", "description: d, attach"))
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    sandbox.iam().delete_role(RoleName="R")
    ran = cli("rollback", journal, "--yes")
    assert ("is not there any more" in ran.out, "nothing to restore" in ran.out) == (True, True)


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


LIMIT = """version: 1
name: a/b
policies: {P: {allow: [{%s}]}, Q: {allow: [{service: lambda, actions: [CreateFunction, InvokeFunction], resources: "*"}]}}
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
        gone = [name for op, name in sent if op.startswith(("Detach", "Delete"))]
        assert {*gone[:2]} == {"Allow", "b"}, sent
        own = tmp_path / "own.jsonl"
        cli("rollback", journal, "--yes", "--journal", own)
        new = [
            e["params"].get("PolicyArn", e["params"].get("PolicyName"))
            for e in sandbox.writes()
            if e["operation"].startswith(("Attach", "PutRole"))
        ][-5:]
        assert {name.rpartition("/")[2] for name in new[-2:]} == {"Allow", "b"}, new
        cli("rollback", own, "--yes")


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


def test_tag_keys_of_roles_in_another_case(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    journal = applied(
        cli,
        tmp_path,
        *(ROLE.replace("attach", f"tags: {{{tags}}}, attach") for tags in ("Team: x", "env: x")),
    )
    sandbox.iam().tag_role(RoleName="R", Tags=[{"Key": "TEAM", "Value": "q"}])
    assert "tags Team was changed since" in cli("rollback", journal, "--yes", code=1).out
    cli("rollback", journal, "--yes", "--force")
    assert state_of(sandbox)["roles"]["R"][3]["Team"] == "x"


def test_a_principal_that_was_deleted_can_not_be_put_back(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_role(RoleName="Gone", AssumeRolePolicyDocument=EC2)
    trusts = ROLE.replace(
        "[{service: ec2}]", "[{service: ec2}, {role: 'arn:aws:iam::123456789012:role/Gone'}]"
    )
    applied(cli, tmp_path, trusts)
    sandbox.iam().delete_role(RoleName="Gone")
    journal = applied(cli, tmp_path, ROLE.replace("attach", "description: d, attach"))
    since = len(sandbox.writes())
    ran = cli("rollback", journal, "--yes", code=1)
    assert "the id of a role or user that was deleted" in ran.out
    assert len(sandbox.writes()) == since


def test_a_freeze_beside_the_specs_holds_for_their_journal(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    journal = applied(cli, folder, ROLE, ROLE.replace("attach", "description: d, attach"))
    moved = journal.rename(tmp_path / "moved.jsonl")
    (folder / ".reconcile-freeze").write_text("until Monday")
    assert "applies are frozen: until Monday" in cli("rollback", moved, "--yes", code=1).err
    cli("rollback", moved, "--dry-run")


def test_metadata_comes_back_from_the_journal_and_settings_that_were_not_there_go_again(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    write_metadata(tmp_path)
    first = "version: 1\nname: a/b\naccount: 123456789012\nsaml_providers:\n  Okta: {metadata_file: a.xml}\n"
    settings = "account_settings: {alias: acme-one, password_policy: {minimum_password_length: 9}}\n"
    applied(cli, tmp_path, first)
    before = comparable(state_of(sandbox))
    journal = applied(cli, tmp_path, first, first.replace("a.xml", "b.xml") + settings)
    assert before["aliases"] == []
    assert comparable(state_of(sandbox))["aliases"] == ["acme-one"]
    for operation in ROLLBACKS:
        sandbox.control("fail", operation=operation, times=1, cut="reset", lost=True)
    shown = cli("rollback", journal, "--yes").out
    assert comparable(state_of(sandbox)) == before
    assert "+ sha256" in shown
    assert "xxxx" not in shown
    assert {w["operation"] for w in sandbox.writes()} > ROLLBACKS


def test_a_provider_with_a_path_and_a_group_are_rolled_back(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    sandbox.iam().create_user(UserName="mara")
    first = (
        "version: 1\nname: a/b\noidc_providers:\n  oidc.example/id/ABC: {audiences: [a]}\ngroups:\n  G:"
        " {members: []}\n"
    )
    applied(cli, tmp_path, first)
    before = comparable(state_of(sandbox))
    journal = applied(
        cli, tmp_path, first, first.replace("[a]", "[b]").replace("members: []", "members: [mara], path: /p/")
    )
    assert comparable(state_of(sandbox)) != before
    cli("rollback", journal, "--yes")
    assert comparable(state_of(sandbox)) == before
