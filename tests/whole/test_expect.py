"""`expect:` in validate, verify and drift, and `can --live`: the same requests, offline and against live IAM."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server
from tests.whole.test_hostile import spec

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


HELD = [
    ('{role: R, action: "s3:GetObject", resource: "arn:aws:s3:::acme/x"}', ""),
    ('{role: R, action: "s3:PutObject", resource: "arn:aws:s3:::acme/x", when: {"aws:SecureTransport": true}}', ""),
    ("", '{role: R, action: "s3:PutObject", when: {"aws:SecureTransport": false}}'),
    ("", '{role: R, action: "s3:DeleteObject"}'),
    ("", '{role: R, action: "s3:GetObject", resource: "arn:aws:s3:::other/x"}'),
]  # fmt: skip
NOT_HELD = [
    ('{role: R, action: "s3:GetObject"}', "", "no document allows it"),
    ('{role: R, action: "s3:PutObject", resource: "arn:aws:s3:::acme/x"}', "", "no document allows it"),
    ("", '{role: R, action: "s3:GetObject"}', "allowed, by inline policy o"),
    ("", '{role: R, action: "s3:PutObject", when: {"aws:SecureTransport": true}}', "allowed, by inline policy o"),
]  # fmt: skip


@pytest.mark.parametrize(("allowed", "denied"), HELD)
def test_held(cli: Cli, tmp_path: Path, allowed: str, denied: str) -> None:
    path = expecting(tmp_path, allowed, denied)
    cli("validate", path)
    cli("apply", path, "--yes")
    assert "ok    expect R s3:" in cli("verify", path).out
    assert cli("drift", path).out.endswith("result: in sync · 0 of 3 differ\n")


@pytest.mark.parametrize(("allowed", "denied", "why"), NOT_HELD)
def test_not_held(cli: Cli, tmp_path: Path, allowed: str, denied: str, why: str) -> None:
    path = expecting(tmp_path, allowed, denied)
    err = cli("validate", path, code=1).err
    place = "3:20 expect.allowed[0]: R" if allowed else "3:32 expect.denied[0]: R"
    assert f"spec.yaml:{place}" in err
    assert why in err
    cli("apply", path, "--yes")
    assert "FAIL  expect R s3:" in cli("verify", path, code=2).out
    found = cli("drift", path, "--format", "json", code=2).json
    assert [(e["holds"], e["why"]) for e in found["expected"]] == [(False, why)]
    assert found["expected"][0]["source"].endswith("spec.yaml:3")


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
    other = '{role: "arn:aws:iam::123456789012:role/team/Other", action: "s3:GetObject", resource: "arn:aws:s3:::a/b"}'
    path = expecting(tmp_path, other)
    cli("validate", path)
    cli("apply", path, "--yes")
    assert "the role does not exist" in cli("verify", path, code=2).out
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    grant: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}  # fmt: skip
    iam = sandbox.iam()
    iam.create_role(RoleName="Other", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="Other", PolicyName="p", PolicyDocument=json.dumps(grant))
    cli("verify", path)


@pytest.mark.parametrize(
    ("role", "action", "code", "said"),
    [
        ("R", "s3:GetObject", 0, "allowed: inline policy o, statement 1"),
        ("R", "s3:DeleteObject", 2, "no document allows it"),
        ("A", "s3:GetObject", 0, "allowed: aws:ReadOnlyAccess, statement"),
        ("arn:aws:iam::123456789012:role/A", "s3:DeleteObject", 2, "no document allows it"),
        ("Nope", "s3:GetObject", 1, "there is no role Nope in AWS"),
    ],
)
def test_can_live(cli: Cli, tmp_path: Path, role: str, action: str, code: int, said: str) -> None:
    cli("apply", expecting(tmp_path), "--yes")
    ran = cli("can", role, action, "arn:aws:s3:::acme/x", "--live", code=code)
    assert said in ran.out + ran.err
