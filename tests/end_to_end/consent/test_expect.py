"""`expect:` in validate, verify and drift, and `can --live`: the same requests, offline and live."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Cli, Server
from tests.end_to_end.spec_files import spec

ROLES = """\
roles:
  R:
    trust: {service: ec2}
    inline:
      o:
        allow:
          - {service: s3, read: GetObject, resources: "acme/*"}
          - {service: s3, write: PutObject, resources: "acme/*", when: {"aws:SecureTransport": true}}
  A: {trust: {service: ec2}, attach: aws:ReadOnlyAccess}
"""


def expecting(tmp_path: Path, allowed: str = "", denied: str = "") -> Path:
    return spec(tmp_path, f"expect: {{allowed: [{allowed}], denied: [{denied}]}}\n{ROLES}")


HELD = """
  allowed:
    - {role: R, action: "s3:GetObject", resource: "arn:aws:s3:::acme/x"}
    - {role: R, action: "s3:PutObject", resource: "arn:aws:s3:::acme/x", when: {"aws:SecureTransport": true}}
  denied:
    - {role: R, action: "s3:PutObject", when: {"aws:SecureTransport": false}}
    - {role: R, action: "s3:DeleteObject"}
    - {role: R, action: "s3:GetObject", resource: "arn:aws:s3:::other/x"}
"""
NOT_HELD = """
  allowed:
    - {role: R, action: "s3:GetObject"}
    - {role: R, action: "s3:PutObject", resource: "arn:aws:s3:::acme/x"}
  denied:
    - {role: R, action: "s3:GetObject"}
    - {role: R, action: "s3:PutObject", when: {"aws:SecureTransport": true}}
"""
WHY = ["no document allows it"] * 2 + ["allowed, by inline policy o"] * 2
LINES = [5, 6, 8, 9]


def test_held(cli: Cli, tmp_path: Path) -> None:
    path = spec(tmp_path, f"expect:{HELD}{ROLES}")
    cli("validate", path)
    cli("apply", path, "--yes")
    assert cli("verify", path).out.count("ok    expect R s3:") == 5
    assert "result: in sync · 0 findings · 2 of 2 resources in sync" in cli("drift", path).out


def test_not_held(cli: Cli, tmp_path: Path) -> None:
    path = spec(tmp_path, f"expect:{NOT_HELD}{ROLES}")
    errors = cli("validate", path, code=1).err.splitlines()
    assert [int(line.split(":")[1]) for line in errors[:-1]] == LINES
    assert [line.rpartition(": ")[2] for line in errors[:-1]] == WHY
    cli("apply", path, "--yes")
    assert cli("verify", path, code=2).out.count("FAIL  expect R s3:") == 4
    findings = cli("drift", path, "--format", "json", code=2).json["findings"]
    assert [f["severity"] for f in findings] == ["gained", "gained", "lost", "lost"], "the worst first"
    findings.sort(key=lambda f: int(f["source"].rpartition(":")[2]))
    assert [(f["rule"], f["message"].partition("it is not: ")[2]) for f in findings] == [
        ("expectation", why) for why in WHY
    ]
    assert [int(f["source"].rpartition(":")[2]) for f in findings] == LINES
    assert [f["severity"] for f in findings] == ["lost", "lost", "gained", "gained"]


def test_what_hangs_on_other_documents_is_left_to_verify(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = expecting(tmp_path, '{role: A, action: "s3:GetObject"}', '{role: A, action: "s3:PutObject"}')
    cli("validate", path)
    cli("apply", path, "--yes")
    before = len(sandbox.log())
    assert cli("verify", path).out.count("ok    expect A s3:") == 2
    asked = [json.dumps([e["operation"], e["params"]], sort_keys=True) for e in sandbox.log()[before:]]
    assert len(asked) == len(set(asked)), "no read is made twice"
    sandbox.control("fail", operation="GetPolicyVersion", code="AccessDenied", status=403, times=None)
    assert "cannot tell" in cli("verify", path, code=3).out


def test_roles_that_are_not_there_or_belong_to_no_spec(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    other = (
        '{role: "arn:aws:iam::123456789012:role/team/Other", action: "s3:GetObject", resource:'
        ' "arn:aws:s3:::a/b"}'
    )
    path = expecting(tmp_path, other)
    cli("validate", path)
    cli("apply", path, "--yes")
    assert "the role does not exist" in cli("verify", path, code=2).out
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    grant: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam = sandbox.iam()
    iam.create_role(RoleName="Other", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="Other", PolicyName="p", PolicyDocument=json.dumps(grant))
    cli("verify", path)


def test_can_live(cli: Cli, tmp_path: Path) -> None:
    cli("apply", expecting(tmp_path), "--yes")
    for role, action, code, words in (
        ("R", "s3:GetObject", 0, "allowed: inline policy o, statement 1"),
        ("R", "s3:DeleteObject", 2, "no document allows it"),
        ("A", "s3:GetObject", 0, "allowed: aws:ReadOnlyAccess, statement"),
        ("arn:aws:iam::123456789012:role/A", "s3:DeleteObject", 2, "no document allows it"),
        ("user.ada", "s3:GetObject", 1, "user.ada is no role, and can answers for roles only"),
        ("Nope", "s3:GetObject", 1, "there is no role Nope in AWS"),
    ):
        ran = cli("can", role, action, "arn:aws:s3:::acme/x", "--live", code=code)
        assert words in ran.out + ran.err


def test_denied_on_any_resource_sees_what_variables_stand_for(offline: Cli, tmp_path: Path) -> None:
    home = (
        "roles: {R: {trust: {service: ec2}, inline: {o: {allow: [{service: s3, read: GetObject, resources:"
        ' "b/${aws:username}"}]}}}}\n'
    )
    entry = '{role: R, action: "s3:GetObject", when: {"aws:username": mara}}'
    err = offline("validate", spec(tmp_path, f"expect: {{denied: [{entry}]}}\n{home}"), code=1).err
    assert "allowed, by inline policy o" in err
