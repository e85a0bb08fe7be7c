"""Reports of the drift job in the formats that others read, each checked as those read it."""

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from reconciler.app.output.drift_reports import FORMATS
from tests.conftest import RECONCILE, Cli, Server
from tests.end_to_end.drift.sarif import SARIF
from tests.end_to_end.drift.tampering import ADMIN, HEAD, SPEC

# An attack through what others write into the account, and what would break each format.
HOSTILE = "</failure><script>&\"'|`*_%0A::error::x,y:z#1 @all {{x}}"


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """The spec, applied and tampered with: a gain, a loss, something hostile, an orphan."""
    spec_file = tmp_path / "job.yaml"
    spec_file.write_text(SPEC + "  T: {trust: [{service: ec2}]}\n  O: {trust: [{service: ec2}]}\n")
    cli("apply", spec_file, "--yes")
    spec_file.write_text(SPEC + "  T: {trust: [{service: ec2}]}\n")
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="T", PolicyArn=ADMIN)
    iam.update_role(RoleName="T", Description=HOSTILE)
    iam.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    return spec_file


def report(cli: Cli, path: Path, format_: str, *flags: str, code: int = 2) -> str:
    file = path.parent / f"report.{format_}"
    cli("drift", path, "--report", f"{format_}={file}", *flags, code=code)
    assert file.stat().st_mode & 0o777 == 0o644
    return file.read_text(encoding="utf-8")


def test_json_is_as_its_schema_says(cli: Cli, sandbox: Server, path: Path) -> None:
    schema = cli("schema", "--report").json
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(report(cli, path, "json"))
    jsonschema.validate(document, schema)
    assert document == {**cli("drift", path, "--format", "json", code=2).json, "calls": document["calls"]}
    severities = {(f["address"], f["rule"]): f["severity"] for f in document["findings"]}
    assert severities == {
        ("role.T", "attached"): "critical",
        ("role.T", "description"): "metadata",
        ("role.R", "attached"): "lost",
        ("role.O", "orphan"): "gained",
    }
    sandbox.control("fail", operation="GetPolicy", code="AccessDenied", status=403)
    (path.parent / "wrong.yaml").write_text("a: [")
    jsonschema.validate(
        cli("drift", path, path.parent / "wrong.yaml", "--unmanaged", "--format", "json", code=2).json, schema
    )


def test_text_ends_in_a_line_for_grep(cli: Cli, path: Path) -> None:
    last = report(cli, path, "text").splitlines()[-1]
    assert (
        last
        == "result: drift · 4 findings (1 critical, 1 gained, 1 lost, 1 metadata) · 3 of 5 resources in sync,"
        " 2 differ · resources in no spec: not looked for (--unmanaged)"
    )


def test_several_reports_in_one_run(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    since = len(sandbox.log())
    wanted = [arg for name in FORMATS for arg in ("--report", f"{name}={tmp_path / name}")]
    cli("drift", path, *wanted, code=2)
    assert all((tmp_path / name).stat().st_size for name in FORMATS)
    assert sum(1 for e in sandbox.log()[since:] if e["operation"] == "GetCallerIdentity") == 1


def test_junit(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.control("fail", operation="GetInstanceProfile", code="AccessDenied", status=403)
    suite = ET.fromstring(report(cli, path, "junit")).find("testsuite")
    assert suite is not None
    assert {k: suite.get(k) for k in ("tests", "failures", "errors")} == {
        "tests": "6",
        "failures": "3",
        "errors": "1",
    }
    cases = {case.get("name"): case for case in suite}
    failure = cases["role.T"].find("failure")
    assert failure is not None
    assert failure.text is not None
    assert (failure.get("type"), HOSTILE in failure.text) == ("critical", True)
    assert cases["policy.L"].find("failure") is None
    error = cases["instance-profile.R"].find("error")
    assert error is not None
    assert "iam:GetInstanceProfile" in str(error.get("message"))


def test_sarif(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.control("fail", operation="GetInstanceProfile", code="AccessDenied", status=403)
    first = json.loads(report(cli, path, "sarif"))
    jsonschema.validate(first, SARIF)
    (run,) = first["runs"]
    rules = run["tool"]["driver"]["rules"]
    lines = path.read_text().splitlines()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("/job.yaml")
        name = result["message"]["text"].partition(":")[0].rpartition(".")[2]
        assert result["ruleId"] == "orphan" or lines[place["region"]["startLine"] - 1].strip().startswith(
            f"{name}:"
        )
    assert run["invocations"][0]["executionSuccessful"] is False
    assert (
        "iam:GetInstanceProfile" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )
    prints = [result["partialFingerprints"] for result in run["results"]]
    assert prints == [
        result["partialFingerprints"]
        for result in json.loads(report(cli, path, "sarif"))["runs"][0]["results"]
    ]
    assert len({str(result) for result in prints}) == 4


def test_github(cli: Cli, path: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    ran = cli("drift", path, "--report", "github", code=2, GITHUB_STEP_SUMMARY=str(summary))
    commands = [line for line in ran.out.splitlines() if line.startswith("::")]
    assert len(commands) == 4
    critical = r"::error file=\S+job\.yaml,line=\d+,title=critical drift%3A role\.T::attached: has"
    assert any(re.match(critical, line) for line in commands)
    hostile = next(line for line in commands if "script" in line)
    assert hostile.startswith("::notice ")
    assert "%250A::error" in hostile
    assert "\n::error::x" not in ran.out
    text = summary.read_text()
    assert text.startswith("before\n**result: drift")
    assert ("<script>" in text, "@all" in text, "\\`\\*\\_" in text) == (False, False, True)


def test_markdown_is_cut_by_whole_findings(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    roles = "".join(
        f"  R{n}: {{trust: [{{service: ec2}}], description: '{'x' * 600} {n}'}}\n" for n in range(70)
    )
    path.write_text(f"version: 1\nname: a/b\nroles:\n{roles}")
    text = report(cli, path, "markdown")
    assert len(text) <= 65_536
    assert text.startswith("**result: drift · 70 findings (70 lost)")
    assert "| lost | new | role.R69 |" in text
    for number in range(70):
        iam = sandbox.iam()
        iam.create_role(
            RoleName=f"R{number}",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
                }
            ),
        )
    long = report(cli, path, "markdown")
    assert len(long) <= 65_536
    assert re.search(r"… and \d+ more parts that have no room here: see the JSON report\.\n$", long)
    assert long.count("<details>") == long.count("</details>")


def test_prometheus(cli: Cli, sandbox: Server, path: Path) -> None:
    first = report(cli, path, "prometheus")
    sample = re.compile(r'^[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? \d+(\.\d+)?$')
    assert all(line.startswith("# ") or sample.match(line) for line in first.splitlines())
    assert (
        'reconciler_drift{account="123456789012",spec="a/job",address="role.T",severity="critical"} 1'
        in first
    )
    values = dict(
        line.split(" ") for line in first.splitlines() if not line.startswith(("#", "reconciler_drift"))
    )
    assert values["reconciler_success"] == "1"
    assert (
        values["reconciler_last_success_timestamp_seconds"] == values["reconciler_last_run_timestamp_seconds"]
    )
    # The job fails as a whole: that is in the metrics, and when it last went well stays there.
    sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
    second = report(cli, path, "prometheus", code=1)
    assert "reconciler_success 0" in second
    assert "reconciler_drift" not in second
    assert f"last_success_timestamp_seconds {values['reconciler_last_success_timestamp_seconds']}" in second


def test_history_speaks_on_transitions(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.json"

    def ran(code: int) -> str:
        done = cli("drift", path, "--history", history, "--changed-only", code=code)
        return done.out.partition("\n")[0] + ("" if done.out else done.err)

    assert ran(2) == "first run"
    assert ran(2) == ""
    sandbox.iam().tag_role(RoleName="T", Tags=[{"Key": "a", "Value": "b"}])
    out = cli("drift", path, "--history", history, "--changed-only", code=2).out
    assert out.startswith("drift changed\n+ metadata · drift · role.T · tags\n\n")
    # The same finding, and worse than it was.
    sandbox.iam().tag_role(RoleName="T", Tags=[{"Key": "a", "Value": "c"}])
    out = cli("drift", path, "--history", history, "--changed-only", code=2).out
    assert out.startswith("drift changed\n~ metadata · drift · role.T · tags\n\n")
    assert "of another job" in cli("drift", path, "--only", "role.T", "--history", history, code=1).err
    sandbox.control("fail", operation="GetRole", code="AccessDenied", status=403)
    assert cli("drift", path, "--history", history, "--changed-only", code=2).out.startswith(
        "job failed\n\na/job"
    )
    assert ran(2) == ""
    sandbox.control("calm")
    assert ran(2) == "job working again"
    sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
    assert "have expired" in ran(1)
    assert ran(1) == ""
    sandbox.control("calm")
    assert ran(2) == "job working again"
    sandbox.iam().delete_role(RoleName="O")
    cli("apply", path, "--yes")
    assert ran(0) == "recovered"
    assert ran(0) == ""


def test_what_can_not_be_is_said(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    assert "is no format" in cli("drift", path, "--report", "pdf=x", code=1).err
    assert "write json=FILE" in cli("drift", path, "--report", "json", code=1).err
    # What was found is said all the same, and outweighs that a report has no place.
    ran = cli(
        "drift",
        path,
        "--report",
        f"json={tmp_path}/none/x",
        "--report",
        f"text={tmp_path}/text",
        "--history",
        f"{tmp_path}/none/h",
        code=2,
    )
    assert ran.err.count("can't be written") == 2
    assert (tmp_path / "text").read_text() == ran.out
    sandbox.control("calm")
    cli("apply", path, "--yes")
    sandbox.iam().delete_role(RoleName="O")
    assert "in sync" in cli("drift", path, "--report", f"json={tmp_path}/none/x", code=1).out
    assert "needs --history" in cli("drift", path, "--changed-only", code=1).err
    (tmp_path / "h").write_text("[]")
    assert "no history of a drift job" in cli("drift", path, "--history", tmp_path / "h", code=1).err


def test_files_are_written_through_links_and_no_old_report_stays(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path
) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("")
    real.chmod(0o640)
    link.symlink_to(real)
    cli("drift", path, "--report", f"json={link}", code=2)
    assert (link.is_symlink(), real.stat().st_mode & 0o777, bool(json.loads(real.read_text()))) == (
        True,
        0o640,
        True,
    )
    words = ("--changed-only", "--history", tmp_path / "h")
    out = cli("drift", path, "--report", "json=/dev/stdout", *words, code=2).out
    assert json.loads(out.partition("first run")[0])
    sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
    cli("drift", path, "--report", f"json={real}", code=1)
    assert not real.exists()


def test_every_missing_permission_is_in_the_junit_report(cli: Cli, sandbox: Server, path: Path) -> None:
    for operation in ("GetAccountAuthorizationDetails", "GetResources"):
        sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    text = report(cli, path, "junit")
    assert ("iam:GetAccountAuthorizationDetails" in text, "tag:GetResources" in text) == (True, True)


@pytest.mark.parametrize("file", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_report_goes_into_a_pipe(file: str, cli: Cli, path: Path) -> None:
    done = subprocess.run(
        [RECONCILE, "drift", path, "--report", f"json={file}"],
        env=cli.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "can't be written" in done.stderr) == (2, False)
    document, end = json.JSONDecoder().raw_decode(done.stdout)
    assert document["result"] == "drift"
    assert done.stdout[end:].splitlines()[-1].startswith("result: drift")
