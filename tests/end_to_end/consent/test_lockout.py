"""Nobody takes access from themselves, or from those who sign in by Identity Center, by accident."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.conftest import ACCOUNT, Cli, Server

OTHERS = (
    "version: 1\nname: a/b\npolicies:\n  P:\n    allow: [{service: s3, read: [GetObject, GetObjectTagging],"
    " resources: 'b/*'}]\n"
)
OWN = OTHERS + "roles:\n  Deployer: {path: /ci/, trust: [{account: this}], attach: [P]}\n"
TRUST = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},'
    '"Action":"sts:AssumeRole"}}'
)
P = f"arn:aws:iam::{ACCOUNT}:policy/P"


def session(server: Server, path: str = "/") -> dict[str, str]:
    """The environment of someone who assumed the role Deployer."""
    sts = boto3.client("sts", endpoint_url=server.url)
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role{path}Deployer", RoleSessionName="ci")[
        "Credentials"
    ]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.fixture
def spec(cli: Cli, tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(OWN)
    cli("apply", path, "--yes")
    return path


def refusals(cli: Cli, path: Path, env: Mapping[str, str] | None = None) -> list[Any]:
    refused: list[Any] = cli("plan", path, "--format", "json", env=env).json["refusals"]
    return refused


def test_the_callers_own_role_on_whatever_path(cli: Cli, sandbox: Server, spec: Path) -> None:
    me = session(sandbox, "/ci/")
    spec.write_text(OWN.replace("GetObject, GetObjectTagging", "GetObject"))
    assert refusals(cli, spec) == []
    ran = cli("apply", spec, "--yes", code=1, env=me)
    assert "takes access from role/Deployer, which is who you are now" in ran.out
    assert "--allow lockout" in ran.err
    spec.write_text(
        OWN.replace("attach: [P]", "attach: [P], boundary: P").replace(
            "GetObject, GetObjectTagging", "GetObject"
        )
    )
    assert [r["consent"] for r in refusals(cli, spec, me)] == ["--allow lockout"]
    spec.write_text(OWN.replace(", attach: [P]", ""))
    assert [r["address"] for r in refusals(cli, spec, me)] == ["role.Deployer"]
    cli("apply", spec, "--yes", "--allow", "lockout", env=me)


def test_what_is_only_gained_or_written_otherwise_locks_nobody_out(
    cli: Cli, sandbox: Server, spec: Path
) -> None:
    me = session(sandbox, "/ci/")
    spec.write_text(OWN.replace("GetObjectTagging", "GetObjectTagging, GetObjectAcl"))
    assert refusals(cli, spec, me) == []


def test_a_trust_that_is_narrowed(cli: Cli, sandbox: Server, spec: Path) -> None:
    me = session(sandbox, "/ci/")
    spec.write_text(OWN.replace("{account: this}", "{service: ec2}"))
    assert "narrows who may assume role/Deployer" in refusals(cli, spec, me)[0]["message"]


def test_consent_beside_the_resource(cli: Cli, sandbox: Server, spec: Path) -> None:
    me = session(sandbox, "/ci/")
    spec.write_text(OWN.replace(", attach: [P]", ", acknowledge: [{what: lockout, reason: it moves}]"))
    cli("apply", spec, "--yes", env=me)
    assert sandbox.iam().list_attached_role_policies(RoleName="Deployer")["AttachedPolicies"] == []


def test_a_policy_that_the_caller_holds_and_no_spec_says_so(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(OTHERS)
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="Deployer", PolicyArn=P)
    me = session(sandbox)
    path.write_text(OTHERS.replace("GetObject, GetObjectTagging", "GetObject"))
    assert [r["address"] for r in refusals(cli, path, me)] == ["policy.P"]
    assert refusals(cli, path) == []
    # Where that can't be read, it is a note and no refusal.
    sandbox.control("fail", operation="ListEntitiesForPolicy", code="AccessDenied", status=403)
    ran = cli("plan", path, env=me)
    assert "iam:ListEntitiesForPolicy" in ran.out
    cli("apply", path, "--yes", env=me)


def test_identity_centers_roles(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(OTHERS)
    cli("apply", path, "--yes")
    role = {
        "RoleId": "AROAEXAMPLEEXAMPLE000",
        "RoleName": "AWSReservedSSO_Dev_0123456789abcdef",
        "Path": "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        "AssumeRolePolicyDocument": TRUST,
        "AttachedManagedPolicies": [{"PolicyName": "P", "PolicyArn": P}],
    }
    sandbox.control("seed", RoleDetailList=[role])
    path.write_text(OTHERS.replace("GetObject, GetObjectTagging", "GetObject"))
    assert "through which people sign in" in refusals(cli, path)[0]["message"]
    cli("apply", path, "--yes", code=1)
    cli("apply", path, "--yes", "--allow", "lockout")


def test_a_role_is_judged_when_only_a_policy_that_it_holds_changes(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    text = """version: 1
name: a/b
policies:
  Most: {allow: [{not_actions: 'iam:*', resources: '*'}]}
  Rest: {allow: [{service: iam, read: GetRole, resources: '*'}]}
roles:
  R: {trust: [{service: ec2}], attach: [Most, Rest]}
"""
    path.write_text(text)
    cli("apply", path, "--yes", "--allow", "admin,escalation")
    path.write_text(text.replace("{service: iam, read: GetRole,", "{actions: 'iam:*',"))
    assert ("role.R", "--allow admin") in [(r["address"], r["consent"]) for r in refusals(cli, path)]


GROUP = "version: 1\nname: a/g\ngroups:\n  G: {attach: 'aws:ReadOnlyAccess', members: [me, other]}\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[me, other]", "[other]", "takes user/me out of the group"),
        ("attach: 'aws:ReadOnlyAccess', ", "", "takes access from user/me, which is in the group"),
        ("[me, other]", "[me]", ""),
        ("attach: 'aws:ReadOnlyAccess'", "attach: ['aws:ReadOnlyAccess', 'aws:job-function/Billing']", ""),
    ],
)
def test_a_group_that_the_caller_is_in(
    old: str, new: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    iam = sandbox.iam()
    for name in ("me", "other"):
        iam.create_user(UserName=name)
    key = iam.create_access_key(UserName="me")["AccessKey"]
    me = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    path = tmp_path / "g.yaml"
    path.write_text(GROUP)
    cli("apply", path, "--yes")
    path.write_text(GROUP.replace(old, new))
    assert refusals(cli, path) == []
    refused = refusals(cli, path, me)
    assert [r["consent"] for r in refused] == (["--allow lockout"] if says else [])
    assert says in str(refused)


def test_groups_that_lose_all_their_members_at_once_need_force(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    sandbox.iam().create_user(UserName="mara")
    path = tmp_path / "g.yaml"
    text = "version: 1\nname: a/g\ngroups:\n" + "".join(f"  G{n}: {{members: [mara]}}\n" for n in range(5))
    path.write_text(text)
    cli("apply", path, "--yes")
    path.write_text(text.replace("[mara]", "[]"))
    assert [r["consent"] for r in refusals(cli, path)] == ["--force"]
