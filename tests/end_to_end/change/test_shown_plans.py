"""`reconcile show`, and the reports of a plan: all formats, the schema of the JSON, the warnings of lint."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT, Cli, Server
from tests.end_to_end.change.test_saved_plans import ANYONE, POLICY, SPEC


def test_a_saved_plan_is_shown_as_it_was(cli: Cli, offline: Cli, tmp_path: Path) -> None:
    saved, page, data, text = (tmp_path / name for name in ("p.json", "p.html", "r.json", "p.md"))
    reports = [f"html={page}", f"json={data}", f"markdown={text}"]
    options = [word for report in reports for word in ("--report", report)]
    planned = cli("plan", SPEC, "--out", saved, *options)
    # Neither AWS nor the specs are needed.
    shown = offline("show", saved, cwd=tmp_path)
    assert shown.out == planned.out
    assert re.fullmatch(rf"saved [-0-9]+ [0-9:]+ UTC from {SPEC} in {ROOT}\n.*note.*\n", shown.err)
    assert offline("show", saved, "--format", "html").out == page.read_text()
    assert offline("show", saved, "--format", "markdown").out == text.read_text()
    shown_data, written_data = offline("show", saved, "--format", "json").json, json.loads(data.read_text())
    assert shown_data["saved"]["paths"] == [SPEC]
    assert {**shown_data, "saved": None} == written_data
    schema = offline("schema", "--plan").json
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == shown_data["$schema"]
    for document in (shown_data, written_data, cli("plan", SPEC, "--format", "json").json):
        jsonschema.validate(document, schema)
    # Its own reports are written again; a file of another kind is not.
    cli("plan", SPEC, *options)
    page.write_text("notes")
    assert "is not overwritten" in cli("plan", SPEC, *options, code=1).err


def test_what_differs_and_what_is_refused_fits_the_schema(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, schema = tmp_path / "s.yaml", cli("schema", "--plan").json
    cli("apply", SPEC, "--yes")
    spec.write_text(POLICY)
    cli("apply", spec, "--yes")
    sandbox.iam().create_role(RoleName="R", AssumeRolePolicyDocument=ANYONE)
    spec.write_text(POLICY.replace("GetObject", "GetObjectTagging") + "roles: {R: {trust: {service: ec2}}}\n")
    plan = cli("plan", spec, "--format", "json").json
    jsonschema.validate(plan, schema)
    assert (plan["refusals"] != [], plan["summary"]["update"]) == (True, 1)
    sandbox.control("fail", operation="GetPolicy", code="AccessDenied", status=403)
    plan = cli("plan", spec, "--prune", "--format", "json", code=1).json
    jsonschema.validate(plan, schema)
    assert plan["unread"] != []


def test_markdown_and_json_have_the_warnings_of_lint(cli: Cli, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "p.json"
    spec.write_text(
        "version: 1\nname: a/b\npolicies: {P: {document: {Version: '2012-10-17', Statement: {Effect: Allow,"
        " Action: ['s3:GetObject', 's3:Get*'], Resource: 'arn:aws:s3:::b/*'}}}}\n"
    )
    printed = cli("plan", spec, "--out", saved, "--format", "markdown")
    warnings = cli("plan", spec, "--format", "json").json["warnings"]
    (warning,) = [warning for warning in warnings if warning["code"]]
    assert warning["code"] in printed.err
    lines = [line for line in printed.out.splitlines() if line.startswith("- ")]
    assert len(lines) == len(warnings) == 2
    assert warning["code"] in lines[0]
    assert cli("show", saved, "--format", "markdown").out == printed.out
    assert warning["code"] in cli("show", saved).err


@pytest.mark.parametrize("changed", ["call", "report", "earlier"])
def test_a_plan_that_was_changed_is_not_shown(changed: str, cli: Cli, tmp_path: Path) -> None:
    saved = tmp_path / "p.json"
    cli("plan", SPEC, "--out", saved)
    plan = json.loads(saved.read_text())
    if changed == "call":
        plan["calls"][0]["params"]["PolicyName"] = "Other"
    elif changed == "report":
        plan["report"]["plan"]["changes"] = "none"
    else:
        del plan["report"]
    saved.write_text(json.dumps(plan))
    ran = cli("show", saved, code=1)
    assert ("saved by an earlier version" if changed == "earlier" else "changed by hand") in ran.err
    assert ran.out == ""
