"""`rollback JOURNAL`: what an apply deleted or changed is as it was.

What others changed since then stays, or takes consent.
"""

import json
from pathlib import Path

from tests.conftest import Cli, Server
from tests.end_to_end.change.journals import EC2, READS, ROLE, applied, comparable
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.state import state_of
from tests.end_to_end.trouble.stages import FIRST, ROLLBACKS, THEN


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
    assert "is owned by spec c/d (consent with --take-over)" in cli("rollback", journal, "--yes", code=1).out


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
    assert ("no longer exists" in ran.out, "nothing to restore" in ran.out) == (True, True)


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
