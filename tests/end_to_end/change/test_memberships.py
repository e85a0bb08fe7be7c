"""Who comes into a group, and out of it, never has more access than before and after."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.change.user_drift import findings


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
    refusals: list[Any] = cli("plan", path, "--adopt", "--format", "json").json["refusals"]
    assert refusals == []
    refusals = cli("plan", path, "--adopt", "--format", "json", env=me).json["refusals"]
    assert [r["consent"] for r in refusals] == (["--allow lockout"] if says else [])
    assert says in str(refusals)


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
    assert user not in [member["UserName"] for member in iam.get_group(GroupName=group)["Users"]]
    cli("apply", path, "--yes", "--allow", "admin")
    assert user in [member["UserName"] for member in iam.get_group(GroupName=group)["Users"]]
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
