"""What tries to hide from a look at the account, or only seems to be a stranger."""

from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_iam.type_defs import TagTypeDef

from tests.conftest import Cli, Server
from tests.end_to_end.drift.findings.strangers import EC2, EVERYTHING, READS, role
from tests.end_to_end.drift.findings.test_unmanaged import looked, path, project, strangers
from tests.end_to_end.drift.tampering import ADMIN, HEAD

__all__ = ["path"]


FORGED: list[TagTypeDef] = [
    {"Key": "reconciler:spec", "Value": "x/y"},
    # The digest of nothing, which nearly every resource has somewhere.
    {"Key": "reconciler:applied", "Value": "1 description=e3b0c442 boundary=e3b0c442"},
]


def test_tags_that_anybody_can_write_hide_nothing(cli: Cli, sandbox: Server, path: Path) -> None:
    role(sandbox.iam(), {"AWS": "*"}, ADMIN)
    sandbox.iam().tag_role(RoleName="X", Tags=FORGED)
    project(path, "id: shop\ncoverage: {complete: true}\n")
    finding = strangers(looked(cli, path, code=2))["role.X"]
    assert finding["severity"] == "critical"
    assert "is not as was last applied" in " ".join(finding["remarks"])
    # Nor does the mark of an environment that the project doesn't have.
    own = {tag["Key"]: tag["Value"] for tag in sandbox.iam().get_role(RoleName="R")["Role"]["Tags"]}
    mark = "from=00000000 with=deadbeef"
    sandbox.iam().tag_role(
        RoleName="X",
        Tags=[
            {"Key": "reconciler:spec", "Value": own["reconciler:spec"]},
            {"Key": "reconciler:applied", "Value": f"{own['reconciler:applied']} {mark}"},
        ],
    )
    assert looked(cli, path, code=2).json["findings"][0]["severity"] == "critical"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalAccount": "999999999999"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/*"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
    ],
)
def test_a_condition_names_the_foreign_account(
    condition: dict[str, Any], cli: Cli, sandbox: Server, path: Path
) -> None:
    role(sandbox.iam(), {"AWS": "*"}, Condition=condition)
    finding = strangers(looked(cli, path, str(path), "--unmanaged"))["role.X"]
    assert finding["severity"] == "gained"
    assert any(
        "may assume it" in remark and remark.startswith("the account ") for remark in finding["remarks"]
    )


def test_a_policy_of_a_described_name_on_another_path(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    iam.detach_role_policy(RoleName="R", PolicyArn=f"{HEAD}P")
    iam.detach_group_policy(GroupName="G", PolicyArn=f"{HEAD}P")
    iam.delete_policy(PolicyArn=f"{HEAD}P")
    iam.create_policy(PolicyName="P", Path="/x/", PolicyDocument=EVERYTHING)
    finding = strangers(looked(cli, path, str(path), "--unmanaged", code=2))["policy.P"]
    assert finding["severity"] == "critical"


def test_some_specs_of_a_project_make_no_orphans_of_the_others(cli: Cli, sandbox: Server, path: Path) -> None:
    other = path.parent / "other.yaml"
    other.write_text("version: 1\nname: b/other\nroles: {O: {trust: [{service: ec2}]}}\n")
    (path.parent / "reconcile.yaml").write_text(
        "version: 1\nspecs: [job.yaml, other.yaml]\nid: x\ncoverage: {complete: true}\n"
    )
    cli("apply", "--yes", cwd=path.parent)
    assert looked(cli, path).json["findings"] == []
    assert looked(cli, path, "job.yaml").json["findings"] == []


def test_groups_of_another_environment_are_no_strangers(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text(
        "version: 1\nid: x\nenvironments: {dev: {variables: {env: dev}}, prod: {variables: {env: prod}}}\n"
        "coverage: {complete: true}\nunmanaged: {fail_on: any}\n"
    )
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "s.yaml").write_text(
        'version: 1\nname: a/b\ngroups: {"devs-${var.env}": {attach: ["aws:ReadOnlyAccess"]}}\n'
    )
    for environment in ("dev", "prod"):
        cli("apply", "-e", environment, "--yes", cwd=tmp_path)
    ran = cli("drift", "-e", "dev", "--format", "json", cwd=tmp_path)
    assert ran.json["findings"] == []
    (entry,) = ran.json["unmanaged"]["elsewhere"]
    assert entry["message"] == "described in the environment prod"


def test_only_roles_are_awss_own_by_their_path(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    iam.create_user(UserName="X", Path="/aws-reserved/x/")
    iam.attach_user_policy(UserName="X", PolicyArn=ADMIN)
    assert strangers(looked(cli, path, str(path), "--unmanaged", code=2))["user.X"]["severity"] == "critical"


def test_what_can_not_be_judged_is_not_read(cli: Cli, sandbox: Server, path: Path) -> None:
    role(sandbox.iam(), EC2, "arn:aws:iam::aws:policy/AmazonEC2FullAccess", inline=READS)
    sandbox.control("fail", operation="GetPolicyVersion", code="AccessDenied", status=403, times=1000)
    ran = cli("drift", path, "--unmanaged", code=3)
    assert "(needs iam:GetPolicyVersion)" in ran.out
