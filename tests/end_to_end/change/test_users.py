"""Users from spec to account: drift, sign-in credentials, and the caller that is a user itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.change.user_drift import findings
from tests.end_to_end.limited_user import LimitedUser, policy_of, without
from tests.end_to_end.state import state_of

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
SPEC = """version: 1
name: a/b
groups:
  G: {}
users:
  mara: {attach: "aws:ReadOnlyAccess", boundary: "aws:PowerUserAccess", groups: [G], tags: {team: red}}
"""


@pytest.fixture
def path(cli: Cli, tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(SPEC)
    cli("apply", path, "--yes")
    return path


def test_what_was_done_to_a_user_is_found_and_mended(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    wanted = state_of(sandbox)
    iam.attach_user_policy(UserName="mara", PolicyArn=ADMIN)
    iam.delete_user_permissions_boundary(UserName="mara")
    iam.create_group(GroupName="H")
    iam.add_user_to_group(UserName="mara", GroupName="H")
    iam.update_user(UserName="mara", NewPath="/x/")
    iam.tag_user(UserName="mara", Tags=[{"Key": "Team", "Value": "blue"}])
    iam.put_user_policy(
        UserName="mara",
        PolicyName="own",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
        ),
    )
    assert findings(cli, path) == [
        ("user.mara", "attached", "critical"),
        ("user.mara", "boundary", "critical"),
        ("user.mara", "groups", "gained"),
        ("user.mara", "inline", "gained"),
        ("user.mara", "path", "metadata"),
        ("user.mara", "tags", "metadata"),
    ]
    cli("apply", path, "--yes")
    assert findings(cli, path) == []
    iam.delete_group(GroupName="H")
    assert state_of(sandbox) == wanted


def test_orphans_and_what_is_unmanaged(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_user(UserName="Loose")
    path.write_text("version: 1\nname: a/b\ngroups: {G: {}}\n")
    since = len(sandbox.log())
    report = json.loads(cli("drift", path, "--unmanaged", "--format", "json", code=2).out)
    assert [(f["address"], f["rule"], f["severity"]) for f in report["findings"]] == [
        ("user.mara", "orphan", "gained"),
        ("user.Loose", "unmanaged", "metadata"),
    ]
    assert report["unmanaged"]["addresses"] == ["user.Loose", "user.mara"]
    asked = [entry["operation"] for entry in sandbox.log()[since:]]
    assert asked.count("GetAccountAuthorizationDetails") == 2


def test_verify_tells_what_users_have_and_judges_nothing_by_it(cli: Cli, sandbox: Server, path: Path) -> None:
    assert "has " not in cli("verify", path).out
    iam = sandbox.iam()
    iam.create_login_profile(UserName="mara", Password="Passw0rd-Passw0rd")
    keys = [iam.create_access_key(UserName="mara")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    iam.update_access_key(UserName="mara", AccessKeyId=keys[0], Status="Inactive")
    iam.enable_mfa_device(
        UserName="mara",
        SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/phone",
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )
    iam.upload_ssh_public_key(UserName="mara", SSHPublicKeyBody="ssh-rsa AAAA")
    iam.create_service_specific_credential(UserName="mara", ServiceName="codecommit.amazonaws.com")
    page = path.with_name("check.html")
    ran = cli("verify", path, "--report", f"html={page}")
    shown = page.read_text().replace("<wbr>", "")
    listed_keys = ", ".join(f"{key} {'inactive' if key == keys[0] else 'active'}" for key in sorted(keys))
    for line in (
        "has a password",
        f"has 2 access keys: {listed_keys}",
        f"has an MFA device: arn:aws:iam::{ACCOUNT}:mfa/phone",
        "has an SSH key: ",
        "has a credential of a service: codecommit.amazonaws.com active",
    ):
        assert line in ran.out
        assert line in shown
    statements = policy_of(cli, path, "drift")
    job = LimitedUser(cli, sandbox)
    ran = job(statements, "verify", path)
    assert "access keys could not be looked for (needs iam:ListAccessKeys)" in ran.out
    report = json.loads(job(statements, "verify", path, "--format", "json").out)
    assert len(report["credentials"]["user.mara"]) == 7
    assert report["result"] == "in sync"


def test_exactly_what_permissions_prints_is_needed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SPEC)
    job = LimitedUser(cli, sandbox)
    statements = policy_of(cli, path, "apply")
    job(without(statements, "iam:AddUserToGroup"), "apply", path, "--yes", code=1)
    job(statements, "apply", path, "--yes")
    path.write_text(
        SPEC.replace("groups: [G]", "groups: []").replace('boundary: "aws:PowerUserAccess", ', "")
    )
    job(policy_of(cli, path, "apply"), "apply", path, "--yes")
    assert "iam:AddUserToGroup" not in str(policy_of(cli, path, "plan"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("groups: [G]", "groups: []", "takes user/mara out of the group G, which is who you are now"),
        ('attach: "aws:ReadOnlyAccess", ', "", "takes access from user/mara, which is who you are now"),
        ('boundary: "aws:PowerUserAccess", ', "", ""),
        ("tags: {team: red}", "tags: {team: blue}", ""),
    ],
)
def test_the_caller_is_a_user_of_the_spec(
    old: str, new: str, says: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    key = sandbox.iam().create_access_key(UserName="mara")["AccessKey"]
    me = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    path.write_text(SPEC.replace(old, new))
    assert cli("plan", path, "--format", "json").json["refusals"] == []
    refusals: list[Any] = cli("plan", path, "--format", "json", env=me).json["refusals"]
    assert [r["consent"] for r in refusals] == (["--allow lockout"] if says else [])
    assert says in str(refusals)


BOTH = """version: 1
name: a/b
groups:
  G: {members: [mara]}
  H: {}
users:
  mara: {groups: [G]}
roles:
  R: {trust: [{user: mara}]}
"""


def test_a_rollback_takes_back_memberships_paths_and_boundaries(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path, journal = tmp_path / "s.yaml", tmp_path / "j.jsonl"
    path.write_text(BOTH)
    cli("apply", path, "--yes")
    before = state_of(sandbox)
    path.write_text(
        BOTH.replace("members: [mara]", "members: []").replace(
            "{groups: [G]}", '{groups: [H], path: /p/, boundary: "aws:PowerUserAccess"}'
        )
    )
    cli("apply", path, "--yes", "--journal", journal)
    assert state_of(sandbox)["groups"] != before["groups"]
    cli("rollback", journal, "--yes")
    assert state_of(sandbox) == before
    path.write_text(BOTH)
    assert "nothing to change" in cli("plan", path).out


def test_two_specs_that_disagree_about_a_membership(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("version: 1\nname: a/g\ngroups: {G: {members: [mara]}}\n")
    (tmp_path / "u.yaml").write_text("version: 1\nname: a/u\nusers:\n  mara: {groups: []}\n")
    errors = cli("validate", tmp_path, code=1).err
    assert "u.yaml:4:3" in errors
    assert "mara is in G by " in errors
    assert "g.yaml:3: and not by " in errors
    (tmp_path / "u.yaml").write_text("version: 1\nname: a/u\nusers:\n  mara: {groups: [G]}\n")
    cli("validate", tmp_path)
