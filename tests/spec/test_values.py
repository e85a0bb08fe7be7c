"""Plain scalars are text, and the field decides; what is rendered is byte-stable."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.language.section import duration
from tests.conftest import ROOT, Cli

HEAD = "version: 1\nname: t/values\n"


def render(offline: Cli, tmp_path: Path, text: str, *more: str) -> Any:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    return offline(
        "render", tmp_path / "spec.yaml", "--account", "012345670123", "--format", "json", *more
    ).json


def test_yamls_own_types_are_never_applied(offline: Cli, tmp_path: Path) -> None:
    text = (
        HEAD
        + "account: 012345670123\ntags: {version: 1.10, on: off, time: 12:30:45, hex: 0x1F, date: 2031-01-31,"
        " nothing: null, quoted: 'true'}\npolicies:\n  no:\n    document:\n      Version: 2012-10-17\n     "
        " Statement: {Effect: Allow, Action: s3:*, Resource: '*', Condition: {Bool: {aws:SecureTransport:"
        " true}, NumericLessThan: {aws:MultiFactorAuthAge: 0900}}}\n"
    )
    policy = render(offline, tmp_path, text)["policy.no"]
    assert policy["tags"] == {
        "version": "1.10",
        "on": "off",
        "time": "12:30:45",
        "hex": "0x1F",
        "date": "2031-01-31",
        "nothing": "null",
        "quoted": "true",
    }
    assert policy["document"]["Statement"]["Condition"] == {
        "Bool": {"aws:SecureTransport": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "0900"},
    }


def test_order_of_keys_changes_no_byte(offline: Cli, tmp_path: Path) -> None:
    def turned(value: Any) -> Any:
        return {k: turned(value[k]) for k in reversed(value)} if isinstance(value, dict) else value

    spec = yaml.safe_load((ROOT / "specs" / "ecr.yaml").read_text())
    texts = set()
    for variant in (spec, turned(spec)):
        (tmp_path / "spec.yaml").write_text(json.dumps(variant))
        texts.add(
            offline("render", tmp_path / "spec.yaml", "--account", "123456789012", "--format", "json").out
        )
    assert len(texts) == 1


def test_variables(offline: Cli, tmp_path: Path) -> None:
    text = (
        HEAD + "variables: {env: prod, name: 'app-${var.env}', evil: \"x'}], y: [{'\"}\ntags: {e:"
        " '${var.env}-${account}-${partition}'}\nroles:\n  ${var.name}:\n    trust: {account: '${account}',"
        " condition: {StringEquals: {'aws:PrincipalTag/x': '${aws:username}${*}${?}${$}',"
        " 'aws:PrincipalTag/y': '${var.evil}'}}}\n"
    )
    role = render(offline, tmp_path, text, "--var", "env=test")["role.app-test"]
    assert role["tags"] == {"e": "test-012345670123-aws"}
    statement = role["trust"]["Statement"][0]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::012345670123:root"}
    assert statement["Condition"]["StringEquals"] == {
        "aws:PrincipalTag/x": "${aws:username}${*}${?}${$}",
        "aws:PrincipalTag/y": "x'}], y: [{'",
    }


def test_trusts_attachments_and_profiles_in_all_their_forms(offline: Cli, tmp_path: Path) -> None:
    text = (
        HEAD + "policies:\n  P: {path: /p/, document: {Statement: {Effect: Allow, Action: s3:*, Resource:"
        " '*'}}}\nroles:\n  R:\n    path: /r/\n    trust:\n      - service: [ec2, ecs-tasks.amazonaws.com,"
        " pods.eks.aws.internal]\n      - {service: pods.eks}\n      - account: [this, 111122223333]\n     "
        " - {role: [R, 'arn:aws:iam::777788889999:role/x/Y'], sid: Chain}\n    attach: [P,"
        " aws:ReadOnlyAccess, aws:job-function/Billing, policy/a/B, {policy: policy/C},"
        " 'arn:aws:iam::012345670123:policy/D']\n    boundary: P\n    max_session_duration: 1h30m\n   "
        " instance_profile: Other\n"
    )
    rendered = render(offline, tmp_path, text)
    role = rendered["role.R"]
    assert [(s["Principal"], s["Action"]) for s in role["trust"]["Statement"]] == [
        (
            {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.aws.internal"]},
            "sts:AssumeRole",
        ),
        ({"Service": "pods.eks.amazonaws.com"}, ["sts:AssumeRole", "sts:TagSession"]),
        ({"AWS": ["arn:aws:iam::012345670123:root", "arn:aws:iam::111122223333:root"]}, "sts:AssumeRole"),
        (
            {"AWS": ["arn:aws:iam::012345670123:role/r/R", "arn:aws:iam::777788889999:role/x/Y"]},
            "sts:AssumeRole",
        ),
    ]
    assert role["attached"] == [
        "arn:aws:iam::012345670123:policy/C",
        "arn:aws:iam::012345670123:policy/D",
        "arn:aws:iam::012345670123:policy/a/B",
        "arn:aws:iam::012345670123:policy/p/P",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/job-function/Billing",
    ]
    assert role["boundary"] == "arn:aws:iam::012345670123:policy/p/P"
    assert role["max_session_duration"] == 5400
    assert rendered["instance-profile.Other"] == {"path": "/r/", "roles": ["R"], "tags": {}}


def test_any_in_account_of_s3_says_the_account_in_a_condition(offline: Cli, tmp_path: Path) -> None:
    text = (
        HEAD + "policies:\n  P:\n    allow:\n      - {service: s3, read: GetObject, list: [ListBucket,"
        " ListAllMyBuckets], resources: any-in-account}\n"
    )
    statements = render(offline, tmp_path, text)["policy.P"]["document"]["Statement"]
    assert [(s["Action"], s["Resource"], s.get("Condition")) for s in statements] == [
        (["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:*:012345670123:accesspoint/*", None),
        (
            ["s3:GetObject", "s3:ListBucket"],
            "arn:aws:s3:::*",
            {"StringEquals": {"aws:ResourceAccount": "012345670123"}},
        ),
        ("s3:ListAllMyBuckets", "*", None),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"), [("3600", 3600), ("90s", 90), ("15m", 900), ("12h", 43200), ("1h30m", 5400)]
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text) == seconds


def test_a_wrong_level_is_a_warning_and_an_error_when_strict(offline: Cli, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        HEAD + "policies:\n  P:\n    allow:\n      - {service: ecr, list: BatchGetImage, resources:"
        " any-in-account}\n"
    )
    assert "BatchGetImage is read, not list" in offline("validate", spec).err
    assert "BatchGetImage is read, not list" in offline("validate", spec, "--strict", code=1).err
