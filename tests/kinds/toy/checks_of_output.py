"""What is said about the toy: for `test_toy_kind.py`, in a process whose registry has it."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.app.output.drift_reports import FORMATS
from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.limited_user import LimitedUser, policy_of, without
from tests.kinds.toy.certificates import FIRST, GONE, SHOP, everything


def test_an_export_is_adopted_and_made_again(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    cli("apply", path, "--yes")
    before = everything(sandbox)
    out = tmp_path / "exported" / "spec.yaml"
    by_name = cli("export", "server-certificate.shop.example").out
    assert "path: /a/" in by_name
    ran = cli("export", "--all", "--owned", "--out", out, "--name", "a/toys")
    assert ("left out 0" in ran.err, "server certificate" in ran.err + out.read_text()) == (True, False)
    planned = cli("plan", out, "--format", "json").json
    assert [change["action"] for change in planned["changes"]] == ["none"] * 3
    sandbox.control("reset")
    cli("apply", out, "--yes")
    assert everything(sandbox) == before


def drifted(cli: Cli, path: Path, *options: str) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = cli("drift", path, "--format", "json", *options, code=2).json["findings"]
    return findings


def test_drift_has_a_title_and_the_severity_of_the_kind(
    cli: Cli, sandbox: Server, path: Path, outsider: Mapping[str, Any]
) -> None:
    cli("apply", path, "--yes")
    assert "in sync" in cli("drift", path).out
    iam = sandbox.iam()
    iam.update_server_certificate(ServerCertificateName="shop.example", NewPath="/theirs/")
    iam.tag_server_certificate(ServerCertificateName="gone.example", Tags=[{"Key": "x", "Value": "y"}])
    iam.delete_server_certificate(ServerCertificateName="same.example")
    shown = {(f["address"], f["rule"], f["severity"], f["origin"]) for f in drifted(cli, path)}
    assert shown == {
        (SHOP, "path", "lost", "drift"),
        (GONE, "tags", "metadata", "drift"),
        ("server-certificate.same.example", "absent", "lost", "new"),
    }
    sarif = path.parent / "drift.sarif"
    cli("drift", path, "--report", f"sarif={sarif}", code=2)
    assert "A server certificate is on another path." in sarif.read_text()
    cli("apply", path, "--yes")
    path.write_text(FIRST.replace("  shop.example", "  x-shop.example"))
    findings = drifted(cli, path, "--unmanaged")
    assert (SHOP, "orphan", "metadata") in {(f["address"], f["rule"], f["severity"]) for f in findings}
    assert "outside.example" in cli("drift", path, "--unmanaged", code=2).out


def test_each_command_runs_with_exactly_the_permissions_that_are_printed(
    cli: Cli, sandbox: Server, path: Path
) -> None:
    job = LimitedUser(cli, sandbox)
    may = {purpose: policy_of(cli, path, purpose) for purpose in ("plan", "apply", "drift", "destroy")}
    upload = "iam:UploadServerCertificate"
    assert (upload in json.dumps(may["apply"]), upload in json.dumps(may["plan"])) == (True, False)
    for lacking in (upload, "iam:TagServerCertificate", "iam:GetServerCertificate"):
        ran = job(without(may["apply"], lacking), "apply", path, "--yes", code=1)
        assert lacking in ran.out + ran.err
        assert everything(sandbox) == {}
    job(may["apply"], "apply", path, "--yes")
    job(may["plan"], "plan", path)
    assert "in sync" in job(may["drift"], "drift", path).out
    path.write_text(FIRST.replace("old: x", "new: x"))
    job(policy_of(cli, path, "apply"), "apply", path, "--yes")
    job(policy_of(cli, path, "destroy"), "destroy", path, "--yes", "--force")
    assert everything(sandbox) == {}


def test_every_report_shows_it(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    planned = cli("plan", path, "--report", f"html={tmp_path / 'plan.html'}").out
    assert f"+ {SHOP}" in planned
    assert "3 to create" in planned
    data = cli("plan", path, "--format", "json").json
    assert [c["address"] for c in data["changes"]] == [GONE, "server-certificate.same.example", SHOP]
    assert f"| {SHOP} | create |" in cli("plan", path, "--format", "markdown").out
    assert "aws iam upload-server-certificate" in cli("plan", path, "--format", "cli").out
    assert SHOP in (tmp_path / "plan.html").read_text()
    assert "done  " in cli("apply", path, "--yes").err
    assert "has the certificate of the spec, on path /a/" in cli("verify", path).out
    sandbox.iam().update_server_certificate(ServerCertificateName="shop.example", NewPath="/theirs/")
    reports = {name: tmp_path / f"drift.{name}" for name in FORMATS}
    cli("drift", path, *(f"--report={name}={file}" for name, file in reports.items()), code=2)
    assert [n for n, file in reports.items() if "shop.example" not in file.read_text()] == []
    assert ET.parse(reports["junit"]).getroot().tag.startswith("testsuite")


def test_the_language_has_it(cli: Cli, offline: Cli, path: Path, tmp_path: Path) -> None:
    schema = offline("schema").json
    assert "server_certificates" in schema["properties"]
    path.write_text(FIRST.replace("path: /a/", "paht: /a/"))
    assert "did you mean path?" in offline("validate", path, code=1).err
    policy = (
        "policies:\n  P: {allow: [{service: iam, write: DeleteServerCertificate,"
        ' resources: "${server-certificate.shop.example}"}]}\n'
    )
    path.write_text(FIRST + policy)
    rendered = offline("render", path, "--account", ACCOUNT, "--format", "json").json
    assert f"arn:aws:iam::{ACCOUNT}:server-certificate/a/shop.example" in json.dumps(rendered["policy.P"])
