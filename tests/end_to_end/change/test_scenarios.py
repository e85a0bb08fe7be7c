"""What happens to accounts over time, and cases from the test suites of other tools.

Shorter ones are in tests/cases.
"""

import json
from pathlib import Path

import pytest

from tests.conftest import ACCOUNT, Cli, Server, parsed

HEAD = "version: 1\nname: team/app\n"
LIST = "{allow: [{service: s3, list: ListAllMyBuckets, resources: '*'}]}"
P = f"arn:aws:iam::{ACCOUNT}:policy/P"


def attached(sandbox: Server) -> set[str]:
    attached_policies = sandbox.iam().list_attached_role_policies(RoleName="R")["AttachedPolicies"]
    return {policy["PolicyName"] for policy in attached_policies}


def test_ten_attachments_an_eleventh_and_one_exchanged(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"

    def spec(*names: int) -> str:
        policies = "".join(f"  P{n}: {LIST}\n" for n in range(12))
        return (
            f"{HEAD}policies:\n{policies}roles:\n  R: {{trust: [{{service: ec2}}], attach:"
            f" [{', '.join(f'P{n}' for n in names)}]}}\n"
        )

    path.write_text(spec(*range(10)))
    cli("apply", path, "--yes")
    path.write_text(spec(*range(11)))
    assert "11 policies; IAM attaches 10" in cli("apply", path, "--yes", code=1).err
    path.write_text(spec(*range(9), 10))
    assert "gap: no room for all attachments at once" in cli("apply", path, "--yes").out
    assert attached(sandbox) == {f"P{n}" for n in (*range(9), 10)}


def test_foreign_attachments_are_purged_or_kept_as_the_spec_says(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    role = f"policies:\n  P: {LIST}\nroles:\n  R: {{trust: [{{service: ec2}}], attach: [P]%s}}\n"
    path.write_text(HEAD + role % "")
    cli("apply", path, "--yes")
    foreign = {"RoleName": "R", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    sandbox.iam().attach_role_policy(**foreign)
    kept = ", ignore: [{facet: attached, match: 'arn:aws:iam::aws:policy/ReadOnly*', reason: the auditors'}]"
    path.write_text(HEAD + role % kept)
    cli("apply", path, "--yes")
    assert attached(sandbox) == {"P", "ReadOnlyAccess"}
    path.write_text(HEAD + role % "")
    cli("apply", path, "--yes")
    assert attached(sandbox) == {"P"}


def test_a_policy_changed_seven_times_keeps_five_versions_and_says_the_last(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    for number in range(8):
        path.write_text(
            f"{HEAD}policies:\n  P: {{allow: [{{service: s3, read: GetObject, resources: [b{number}/*]}}]}}\n"
        )
        cli("apply", path, "--yes")
    versions = sandbox.iam().list_policy_versions(PolicyArn=P)["Versions"]
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in versions] == [
        (f"v{n}", n == 8) for n in (8, 7, 6, 5, 4)
    ]
    policy_document = sandbox.iam().get_policy_version(PolicyArn=P, VersionId="v8")["PolicyVersion"][
        "Document"
    ]
    assert "b7/*" in json.dumps(policy_document)


def test_a_role_deleted_and_made_again_behind_a_trust_policy(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        f"{HEAD}roles:\n  Entry: {{trust: [{{service: ec2}}]}}\n  Behind: {{trust: [{{role: Entry}}]}}\n"
    )
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.delete_role(RoleName="Entry")
    iam.create_role(
        RoleName="Entry",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                },
            }
        ),
    )
    assert "AROA" in cli("drift", path, code=2).out
    assert "UpdateAssumeRolePolicy" in cli("apply", path, "--yes", "--adopt").out
    trust = parsed(iam.get_role(RoleName="Behind")["Role"]["AssumeRolePolicyDocument"])["Statement"]
    principal = (trust if isinstance(trust, dict) else trust[0])["Principal"]["AWS"]
    assert principal == f"arn:aws:iam::{ACCOUNT}:role/Entry"
    cli("verify", path)


def test_an_aws_policy_that_does_not_exist(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"{HEAD}roles:\n  R: {{trust: [{{service: ec2}}], attach: ['aws:ReadOnlyAcces']}}\n")
    ran = cli("apply", path, "--yes", code=1)
    assert "did you mean aws:ReadOnlyAccess" in ran.err
    assert f"there is no policy arn:aws:iam::aws:policy/ReadOnlyAcces in AWS" in ran.out  # noqa: F541
    assert sandbox.writes() == []


TANGLED = f"""policies:
  Limit: {LIST}
  ForB: {{allow: [{{service: iam, write: PassRole, resources: "${{role.B}}"}}]}}
roles:
  A: {{trust: [{{role: B}}, {{user: u}}], boundary: Limit,\
 inline: {{b: {{allow: [{{service: iam, write: PassRole, resources: "${{role.B}}"}}]}}}}}}
  B: {{trust: [{{role: [A, B, C]}}], attach: [ForB],\
 inline: {{a: {{allow: [{{service: iam, write: PassRole, resources: "${{role.A}}"}}]}}}}}}
  C: {{trust: [{{role: B}}], instance_profile: true}}
groups:
  g: {{attach: [ForB], members: [u, v]}}
users:
  u: {{groups: [g], boundary: Limit}}
  v: {{attach: [Limit]}}
"""


@pytest.mark.parametrize("turned", [False, True])
def test_all_that_refers_to_each_other_in_one_spec_or_in_several(
    turned: bool, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    sections = [
        f"{name}:{text}"
        for name, text in (
            part.split(":", 1)
            for part in (
                TANGLED.replace("\nroles", "\0roles")
                .replace("\ngroups", "\0groups")
                .replace("\nusers", "\0users")
                .split("\0")
            )
        )
    ]
    if turned:
        for number, section in enumerate(reversed(sections)):
            (tmp_path / f"{number}.yaml").write_text(f"version: 1\nname: team/part{number}\n{section}\n")
    else:
        (tmp_path / "all.yaml").write_text(HEAD + "\n".join(reversed(sections)) + "\n")
    consent = ("--yes", "--allow", "escalation", "--force")
    assert "read back as desired" in cli("apply", tmp_path, *consent).out
    cli("verify", tmp_path)
    assert "read back as desired" in cli("destroy", tmp_path, *consent).out
    iam = sandbox.iam()
    assert [
        iam.list_roles()["Roles"],
        iam.list_users()["Users"],
        iam.list_groups()["Groups"],
        iam.list_policies(Scope="Local")["Policies"],
    ] == [[]] * 4
