"""The severity of differences that give access only together, or whose policies can't be read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_iam import IAMClient

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import ADMIN, HEAD, document, drifted


def test_a_policy_that_denies_and_is_gone_is_a_gain(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    deny = (
        'policies: {D: {deny: [{service: s3, actions: "*"}]}, A: {allow: [{service: s3, read: GetObject,'
        ' resources: "b/*"}]}}\n'
    )
    path.write_text(
        f"version: 1\nname: a/b\n{deny}roles: {{R: {{trust: [{{service: ec2}}], attach: [D, A]}}}}\n"
    )
    cli("apply", path, "--yes")
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=HEAD + "D")
    sandbox.iam().delete_policy(PolicyArn=HEAD + "D")
    (finding,) = drifted(cli, path)
    assert (finding["address"], finding["rule"], finding["severity"]) == ("policy.D", "absent", "gained")
    assert "gained: s3:GetObject" in " ".join(finding["remarks"])


def unlimited(iam: IAMClient) -> None:
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.delete_role_permissions_boundary(RoleName="R")


def widened(iam: IAMClient) -> None:
    iam.create_policy_version(PolicyArn=HEAD + "L", PolicyDocument=document("*"), SetAsDefault=True)
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)


@pytest.mark.parametrize("act", [unlimited, widened])
def test_what_is_harmless_by_itself_and_not_together(
    act: Callable[[Any], None], cli: Cli, sandbox: Server, path: Path
) -> None:
    act(sandbox.iam())
    findings = drifted(cli, path, "--fail-on", "gain")
    assert [f["severity"] for f in findings] == ["critical", "critical"]
    assert "together with the other differences of role.R" in findings[0]["remarks"]


def test_a_group_that_was_changed_is_judged_by_its_members(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """What a group denied an admin; what it gives beside what a member holds."""
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(
        "version: 1\nname: a/job\ngroups:\n  Devs: {inline: {L: {deny: [{service: iam, actions: '*',"
        " resources: '*'}]}}, members: [mara]}\n  Ops: {members: [tom]}\nusers:\n  mara: {attach:"
        " 'aws:AdministratorAccess'}\n  tom: {inline: {P: {allow: [{service: iam, write: PassRole, resources:"
        " '*'}]}}}\n"
    )
    cli("apply", path, "--yes", "--allow", "admin,escalation")
    iam.delete_group_policy(GroupName="Devs", PolicyName="L")
    iam.put_group_policy(
        GroupName="Ops",
        PolicyName="R",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
                    "Resource": "*",
                },
            }
        ),
    )
    assert [(f["address"], f["severity"]) for f in drifted(cli, path)] == [
        ("group.Devs", "critical"),
        ("group.Ops", "critical"),
    ]


GUARDED = """version: 1
name: a/job
policies:
  Wide: {allow: [{service: s3, read: GetObject, resources: "b/*"}]}
  Guard: {deny: [{service: dynamodb, actions: "*", resources: "*"}]}
roles:
  R: {trust: [{service: ec2}], attach: [Wide, Guard],\
 inline: {own: {allow: [{actions: "dynamodb:*", resources: "*"}]}}}
"""


def test_a_guard_that_is_loosened_beside_a_gain_of_its_own(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """Two limits of one role are removed, each of which the other would replace.

    One more difference gives access by itself.
    """
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(GUARDED.replace("attach: [W", "boundary: 'aws:AmazonS3FullAccess', attach: [W"))
    cli("apply", path, "--yes")
    iam.create_policy_version(PolicyArn=HEAD + "Wide", PolicyDocument=document("s3:*"), SetAsDefault=True)
    iam.create_policy_version(
        PolicyArn=HEAD + "Guard", PolicyDocument=document("sqs:*", effect="Deny"), SetAsDefault=True
    )
    iam.delete_role_permissions_boundary(RoleName="R")
    severities = {(f["address"], f["rule"]): f["severity"] for f in drifted(cli, path)}
    assert severities == {
        ("policy.Wide", "document"): "gained",
        ("policy.Guard", "document"): "gained",
        ("role.R", "boundary"): "gained",
    }


def test_what_a_policy_that_can_not_be_read_gives_is_never_nothing(
    cli: Cli, sandbox: Server, path: Path
) -> None:
    """AdministratorAccess is known by its name.

    What other policies allow is unknown then, and the run says that it has not seen everything.
    """
    iam = sandbox.iam()
    iam.delete_role_permissions_boundary(RoleName="R")
    for arn in (ADMIN, "arn:aws:iam::aws:policy/AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="R", PolicyArn=arn)
        sandbox.control("fail", operation="GetPolicyVersion", code="AccessDenied", status=403, times=1)
        ran = cli("drift", path, "--format", "json", "--fail-on", "gain", code=2)
        (finding,) = [f for f in json.loads(ran.out)["findings"] if f["rule"] == "attached"]
        assert finding["severity"] == ("critical" if arn == ADMIN else "gained")
        iam.detach_role_policy(RoleName="R", PolicyArn=arn)


def test_a_policy_that_nobody_here_holds_and_that_allows_everything(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\npolicies: {P: {allow: [{service: s3, read: GetObject, resources: b/*}]}}\n"
    )
    cli("apply", path, "--yes")
    sandbox.iam().create_policy_version(PolicyArn=HEAD + "P", PolicyDocument=document("*"), SetAsDefault=True)
    (finding,) = drifted(cli, path)
    assert finding["severity"] == "critical"


def test_two_policies_of_one_role_are_gone(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    allow = "{allow: [{service: s3, read: %s, resources: b/*}]}"
    path.write_text(
        f"version: 1\nname: a/b\npolicies: {{P: {allow % 'GetObject'}, Q:"
        f" {allow % 'GetObjectTagging'}}}\nroles: {{R: {{trust: [{{service: ec2}}], attach: [P, Q]}}}}\n"
    )
    cli("apply", path, "--yes")
    for name in ("P", "Q"):
        sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=HEAD + name)
        sandbox.iam().delete_policy(PolicyArn=HEAD + name)
    assert [(f["address"], f["rule"]) for f in drifted(cli, path)] == [
        ("policy.P", "absent"),
        ("policy.Q", "absent"),
    ]
