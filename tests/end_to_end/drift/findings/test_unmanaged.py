"""What is in no spec: found once each, with how bad it is; what is known of; what nobody looked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, FinishedCommand, Server
from tests.end_to_end.drift.findings.strangers import (
    EC2,
    EVERYTHING,
    READS,
    STRANGERS,
    held,
    role,
    text,
    user,
)
from tests.end_to_end.drift.tampering import ADMIN, HEAD

SPEC = """version: 1
name: a/job
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}]}
roles:
  R: {trust: [{service: ec2}], attach: [P]}
groups:
  G: {attach: [P]}
"""


@pytest.fixture
def path(cli: Cli, tmp_path: Path) -> Path:
    path = tmp_path / "job.yaml"
    path.write_text(SPEC)
    cli("apply", path, "--yes")
    return path


def project(path: Path, more: str = "") -> Path:
    file = path.parent / "reconcile.yaml"
    file.write_text(f"version: 1\nspecs: job.yaml\n{more}")
    return file


def looked(cli: Cli, path: Path, *options: str, code: int | None = 0) -> FinishedCommand:
    return cli("drift", "--format", "json", *options, cwd=path.parent, code=code)


def strangers(ran: FinishedCommand) -> dict[str, dict[str, Any]]:
    findings = [f for f in ran.json["findings"] if f["rule"] == "unmanaged"]
    assert all((f["spec"], f["origin"]) == ("", "unknown") for f in findings)
    by_address = {f["address"]: f for f in findings}
    assert len(by_address) == len(findings)
    return by_address


def rounds() -> list[tuple[str, ...]]:
    """The strangers by their names, in rounds in which no two have the same address."""
    together: list[dict[str, str]] = []
    for name, (_, address, _, _) in STRANGERS.items():
        fitting = next((names for names in together if address not in names), None)
        if fitting is None:
            together.append({address: name})
        else:
            fitting[address] = name
    return [tuple(names.values()) for names in together]


@pytest.mark.parametrize("names", rounds(), ids=" · ".join)
def test_each_is_found_once_with_how_bad_it_is(
    names: tuple[str, ...], cli: Cli, sandbox: Server, path: Path
) -> None:
    project(path, "coverage: {complete: true}\n")
    expected = {}
    for name in names:
        act, address, severity, remark = STRANGERS[name]
        act(sandbox.iam())
        expected[address] = (severity, remark)
    is_critical = any(severity == "critical" for severity, _ in expected.values())
    findings = strangers(looked(cli, path, code=2 if is_critical else 0))
    assert {a: f["severity"] for a, f in findings.items()} == {a: s for a, (s, _) in expected.items()}
    for address, (severity, remark) in expected.items():
        assert findings[address]["counts"] == (severity == "critical")
        assert remark in " · ".join(findings[address]["remarks"])


def test_policies_that_ours_hold(cli: Cli, sandbox: Server, path: Path) -> None:
    project(path, "unmanaged: {fail_on: any}\n")
    held(sandbox.iam(), READS)
    assert strangers(looked(cli, path, code=2))["policy.X"]["severity"] == "gained"
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=f"{HEAD}X")
    sandbox.iam().delete_policy(PolicyArn=f"{HEAD}X")
    held(sandbox.iam(), EVERYTHING, as_boundary=True)
    finding = strangers(looked(cli, path, code=2))["policy.X"]
    assert finding["severity"] == "metadata"
    assert "serves as a permissions boundary alone, which grants nothing" in finding["remarks"]


def test_a_clean_account_has_none(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    project(path, "coverage: {complete: true}\nunmanaged: {fail_on: any}\n")
    ran = looked(cli, path)
    assert (strangers(ran), ran.json["unmanaged"]["aws_owned"]) == ({}, 1)
    assert "0 in no spec" in cli("drift", cwd=path.parent).out


def test_nobody_looked_is_said_whichever_way_the_account_is_read(
    cli: Cli, sandbox: Server, path: Path
) -> None:
    role(sandbox.iam(), EC2, ADMIN)
    words = "resources in no spec: not looked for (--unmanaged); 1 role noticed"
    assert words in cli("drift", path).out
    path.write_text(SPEC + "".join(f"  G{n}: {{attach: [P]}}\n" for n in range(50)))
    cli("apply", path, "--yes")
    ran = cli("drift", path)
    assert words in ran.out
    assert "result: in sync" in ran.out
    assert cli("drift", path, "--format", "json").json["noticed"] == {"role": 1}
    only = cli("drift", path, "--only", "role.R").out
    assert only.rstrip().endswith("resources in no spec: not looked for (--unmanaged)")


@pytest.mark.parametrize(
    ("fail_on", "codes"),
    [("critical", (2, 0, 0)), ("gain", (2, 2, 0)), ("any", (2, 2, 2)), ("never", (0, 0, 0))],
)
def test_what_counts_is_its_own_choice(
    fail_on: str, codes: tuple[int, int, int], cli: Cli, sandbox: Server, path: Path
) -> None:
    project(path, f"unmanaged: {{fail_on: {fail_on}}}\n")
    for held_by_it, code in zip((EVERYTHING, READS, ""), codes, strict=True):
        role(sandbox.iam(), inline=held_by_it)
        ran = [looked(cli, path, "--fail-on", option, code=None).code for option in ("never", "any")]
        assert ran == [code, code]
        sandbox.control("reset")
        cli("apply", path, "--yes")


def test_what_is_known_is_left_until_its_day(cli: Cli, sandbox: Server, path: Path) -> None:
    role(sandbox.iam(), EC2, ADMIN)
    file = project(path, "unmanaged:\n  fail_on: any\n")
    id_ = strangers(looked(cli, path, code=2))["role.X"]["id"]
    words = ("drift", "--ignore", id_, "--reason", "break glass: INC-1", "--until", "2999-12-31")
    cli(*words, cwd=path.parent)
    ran = looked(cli, path)
    assert strangers(ran) == {}
    assert ran.json["unmanaged"]["ignored"] == [{"address": "role.X", "reason": "break glass: INC-1"}]
    assert "role.X  in no spec, and known: break glass: INC-1" in cli("drift", cwd=path.parent).out
    file.write_text(file.read_text().replace("2999-12-31", "2020-12-31"))
    finding = strangers(looked(cli, path, code=2))["role.X"]
    assert "was known until 2020-12-31: break glass: INC-1" in finding["remarks"]
    assert finding["id"] == id_


def test_known_takes_a_project(cli: Cli, sandbox: Server, path: Path) -> None:
    role(sandbox.iam())
    id_ = strangers(looked(cli, path, str(path), "--unmanaged"))["role.X"]["id"]
    ran = cli("drift", path, "--ignore", id_, "--reason", "x", code=1)
    assert "role.X is in no spec; what is known of such resources stands in reconcile.yaml" in ran.err
    assert cli("drift", path, "--ignore", "0" * 12, "--reason", "x", code=1).err.startswith(
        "error: there is no"
    )


def test_a_part_of_the_account(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    trust = text({"Effect": "Allow", "Principal": EC2, "Action": "sts:AssumeRole"})
    for name, place in (("In", "/team/a/"), ("Out", "/other/"), ("Ours", "/other/")):
        iam.create_role(RoleName=name, Path=place, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="Ours", PolicyArn=f"{HEAD}P")
    user(iam)
    project(path, "coverage: {paths: /team/, kinds: role}\n")
    ran = looked(cli, path)
    # One that has a policy of ours is found wherever it is.
    assert set(strangers(ran)) == {"role.In", "role.Ours"}
    assert ran.json["unmanaged"]["outside"] == 2


def test_what_belongs_to_a_spec_that_is_not_loaded(cli: Cli, sandbox: Server, path: Path) -> None:
    other = path.parent / "other.yaml"
    other.write_text("version: 1\nname: b/other\nroles: {O: {trust: [{service: ec2}]}}\n")
    cli("apply", other, "--yes")
    ran = cli("drift", path, "--unmanaged", "--format", "json")
    (entry,) = ran.json["unmanaged"]["elsewhere"]
    assert (entry["address"], entry["spec"], entry["severity"]) == ("role.O", "b/other", "metadata")
    assert entry["message"] == "owned by spec b/other, which is not loaded"
    assert ran.json["findings"] == []
    assert "role.O  owned by spec b/other, which is not loaded" in cli("drift", path, "--unmanaged").out
    project(path, "coverage: {complete: true}\n")
    (finding,) = looked(cli, path, code=2).json["findings"]
    assert (finding["address"], finding["rule"], finding["spec"]) == ("role.O", "orphan", "b/other")
    # A tag alone is no proof: anybody can write one.
    sandbox.iam().untag_role(RoleName="O", TagKeys=["reconciler:applied"])
    (finding,) = looked(cli, path).json["findings"]
    assert finding["rule"] == "unmanaged"
    assert "bears the tag reconciler:spec alone" in " ".join(finding["remarks"])


@pytest.mark.parametrize(
    "operation",
    ["GetAccountAuthorizationDetails", "ListInstanceProfiles", "ListSAMLProviders", "GetResources"],
)
def test_a_run_that_may_not_read_everything_says_so(
    operation: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403, times=1000)
    ran = cli("drift", path, "--unmanaged", code=3)
    assert operation in ran.out
    assert "result: not everything could be read" in ran.out


def test_all_reports_have_them(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    role(sandbox.iam(), EC2, ADMIN)
    files = {
        f: tmp_path / f"r.{f}" for f in ("text", "json", "markdown", "junit", "sarif", "html", "prometheus")
    }
    reports = [word for name, file in files.items() for word in ("--report", f"{name}={file}")]
    cli("drift", path, "--unmanaged", *reports, "--report", "github", code=2)
    for name, file in files.items():
        assert "role.X" in file.read_text(), name
    assert 'spec="",address="role.X",severity="critical"' in files["prometheus"].read_text()
    page = files["html"].read_text()
    # Its picture: who may assume it and what it holds.
    assert page.count("AdministratorAccess") > 1
    assert "In no spec" in page


def test_it_takes_no_more_than_the_bulk_read(cli: Cli, sandbox: Server, path: Path) -> None:
    for number in range(30):
        sandbox.iam().create_group(GroupName=f"Stranger{number}")
    since = len(sandbox.log())
    project(path, "coverage: {complete: true}\n")
    looked(cli, path)
    asked = sorted(entry["operation"] for entry in sandbox.log()[since:])
    assert asked == [
        "GetAccountAuthorizationDetails",
        "GetAccountAuthorizationDetails",
        "GetCallerIdentity",
        "GetResources",
        "ListInstanceProfiles",
        "ListOpenIDConnectProviders",
        "ListPolicies",
        "ListRoles",
        "ListSAMLProviders",
    ]


def test_one_that_bears_our_tag_is_as_bad_as_what_it_may_do(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(SPEC.replace("groups:", "  Gone: {trust: [{service: ec2}]}\ngroups:"))
    cli("apply", path, "--yes")
    path.write_text(SPEC)
    iam = sandbox.iam()
    (finding,) = cli("drift", path, "--format", "json", code=2).json["findings"]
    assert (finding["rule"], finding["severity"]) == ("orphan", "gained")
    iam.attach_role_policy(RoleName="Gone", PolicyArn=ADMIN)
    (finding,) = cli("drift", path, "--unmanaged", "--format", "json", code=2).json["findings"]
    assert (finding["rule"], finding["severity"]) == ("orphan", "critical")


def test_a_run_that_does_not_look_takes_nothing_back(cli: Cli, sandbox: Server, path: Path) -> None:
    words = ("drift", path, "--history", path.parent / "history.json", "--changed-only")
    role(sandbox.iam(), EC2, ADMIN)
    assert cli(*words, "--unmanaged", code=2).out.startswith("first run")
    assert cli(*words).out == ""
    sandbox.iam().detach_role_policy(RoleName="X", PolicyArn=ADMIN)
    assert cli(*words, "--unmanaged").out.startswith("recovered")


def test_code_scanning_has_a_place_for_each(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    role(sandbox.iam(), EC2, ADMIN)
    project(path, "coverage: {complete: true}\n")
    file = tmp_path / "r.sarif"
    looked(cli, path, "--report", f"sarif={file}", code=2)
    (result,) = json.loads(file.read_text())["runs"][0]["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "reconcile.yaml"
