"""No credentials, expired ones, no network, no permission, throttling: exit code and advice are right."""

import json
import socket
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli, Server
from tests.laws.runner import Runner
from tests.warm import HASTY

SPEC = "specs/ecr.yaml"


def test_no_credentials(cli: Cli) -> None:
    for command in ("plan", "apply"):
        ran = cli(command, SPEC, code=1, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        assert "no usable AWS credentials" in ran.err
        assert "--profile" in ran.err


def test_unknown_profile(cli: Cli) -> None:
    assert "could not be found" in cli("plan", SPEC, "--profile", "nope", code=1).err


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
def test_credentials_that_aws_refuses(code: str, cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="GetCallerIdentity", code=code, status=403)
    ran = cli("plan", SPEC, code=1)
    assert code in ran.err
    assert "log in again" in ran.err or "check the profile" in ran.err


def test_credentials_that_expire_while_reading(cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="GetRole", code="ExpiredToken", status=403)
    assert "have expired" in cli("drift", SPEC, code=1).err


def test_no_network(cli: Cli) -> None:
    # A port that is taken, and where nobody listens.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ran = cli("plan", SPEC, code=1, AWS_ENDPOINT_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert "no answer from AWS" in ran.err
    assert "check the network" in ran.err


def test_an_endpoint_that_is_no_url(cli: Cli) -> None:
    assert "error:" in cli("plan", SPEC, "--endpoint-url", "nonsense", code=1).err


@pytest.mark.parametrize(
    "operation",
    [
        "GetPolicy",
        "GetPolicyVersion",
        "GetRole",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
        "GetInstanceProfile",
    ],
)
def test_one_permission_missing_is_named_and_never_in_sync(operation: str, cli: Cli, sandbox: Server) -> None:
    assert Runner(sandbox, cli.home, (ROOT / SPEC).read_text()).apply() == "done"
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    planned = cli("plan", SPEC, code=1)
    assert f"iam:{operation}" in planned.out
    assert f"iam:{operation}" in cli("verify", SPEC, code=3).out


def test_a_proven_difference_outweighs_what_could_not_be_read(cli: Cli, sandbox: Server) -> None:
    cli("apply", SPEC, "--yes")
    sandbox.iam().tag_role(RoleName="CustomRWECRRole", Tags=[{"Key": "stray", "Value": "1"}])
    sandbox.control("fail", operation="GetInstanceProfile", code="AccessDenied", status=403)
    assert "iam:GetInstanceProfile" in cli("drift", SPEC, code=2).out


def test_a_write_that_is_denied_stops_what_depends_on_it_and_nothing_else(cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="CreateInstanceProfile", code="AccessDenied", status=403)
    ran = cli("apply", SPEC, "--yes", code=1)
    assert "failed: CreateInstanceProfile" in ran.out
    assert "allow iam:CreateInstanceProfile" in ran.out
    assert "not tried: AddRoleToInstanceProfile" in ran.out
    assert "5 of 7 calls" in ran.out
    sandbox.control("reset")


@pytest.mark.parametrize(("code", "status"), [("Throttling", 400)])
def test_passing_trouble_is_sat_out(code: str, status: int, cli: Cli, sandbox: Server) -> None:
    for operation in (
        "GetCallerIdentity",
        "GetRole",
        "CreatePolicy",
        "CreateRole",
        "AttachRolePolicy",
        "AddRoleToInstanceProfile",
    ):
        if code != "ConcurrentModification" or not operation.startswith("Get"):
            sandbox.control("fail", operation=operation, code=code, status=status, times=2)
    cli("apply", SPEC, "--yes", env=HASTY)
    assert cli("plan", SPEC, "--format", "json").json["calls"] == []


@pytest.mark.parametrize(
    "operation",
    ["CreatePolicy", "CreateRole", "AttachRolePolicy", "CreateInstanceProfile", "AddRoleToInstanceProfile"],
)
def test_a_write_whose_answer_is_lost_is_settled(operation: str, cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation=operation, code="ServiceFailure", status=500, times=1, lost=True)
    cli("apply", SPEC, "--yes", env=HASTY)
    assert cli("plan", SPEC, "--format", "json").json["calls"] == []


def test_a_new_version_whose_answer_is_lost_leaves_no_second_one(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    spec = tmp_path / "spec.yaml"
    text = (
        "version: 1\nname: t/v\npolicies:\n  P: {document: {Statement: {Effect: Allow, Action: 's3:%s',"
        " Resource: '*'}}}\n"
    )
    spec.write_text(text % "GetObject")
    cli("apply", spec, "--yes")
    spec.write_text(text % "PutObject")
    sandbox.control(
        "fail", operation="CreatePolicyVersion", code="ServiceFailure", status=500, times=1, lost=True
    )
    cli("apply", spec, "--yes")
    assert (
        len(sandbox.iam().list_policy_versions(PolicyArn="arn:aws:iam::123456789012:policy/P")["Versions"])
        == 2
    )


def test_a_role_made_by_somebody_else_meanwhile_is_not_taken_for_ours(cli: Cli, sandbox: Server) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    sandbox.control("fail", operation="GetRole", code="NoSuchEntity", status=404, times=1)
    sandbox.iam().create_role(RoleName="CustomRWECRRole", AssumeRolePolicyDocument=json.dumps(trust))
    sandbox.control("fail", operation="ListRoles", code="NoSuchEntity", status=404, times=1)
    ran = cli("apply", SPEC, "--yes", code=1)
    assert "EntityAlreadyExists" in ran.out
    assert sandbox.iam().list_attached_role_policies(RoleName="CustomRWECRRole")["AttachedPolicies"] == []


def test_eventual_consistency_of_a_principal_is_waited_for(cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="AddRoleToInstanceProfile", code="NoSuchEntity", status=404, times=2)
    sandbox.control("fail", operation="AttachRolePolicy", code="NoSuchEntity", status=404, times=3)
    cli("apply", SPEC, "--yes", env=HASTY)
    assert cli("plan", SPEC, "--format", "json").json["calls"] == []


def test_another_account_than_the_spec_is_for(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        (ROOT / SPEC).read_text().replace("name: platform/ecr", "name: platform/ecr\naccount: 999988887777")
    )
    assert "is for account 999988887777" in cli("plan", spec, code=1).err
    assert sandbox.writes() == []


def test_nobody_to_ask_means_no_write(cli: Cli, sandbox: Server) -> None:
    assert "--yes" in cli("apply", SPEC, code=1).err
    assert sandbox.writes() == []


def test_nothing_secret_and_no_escape_code_is_shown_or_kept(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    token = "session-token-that-must-never-be-shown"
    sandbox.iam().create_policy(
        PolicyName="ReadECRRepositoryContent",
        Description="\x9b31mred\x85\u202e",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
        ),
    )
    sandbox.control(
        "fail",
        operation="CreateRole",
        code="AccessDenied",
        status=403,
        message="key AKIATESTTESTTESTTEST &#155;31m is denied",
        times=1,
    )
    outputs = []
    for args in (
        ["plan", SPEC, "-v"],
        ["apply", SPEC, "--yes", "--adopt", "-v", "--journal", str(journal)],
        ["plan", SPEC, "--format", "markdown"],
    ):
        ran = cli(*args, code=None, AWS_SESSION_TOKEN=token)
        outputs.append(ran.out + ran.err)
    text = "".join(outputs) + journal.read_text()
    assert "ReadECRRepositoryContent" in text
    for secret in (
        "test-secret-that-must-never-be-shown",
        "AKIATESTTESTTESTTEST",
        token,
        "\x1b",
        "\x85",
        "\x9b",
        "\u202e",
    ):
        assert secret not in text
    assert journal.stat().st_mode & 0o777 == 0o600
