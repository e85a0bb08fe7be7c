"""What a run covers: orphans, what no spec describes, specs that are wrong, permissions that are missing."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import HEAD, SPEC, document, drifted, without_role
from tests.end_to_end.metadata import METADATA
from tests.warm import HASTY


def test_orphans_and_dead_principals(cli: Cli, sandbox: Server, path: Path) -> None:
    with_more = SPEC + "  T: {trust: [{role: R}]}\n"
    path.write_text(with_more)
    cli("apply", path, "--yes")
    path.write_text(SPEC)
    (orphan,) = drifted(cli, path)
    assert (orphan["address"], orphan["rule"], orphan["severity"], orphan["origin"]) == (
        "role.T",
        "orphan",
        "gained",
        "pending",
    )
    assert drifted(cli, path, "--no-orphans", code=0) == []
    path.write_text(with_more)
    without_role(sandbox.iam())
    cli("apply", path, "--yes", "--only", "role.R")
    (finding,) = [f for f in drifted(cli, path) if f["address"] == "role.T"]
    assert finding["rule"] == "trust"
    assert "is the id of a role or user that was deleted: apply names the one of today again" in " ".join(
        finding["remarks"]
    )
    cli("apply", path, "--yes")
    assert drifted(cli, path, code=0) == []
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]"))
    assert {f["address"] for f in drifted(cli, path) if f["rule"] == "orphan"} == {"role.T", "policy.P"}


def test_what_is_in_no_spec(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_policy(PolicyName="Loose", PolicyDocument=document())
    sandbox.iam().create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    sandbox.iam().create_group(GroupName="Loose")
    sandbox.iam().create_open_id_connect_provider(Url="https://oidc.example/id/A")
    for name in ("Okta", "AWSSSO_0123456789abcdef_DO_NOT_DELETE"):
        sandbox.iam().create_saml_provider(Name=name, SAMLMetadataDocument=METADATA["a.xml"])
    ran = cli("drift", path, "--unmanaged")
    assert (
        "4 of 8 roles, users, policies, instance profiles, groups and identity providers are in these specs"
        " (50 %); 2 of AWS's own apart\n\nresult: in sync · 4 findings (4 metadata)" in ran.out
    )
    unmanaged = cli("drift", path, "--unmanaged", "--format", "json").json["unmanaged"]
    assert unmanaged == {
        "addresses": ["group.Loose", "oidc-provider.oidc.example/id/A", "policy.Loose", "saml-provider.Okta"],
        "aws_owned": 2,
        "described": 4,
        "fail_on": "critical",
        "elsewhere": [],
        "ignored": [],
        "outside": 0,
    }


def test_no_more_calls_than_a_plan_and_the_sweep(cli: Cli, sandbox: Server, path: Path) -> None:
    def operations(*command: str) -> list[str]:
        since = len(sandbox.log())
        cli(*command, code=None)
        return sorted(entry["operation"] for entry in sandbox.log()[since:])

    plan = operations("plan", str(path))
    assert operations("drift", str(path)) == sorted([*plan, "GetAccountAuthorizationDetails", "GetResources"])
    assert operations("drift", str(path), "--no-orphans") == plan


def test_one_wrong_spec_does_not_silence_the_others(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    for number in range(19):
        (folder / f"s{number}.yaml").write_text(
            f"version: 1\nname: a/s{number}\nroles: {{R{number}: {{trust: [{{service: ec2}}]}}}}\n"
        )
    (folder / "elsewhere.yaml").write_text(
        "version: 1\nname: a/elsewhere\naccount: '999988887777'\nroles: {E: {trust: [{service: ec2}]}}\n"
    )
    cli("apply", *sorted(folder.glob("s*.yaml")), "--yes")
    (folder / "wrong.yaml").write_text("version: 1\nname: [\n")
    (folder / "unknown.yaml").write_text(
        "version: 1\nname: a/u\nroles: {U: {trust: [{service: ec2}], atach: [P]}}\n"
    )
    report = cli("drift", folder, "--format", "json", code=1).json
    assert (report["result"], report["findings"], len(report["in_sync"])) == ("failed", [], 19)
    assert {Path(f["spec"]).name for f in report["failures"]} == {"wrong.yaml", "unknown.yaml", "elsewhere"}
    ran = cli("drift", folder, code=1).out
    assert ("did you mean attach" in ran.lower(), "is for account 999988887777" in ran) == (True, True)
    assert "3 specs failed" in ran.splitlines()[-1]
    sandbox.iam().update_role(RoleName="R7", Description="x")
    assert (
        "result: drift · 1 finding (1 metadata) · 18 of 19 resources in sync, 1 differs · 3 specs failed"
        in cli("drift", folder, code=2).out
    )


READS = {
    "GetRole": "role.R",
    "ListAttachedRolePolicies": "role.R",
    "ListRolePolicies": "role.R",
    "GetRolePolicy": "role.R",
    "GetPolicy": "policy.P",
    "GetPolicyVersion": "policy.P",
    "GetInstanceProfile": "instance-profile.R",
    "GetAccountAuthorizationDetails": "account.sweep",
    "GetResources": "account.sweep",
}


@pytest.mark.parametrize("operation", READS)
def test_a_permission_that_is_missing_is_never_in_sync(
    operation: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    ran = cli("drift", path, code=3)
    prefix = "tag" if operation == "GetResources" else "iam"
    assert f"(needs {prefix}:{operation})" in ran.out
    assert READS[operation] in ran.out
    assert "result: not everything could be read" in ran.out


def test_the_sweep_sits_out_passing_trouble(cli: Cli, sandbox: Server, path: Path) -> None:
    for operation in ("GetResources", "GetAccountAuthorizationDetails"):
        sandbox.control("fail", operation=operation, code="Throttling", status=400, times=2)
    sandbox.control("faults", **{"page-size": 1})
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]") + "  T: {trust: [{service: ec2}]}\n")
    cli("apply", path, "--yes", env=HASTY)
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]"))
    assert {f["address"] for f in drifted(cli, path)} == {"role.T", "policy.P"}


def test_a_spec_of_another_account_hides_nothing(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path, other_path = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = "version: 1\nname: a/%s\n%sroles: {%s: {trust: [{service: ec2}]}}\n"
    path.write_text(text % ("one", "", "X"))
    cli("apply", path, "--yes")
    path.write_text(text % ("one", "", "Y"))
    other_path.write_text(text % ("other", "account: '999988887777'\n", "X"))
    report = cli("drift", path, other_path, "--unmanaged", "--format", "json", code=2).json
    assert {(f["address"], f["rule"]) for f in report["findings"]} == {
        ("role.X", "orphan"),
        ("role.Y", "absent"),
    }
    assert report["unmanaged"]["addresses"] == ["role.X"]


def test_a_spec_that_describes_nothing_any_more_has_orphans(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\nroles: {R: {trust: [{service: ec2}]}}\n")
    cli("apply", path, "--yes")
    path.write_text("version: 1\nname: a/b\n")
    assert [(f["address"], f["rule"]) for f in drifted(cli, path)] == [("role.R", "orphan")]
    path.write_text("version: 1\nname: a/b\nownership: none\n")
    assert drifted(cli, path, code=0) == []


def test_a_policy_of_the_same_name_elsewhere_takes_no_part(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """What a role holds is told by ARN: AWS's ReadOnlyAccess is not this account's."""
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\npolicies: {ReadOnlyAccess: {allow: [{service: s3, read: GetObject, resources:"
        " b/*}]}}\nroles: {R: {trust: [{service: ec2}], attach: ['aws:ReadOnlyAccess'], boundary:"
        " 'aws:ReadOnlyAccess'}}\n"
    )
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.delete_role_permissions_boundary(RoleName="R")
    less = document("s3:GetObject", "arn:aws:s3:::b/x")
    iam.create_policy_version(PolicyArn=HEAD + "ReadOnlyAccess", PolicyDocument=less, SetAsDefault=True)
    severities = {(f["address"], f["rule"]): f["severity"] for f in drifted(cli, path)}
    assert severities == {
        ("role.R", "attached"): "critical",
        ("role.R", "boundary"): "critical",
        ("policy.ReadOnlyAccess", "document"): "lost",
    }
