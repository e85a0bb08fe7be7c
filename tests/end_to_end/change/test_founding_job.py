"""The founding job with the installed command, over HTTP, on the strict sandbox and on plain moto."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT, ROOT, Cli, Server, parsed
from tests.laws.runner import Runner

SPEC = "specs/ecr.yaml"
READ = f"arn:aws:iam::{ACCOUNT}:policy/ReadECRRepositoryContent"
WRITE = f"arn:aws:iam::{ACCOUNT}:policy/WriteECRRepositoryContent"
ROLE = "CustomRWECRRole"


@pytest.fixture(params=["strict", "plain"])
def served(request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue("sandbox" if request.param == "strict" else "plain")
    return server


@pytest.fixture
def run(served: Server, tmp_path: Any) -> Cli:
    return Cli(served, tmp_path)


def check_writes_are_the_plan(planned: Any, writes: list[dict[str, Any]]) -> None:
    """The server received each planned call once, with its parameters, and none before one that it needs."""
    wanted = [(c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"]]
    received = [(w["operation"], json.dumps(w["params"], sort_keys=True)) for w in writes]
    assert sorted(received) == sorted(wanted)
    place = {call: index for index, call in enumerate(received)}
    for call, key in zip(planned["calls"], wanted, strict=True):
        assert all(place[wanted[before - 1]] < place[key] for before in call["needs"])


def test_apply_makes_exactly_the_walkthroughs_state(run: Cli, served: Server) -> None:
    planned = run("plan", SPEC, "--format", "json").json
    assert served.writes() == []
    run("apply", SPEC, "--yes")
    writes = served.writes()
    check_writes_are_the_plan(planned, writes)
    assert sorted(w["operation"] for w in writes) == [
        "AddRoleToInstanceProfile",
        "AttachRolePolicy",
        "AttachRolePolicy",
        "CreateInstanceProfile",
        "CreatePolicy",
        "CreatePolicy",
        "CreateRole",
    ]
    iam = served.iam()
    role = iam.get_role(RoleName=ROLE)["Role"]
    assert role["Description"] == "Role cho phép doc và ghi ECR"
    assert parsed(role["AssumeRolePolicyDocument"])["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert {p["PolicyArn"] for p in attached} == {READ, WRITE}
    profile = iam.get_instance_profile(InstanceProfileName=ROLE)["InstanceProfile"]
    assert [r["RoleName"] for r in profile["Roles"]] == [ROLE]
    policy = iam.get_policy(PolicyArn=READ)["Policy"]
    assert policy["Description"] == "Cho phép kéo images và xem thông tin repository"
    document = iam.get_policy_version(PolicyArn=READ, VersionId=policy["DefaultVersionId"])["PolicyVersion"][
        "Document"
    ]
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "ecr:BatchGetImage",
                    "ecr:DescribeImages",
                    "ecr:DescribeRepositories",
                    "ecr:ListImages",
                ],
                "Resource": f"arn:aws:ecr:*:{ACCOUNT}:repository/*",
            },
            {
                "Effect": "Allow",
                "Action": ["ecr:GetAccountSetting", "ecr:GetAuthorizationToken"],
                "Resource": "*",
            },
        ],
    }


def test_a_second_plan_is_empty_and_a_second_apply_writes_nothing(run: Cli, served: Server) -> None:
    run("apply", SPEC, "--yes")
    before = len(served.log())
    planned = run("plan", SPEC, "--format", "json", "--detailed-exitcode").json
    assert planned["calls"] == []
    assert [c["address"] for c in planned["changes"] if c["differs"]] == []
    assert len(served.log()) - before <= 9
    writes = len(served.writes())
    assert "nothing to change" in run("apply", SPEC, "--yes").out
    assert len(served.writes()) == writes
    assert "4 of 4" in run("verify", SPEC).out
    assert "result: in sync" in run("drift", SPEC).out


def _foreign_version(iam: IAMClient) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam.create_policy_version(PolicyArn=READ, PolicyDocument=json.dumps(document), SetAsDefault=True)


def _trust(iam: IAMClient) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(document))


def _policy_deleted(iam: IAMClient) -> None:
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=READ)
    iam.delete_policy(PolicyArn=READ)


def _inline(iam: IAMClient) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=ROLE, PolicyName="Sneaked", PolicyDocument=json.dumps(document))


TAMPERINGS: dict[str, tuple[Callable[[Any], Any], set[tuple[str, str]], list[str]]] = {
    "policy detached": (
        lambda iam: iam.detach_role_policy(RoleName=ROLE, PolicyArn=READ),
        {("role", "attached")},
        ["AttachRolePolicy"],
    ),
    "foreign policy attached": (
        lambda iam: iam.attach_role_policy(
            RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        ),
        {("role", "attached")},
        ["DetachRolePolicy"],
    ),
    "foreign default version": (_foreign_version, {("policy", "document")}, ["SetDefaultPolicyVersion"]),
    "trust changed": (_trust, {("role", "trust")}, ["UpdateAssumeRolePolicy"]),
    "policy deleted": (
        _policy_deleted,
        {("policy", "create"), ("role", "attached")},
        ["CreatePolicy", "AttachRolePolicy"],
    ),
    "stray tag on the role": (
        lambda iam: iam.tag_role(RoleName=ROLE, Tags=[{"Key": "stray", "Value": "1"}]),
        {("role", "tags")},
        ["UntagRole"],
    ),
    "role description changed": (
        lambda iam: iam.update_role(RoleName=ROLE, Description="other", MaxSessionDuration=3600),
        {("role", "description")},
        ["UpdateRole"],
    ),
    "inline policy added": (_inline, {("role", "inline")}, ["DeleteRolePolicy"]),
    "role taken out of the profile": (
        lambda iam: iam.remove_role_from_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE),
        {("instance-profile", "roles")},
        ["AddRoleToInstanceProfile"],
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_behind_its_back_is_seen_and_repaired(name: str, cli: Cli, sandbox: Server) -> None:
    tamper, differences, operations = TAMPERINGS[name]
    # Set up and looked at in this process, which is quicker; what is tested runs as the installed command.
    runner = Runner(sandbox, cli.home, (ROOT / SPEC).read_text())
    assert runner.apply() == "done"
    tamper(sandbox.iam())
    already = len(sandbox.writes())
    planned = cli("plan", SPEC, "--format", "json", "--detailed-exitcode", code=2).json
    planned_differences = {
        (change["address"].partition(".")[0], "create" if change["action"] == "create" else field["field"])
        for change in planned["changes"]
        if change["differs"]
        for field in change["fields"]
    }
    assert planned_differences == differences
    assert [c["operation"] for c in planned["calls"]] == operations
    assert all(c["origin"] in ("drift", "new") for c in planned["changes"] if c["differs"])
    cli("apply", SPEC, "--yes")
    check_writes_are_the_plan(planned, sandbox.writes()[already:])
    assert runner.plan()["calls"] == []


def test_verify_is_a_checklist(run: Cli, served: Server) -> None:
    run("apply", SPEC, "--yes")
    iam = served.iam()
    TAMPERINGS["policy detached"][0](iam)
    TAMPERINGS["role taken out of the profile"][0](iam)
    lines = run("verify", SPEC, code=2).out.splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [
        ["ok", "policy.ReadECRRepositoryContent"],
        ["ok", "policy.WriteECRRepositoryContent"],
        ["FAIL", "role.CustomRWECRRole"],
        ["FAIL", "instance-profile.CustomRWECRRole"],
        ["2", "of"],
    ]
    assert "holds no role" in lines[5]
