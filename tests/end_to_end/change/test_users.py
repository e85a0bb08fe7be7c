"""Users from spec to account.

What is done to them behind the spec's back, what they have beside it, who is the caller.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.change.test_permissions import AsRole, policy_of, without
from tests.end_to_end.state import state_of

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POWER = "arn:aws:iam::aws:policy/PowerUserAccess"
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


def findings(cli: Cli, path: Path) -> list[tuple[str, str, str]]:
    found = json.loads(cli("drift", path, "--format", "json", code=None).out)["findings"]
    return sorted((f["address"], f["rule"], f["severity"]) for f in found)


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
    found = json.loads(cli("drift", path, "--unmanaged", "--format", "json", code=2).out)
    assert [(f["address"], f["rule"], f["severity"]) for f in found["findings"]] == [
        ("user.mara", "orphan", "gained")
    ]
    assert found["unmanaged"]["addresses"] == ["user.Loose", "user.mara"]
    asked = [entry["operation"] for entry in sandbox.log()[since:]]
    assert asked.count("GetAccountAuthorizationDetails") == 1


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
    told = ", ".join(f"{key} {'inactive' if key == keys[0] else 'active'}" for key in sorted(keys))
    for line in (
        "has a password",
        f"has 2 access keys: {told}",
        f"has an MFA device: arn:aws:iam::{ACCOUNT}:mfa/phone",
        "has an SSH key: ",
        "has a credential of a service: codecommit.amazonaws.com active",
    ):
        assert line in ran.out
        assert line in shown
    statements = policy_of(cli, path, "drift")
    job = AsRole(cli, sandbox)
    ran = job(statements, "verify", path)
    assert "access keys could not be looked for (needs iam:ListAccessKeys)" in ran.out
    found = json.loads(job(statements, "verify", path, "--format", "json").out)
    assert len(found["credentials"]["user.mara"]) == 6
    assert found["result"] == "in sync"


def test_exactly_what_permissions_prints_is_needed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SPEC)
    job = AsRole(cli, sandbox)
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
    found: list[Any] = cli("plan", path, "--format", "json", **me).json["refusals"]
    assert [r["consent"] for r in found] == (["--allow lockout"] if says else [])
    assert says in str(found)


def test_a_boundary_taken_off_one_who_holds_more_by_a_group(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """Of the specs, or of no spec."""
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(
        "version: 1\nname: a/b\nusers:\n  mara: {boundary: 'aws:AmazonS3FullAccess'}\n  theo: {boundary:"
        " 'aws:AmazonS3FullAccess', groups: [H]}\ngroups:\n  H: {attach: 'aws:AmazonSQSFullAccess'}\n"
    )
    cli("apply", path, "--yes")
    iam.create_group(GroupName="G")
    iam.attach_group_policy(GroupName="G", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
    iam.add_user_to_group(GroupName="G", UserName="mara")
    for user in ("mara", "theo"):
        iam.delete_user_permissions_boundary(UserName=user)
    assert findings(cli, path) == [("user.mara", "boundary", "gained"), ("user.theo", "boundary", "gained")]


GUARD = "Guard: {inline: {no: {deny: [{service: iam, actions: '*', resources: '*'}]}}%s}"
WIDE = "Wide: {attach: ['aws:AmazonS3FullAccess'%s]}"
BOUND = "policies: {B: {allow: [{service: %s, actions: '*', resources: '*'}]}}\n"


def at(groups: str = "", user: str = "", policies: str = "") -> str:
    return (
        f"version: 1\nname: a/b\n{policies}groups: {{Other: {{}}, {groups}}}\nusers: {{mara: {{{user}}}}}\n"
    )


ADMIN_ = "attach: ['aws:AdministratorAccess']"
ORDERS = {
    "a boundary says less before a group is entered": (
        at(WIDE % "", "boundary: B, groups: []", BOUND % "s3"),
        at(WIDE % "", "boundary: B, groups: [Wide]", BOUND % "sqs"),
        "CreatePolicyVersion",
        "AddUserToGroup",
    ),
    "a boundary says less before something is attached": (
        at("", "boundary: B", BOUND % "s3"),
        at("", f"boundary: B, {ADMIN_}", BOUND % "sqs"),
        "CreatePolicyVersion",
        "AttachUserPolicy",
    ),
    "what was granted goes before the group that denied": (
        at(GUARD % "", f"{ADMIN_}, groups: [Guard]"),
        at(GUARD % "", "groups: []"),
        "DetachUserPolicy",
        "RemoveUserFromGroup",
    ),
    "a group that denies is entered before something is granted": (
        at(GUARD % "", "groups: []"),
        at(GUARD % "", f"{ADMIN_}, groups: [Guard]"),
        "AddUserToGroup",
        "AttachUserPolicy",
    ),
    "whoever leaves is out before the group denies less": (
        at(
            "G: {attach: ['aws:AdministratorAccess'], inline: {no: {deny: [{service: iam, actions: '*',"
            " resources: '*'}]}}, members: [mara]}"
        ),
        at("G: {attach: ['aws:AdministratorAccess'], members: []}"),
        "RemoveUserFromGroup",
        "DeleteGroupPolicy",
    ),
    "what the group gave goes before the boundary": (
        at(WIDE % ", 'aws:AdministratorAccess'", "boundary: B, groups: [Wide]", BOUND % "s3"),
        at(WIDE % "", "groups: [Wide]", BOUND % "s3"),
        "DetachGroupPolicy",
        "DeleteUserPermissionsBoundary",
    ),
    "whoever leaves is out before another boundary is on": (
        at(WIDE % "", "boundary: B, groups: [Wide]", BOUND % "sqs"),
        at(WIDE % "", "boundary: 'aws:PowerUserAccess', groups: []", BOUND % "sqs"),
        "RemoveUserFromGroup",
        "PutUserPermissionsBoundary",
    ),
    "of two groups the one that denies comes first": (
        at(f"{GUARD % ''}, {WIDE % ''}", "groups: []"),
        at(f"{GUARD % ''}, {WIDE % ''}", "groups: [Guard, Wide]"),
        "AddUserToGroup",
        "AddUserToGroup",
    ),
    "of two groups the one that denies is left last": (
        at(f"{GUARD % ''}, {WIDE % ''}", "groups: [Guard, Wide]"),
        at(f"{GUARD % ''}, {WIDE % ''}", "groups: []"),
        "RemoveUserFromGroup",
        "RemoveUserFromGroup",
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_user_is_never_more_than_before_and_after(
    name: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """Where the call that limits, or takes, fails, the one that it is to come before is not sent."""
    before, after, fails, waits = ORDERS[name]
    path, consents = tmp_path / "s.yaml", ("--yes", "--allow", "admin,escalation")
    path.write_text(before)
    cli("apply", path, *consents)
    path.write_text(after)
    sandbox.control("fail", operation=fails, code="AccessDenied", status=403)
    since = len(sandbox.writes())
    cli("apply", path, *consents, code=1)
    sent = [write["operation"] for write in sandbox.writes()[since:]]
    assert sent.count(waits) == (1 if waits == fails else 0), sent
    if waits == fails:
        sandbox.control("calm")
        cli("apply", path, *consents)
        assert cli("plan", path, "--format", "json").json["calls"] == []


THROUGH = """version: 1
name: a/b
policies:
  P: {allow: [{service: iam, actions: "*", resources: "*"}]}
"""
NO = "inline: {no: {deny: [{actions: '*', resources: '*'}]}}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "service: iam",
            "service: s3",
            "takes access from group/opsx, in which user/me is, which is who you are now",
        ),
        (
            "policies:",
            f"users: {{me: {{{NO}}}}}\npolicies:",
            "takes access from user/me, which is who you are now",
        ),
        (
            "policies:",
            f"groups: {{jail: {{members: [me], {NO}}}}}\npolicies:",
            "takes access from user/me, which is who you are now",
        ),
        # What denies is not what allows less.
        (
            "policies:",
            f"groups: {{opsx: {{attach: [P], {NO}}}}}\npolicies:",
            "takes access from user/me, which is in the group",
        ),
        (
            "policies:",
            (
                "policies:\n  Held: {deny: [{service: sqs, actions: '*', resources: '*'}, {actions: '*',"
                " resources: '*'}]}"
            ),
            "takes access from user/me, which is who you are now",
        ),
        (
            "policies:",
            (
                "users: {me: {inline: {more: {allow: [{service: sqs, write: SendMessage, resources:"
                " q}]}}}}\npolicies:"
            ),
            "",
        ),
    ],
)
def test_the_callers_access_comes_by_a_group_of_no_spec(
    old: str, new: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    iam, path = sandbox.iam(), tmp_path / "s.yaml"
    path.write_text(THROUGH)
    cli("apply", path, "--yes", "--allow", "admin,escalation")
    iam.create_group(GroupName="opsx")
    iam.attach_group_policy(GroupName="opsx", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P")
    iam.create_user(UserName="me")
    iam.add_user_to_group(GroupName="opsx", UserName="me")
    held = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sqs:*","Resource":"*"}}'
    iam.create_policy(PolicyName="Held", PolicyDocument=held)
    iam.attach_user_policy(UserName="me", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/Held")
    key = iam.create_access_key(UserName="me")["AccessKey"]
    me = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    path.write_text(THROUGH.replace(old, new))
    found: list[Any] = cli("plan", path, "--adopt", "--format", "json").json["refusals"]
    assert found == []
    found = cli("plan", path, "--adopt", "--format", "json", **me).json["refusals"]
    assert [r["consent"] for r in found] == (["--allow lockout"] if says else [])
    assert says in str(found)


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
    said = cli("validate", tmp_path, code=1).err
    assert "u.yaml:4:3" in said
    assert "mara is in G by " in said
    assert "g.yaml:3: and not by " in said
    (tmp_path / "u.yaml").write_text("version: 1\nname: a/u\nusers:\n  mara: {groups: [G]}\n")
    cli("validate", tmp_path)


ENTERING = """version: 1
name: a/b
adopt: true
groups:
  ops: {attach: "aws:AdministratorAccess", members: [new, zed]}
  jail: {inline: {no: {deny: [{service: iam, actions: "*", resources: "*"}]}}}
users:
  new: {inline: {no: {deny: [{service: iam, actions: "*", resources: "*"}]}}, groups: [jail, ops]}
  zed: {boundary: "aws:ReadOnlyAccess"}
"""


@pytest.mark.parametrize(
    ("operation", "stays_out"),
    [
        ("PutUserPermissionsBoundary", ("ops", "zed")),
        ("PutUserPolicy", ("ops", "new")),
        ("PutGroupPolicy", ("jail", "new")),
    ],
)
def test_nobody_comes_into_a_group_before_what_limits_it_is_in_place(
    operation: str, stays_out: tuple[str, str], cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """Whichever end the spec names the membership at."""
    iam = sandbox.iam()
    iam.create_group(GroupName="ops")
    iam.create_user(UserName="zed")
    path = tmp_path / "s.yaml"
    path.write_text(ENTERING)
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403, times=1)
    cli("apply", path, "--yes", "--allow", "admin", code=1)
    group, user = stays_out
    assert user not in [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]]
    cli("apply", path, "--yes", "--allow", "admin")
    assert user in [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]]
    # It leaves before its limit does.
    path.write_text(
        ENTERING.replace("members: [new, zed]", "members: [new]").replace(
            'zed: {boundary: "aws:ReadOnlyAccess"}', "zed: {}"
        )
    )
    sandbox.control("fail", operation="RemoveUserFromGroup", code="AccessDenied", status=403, times=1)
    cli("apply", path, "--yes", "--allow", "admin", code=1)
    assert "PermissionsBoundary" in iam.get_user(UserName="zed")["User"]
    cli("apply", path, "--yes", "--allow", "admin")
