"""Each rule of the sandbox: IAM refuses, and moto alone would have taken it. And the log, and the command."""

import json
import subprocess
from typing import Any

import botocore.exceptions
import pytest

from reconciler.sandbox.rules import RULES
from tests.conftest import ACCOUNT, RECONCILE, ROOT, Cli, Server

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def document(size: int = 0, **changed: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changed}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    return text.replace('"*"', '["*","arn:aws:s3:::%s"]' % ("x" * (size - len(text) - 19))) if size else text


def trust_of(principal: Any) -> str:
    return TRUST.replace('{"Service": "ec2.amazonaws.com"}', json.dumps(principal))


P, R = f"arn:aws:iam::{ACCOUNT}:policy/P", {"RoleName": "R", "AssumeRolePolicyDocument": TRUST}
ROLE, POLICY = ("create_role", R), ("create_policy", {"PolicyName": "P", "PolicyDocument": document()})
Step = tuple[str, dict[str, Any]]

# Rule, steps before, the call, IAM's code.
REFUSED: list[tuple[str, list[Step], Step, str]] = [
    ("characters of RoleName", [], ("create_role", {**R, "RoleName": "a b"}), "ValidationError"),
    ("length of RoleName", [], ("create_role", {**R, "RoleName": "x" * 65}), "ValidationError"),
    ("characters of Description", [], ("create_role", {**R, "Description": "đọc"}), "ValidationError"),
    ("characters of Path", [], ("create_role", {**R, "Path": "team"}), "ValidationError"),
    ("policy path is narrower", [], ("create_policy", {"PolicyName": "P", "Path": "/a*/", "PolicyDocument": document()}), "ValidationError"),
    ("session length", [], ("create_role", {**R, "MaxSessionDuration": 50000}), "ValidationError"),

    ("reserved tags", [], ("create_role", {**R, "Tags": [{"Key": "aws:x", "Value": ""}]}), "ValidationError"),
    ("policy names ignore path", [POLICY], ("create_policy", {"PolicyName": "P", "Path": "/x/", "PolicyDocument": document()}), "EntityAlreadyExists"),
    ("policy names ignore case", [POLICY], ("create_policy", {"PolicyName": "p", "PolicyDocument": document()}), "EntityAlreadyExists"),
    ("role names ignore case", [ROLE], ("create_role", {**R, "RoleName": "r"}), "EntityAlreadyExists"),
    ("profile names ignore case", [("create_instance_profile", {"InstanceProfileName": "P"})], ("create_instance_profile", {"InstanceProfileName": "p"}), "EntityAlreadyExists"),
    ("service-linked paths", [], ("create_role", {**R, "Path": "/aws-service-role/x/"}), "InvalidInput"),
    ("principal in an identity policy", [], ("create_policy", {"PolicyName": "P", "PolicyDocument": document(Principal={"AWS": "*"})}), "MalformedPolicyDocument"),
    ("sid characters", [], ("create_policy", {"PolicyName": "P", "PolicyDocument": document(Sid="a-b")}), "MalformedPolicyDocument"),
    ("inline grammar", [ROLE], ("put_role_policy", {"RoleName": "R", "PolicyName": "I", "PolicyDocument": document(Sid="a b")}), "MalformedPolicyDocument"),
    ("trust is no JSON", [], ("create_role", {**R, "AssumeRolePolicyDocument": "nope"}), "MalformedPolicyDocument"),
    ("trust with a resource", [], ("create_role", {**R, "AssumeRolePolicyDocument": TRUST.replace('"Action"', '"Resource": "*", "Action"')}), "MalformedPolicyDocument"),
    ("unknown principal", [], ("create_role", {**R, "AssumeRolePolicyDocument": trust_of({"AWS": f"arn:aws:iam::{ACCOUNT}:role/No"})}), "MalformedPolicyDocument"),
    ("policy size", [], ("create_policy", {"PolicyName": "P", "PolicyDocument": document(6200)}), "LimitExceeded"),
    ("trust size", [], ("create_role", {**R, "AssumeRolePolicyDocument": trust_of({"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(60)]})}), "LimitExceeded"),
    ("inline total", [ROLE, ("put_role_policy", {"RoleName": "R", "PolicyName": "A", "PolicyDocument": document(6000)})], ("put_role_policy", {"RoleName": "R", "PolicyName": "B", "PolicyDocument": document(6000)}), "LimitExceeded"),
    ("eleven attachments", [ROLE, *[s for n in range(11) for s in [("create_policy", {"PolicyName": f"P{n}", "PolicyDocument": document()})]], *[("attach_role_policy", {"RoleName": "R", "PolicyArn": f"{P}{n}"}) for n in range(10)]], ("attach_role_policy", {"RoleName": "R", "PolicyArn": f"{P}10"}), "LimitExceeded"),
    ("attached policies stay", [ROLE, POLICY, ("attach_role_policy", {"RoleName": "R", "PolicyArn": P})], ("delete_policy", {"PolicyArn": P}), "DeleteConflict"),
    ("policies with versions stay", [POLICY, ("create_policy_version", {"PolicyArn": P, "PolicyDocument": document(Sid="B")})], ("delete_policy", {"PolicyArn": P}), "DeleteConflict"),
    ("policies that are boundaries stay", [POLICY, ("create_role", {**R, "PermissionsBoundary": P})], ("delete_policy", {"PolicyArn": P}), "DeleteConflict"),
    ("boundaries must exist", [], ("create_role", {**R, "PermissionsBoundary": P}), "NoSuchEntity"),
]  # fmt: skip


def run(server: Server, steps: list[Step]) -> None:
    iam = server.iam()
    for operation, params in steps:
        getattr(iam, operation)(**params)


@pytest.mark.parametrize(("name", "before", "call", "code"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_iam_refuses_what_moto_takes(
    name: str, before: list[Step], call: Step, code: str, sandbox: Server, request: pytest.FixtureRequest
) -> None:
    run(sandbox, before)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        run(sandbox, [call])
    assert refused.value.response["Error"]["Code"] == code
    status = refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == {
        "EntityAlreadyExists": 409,
        "LimitExceeded": 409,
        "DeleteConflict": 409,
        "NoSuchEntity": 404,
    }.get(code, 400)
    plain: Server = request.getfixturevalue("plain")
    run(plain, [*before, call])


def test_update_role_merges(sandbox: Server) -> None:
    iam = sandbox.iam()
    iam.create_role(**R, Description="text", MaxSessionDuration=7200)
    iam.update_role(RoleName="R", Description="other")
    iam.update_role(RoleName="R", MaxSessionDuration=10800)
    role = iam.get_role(RoleName="R")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("other", 10800)


def test_a_roles_tag_keys_ignore_case(sandbox: Server) -> None:
    iam = sandbox.iam()
    iam.create_role(**R, Tags=[{"Key": "Env", "Value": "1"}])
    iam.tag_role(RoleName="R", Tags=[{"Key": "env", "Value": "2"}])
    assert iam.get_role(RoleName="R")["Role"]["Tags"] == [{"Key": "env", "Value": "2"}]


def test_answers_leave_out_what_iam_leaves_out(sandbox: Server) -> None:
    iam = sandbox.iam()
    created = iam.create_role(**R, Description="text", Tags=[{"Key": "a", "Value": "b"}])["Role"]
    assert not {"Description", "MaxSessionDuration"} & set(created)
    listed = iam.list_roles()["Roles"][0]
    assert listed["Description"] == "text"
    assert not {"Tags", "PermissionsBoundary", "RoleLastUsed"} & set(listed)
    iam.create_policy(PolicyName="P", PolicyDocument=document(), Description="text")
    assert (
        "Document"
        not in iam.create_policy_version(PolicyArn=P, PolicyDocument=document(Sid="B"))["PolicyVersion"]
    )
    versions = iam.list_policy_versions(PolicyArn=P)["Versions"]
    assert [v["VersionId"] for v in versions] == ["v2", "v1"]
    assert all("Document" not in version for version in versions)
    assert not {"Description", "Tags"} & set(iam.list_policies(Scope="Local")["Policies"][0])


def test_escapes_in_documents_survive(sandbox: Server) -> None:
    iam = sandbox.iam()
    iam.create_policy(PolicyName="P", PolicyDocument=document(Resource="arn:aws:s3:::a%3Ab+c/*"))
    found = iam.get_policy_version(PolicyArn=P, VersionId="v1")["PolicyVersion"]["Document"]
    assert found["Statement"][0]["Resource"] == "arn:aws:s3:::a%3Ab+c/*"


def test_every_rule_says_where_it_is_known_from() -> None:
    assert all(rule.source and rule.operations for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_log_has_every_call_with_its_parameters_in_order(sandbox: Server) -> None:
    sandbox.iam().create_role(**R)
    with pytest.raises(botocore.exceptions.ClientError):
        sandbox.iam().get_role(RoleName="No")
    assert [(e["operation"], e["status"], e["write"]) for e in sandbox.log()] == [
        ("CreateRole", 200, True),
        ("GetRole", 404, False),
    ]
    assert sandbox.log()[0]["params"] == R


def test_a_command_inside_a_sandbox(offline: Cli) -> None:
    done = subprocess.run(
        [RECONCILE, "sandbox", "--account", "111122223333", "--", "sh", "-c", "reconcile apply specs/ecr.yaml --yes && reconcile verify specs/ecr.yaml; exit 7"],
        cwd=ROOT, env=offline.environment(AWS_PROFILE="the-users-own"), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 7
    assert "account 111122223333" in done.stdout
    assert "4 of 4" in done.stdout


def test_a_sandbox_that_cannot_start_says_why(offline: Cli, sandbox: Server) -> None:
    port = sandbox.url.rpartition(":")[2]
    assert "can't listen" in offline("sandbox", "--port", port, code=1).err
    assert "twelve digits" in offline("sandbox", "--account", "1", code=1).err
