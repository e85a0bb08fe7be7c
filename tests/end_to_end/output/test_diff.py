"""`reconcile diff` and `reconcile can` as commands: what goes in, what comes out, how they end."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli

READ = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource":'
    ' "arn:aws:s3:::acme/*"}]}'
)
SAME = """\
Statement:
  Effect: Allow
  Action: [S3:getobject, s3:GetObject]
  Resource: ["arn:aws:s3:::acme/*"]
"""
MORE = READ.replace('"s3:GetObject"', '"s3:Get*"')
DENYING = READ.replace(
    "]}", ', {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::acme/*"}]}'
)
OPEN = READ.replace('"Resource"', '"Condition": {"StringEquals": {}}, "Resource"')
TRUST = '{"Statement": {"Effect": "Allow", "Principal": %s, "Action": "sts:AssumeRole"}}'


def files(folder: Path, old: str, new: str) -> tuple[Path, Path]:
    pair = folder / "old", folder / "new"
    for path, text in zip(pair, (old, new), strict=True):
        path.write_text(text)
    return pair


@pytest.mark.parametrize(
    ("new", "code", "words"),
    [
        (SAME, 0, "equivalent: either can stand for the other"),
        (MORE, 2, "not equivalent: access gained, no access lost"),
        (DENYING, 2, "not equivalent: no access gained, no access lost"),
        (OPEN, 3, "cannot tell"),
        ('{"Statement": []}', 1, "at least one Statement"),
    ],
)
def test_exit_codes(offline: Cli, tmp_path: Path, new: str, code: int, words: str) -> None:
    ran = offline("diff", *files(tmp_path, READ, new), code=code)
    assert words in ran.out + ran.err


def test_words_that_people_read(offline: Cli, tmp_path: Path) -> None:
    lines = offline("diff", *files(tmp_path, READ, MORE), code=2).out.splitlines()
    assert lines[:4] == [
        "not equivalent: access gained, no access lost",
        "",
        "access gained",
        "    + allow  s3  Get*  arn:aws:s3:::acme/*",
    ]
    assert lines[4].startswith("    for example s3:Get")
    assert lines[4].endswith(" on arn:aws:s3:::acme/example")


def test_json(offline: Cli, tmp_path: Path) -> None:
    report = json.loads(offline("diff", *files(tmp_path, READ, MORE), "--format", "json", code=2).out)
    assert list(report) == ["equivalent", "gained", "lost", "denied", "changes"]
    assert report["equivalent"] is False
    assert report["gained"]["verdict"] == "yes"
    assert set(report["gained"]["witness"]) == {"action", "resource", "principal", "context"}
    assert report["lost"] == {
        "verdict": "no",
        "access": [],
        "witness": None,
        "why": None,
        "complete": True,
        "undecided": [],
    }
    assert set(report["denied"]) == {"added", "removed"}
    assert {c["kind"] for c in report["changes"]} == {"changed"} or report["changes"]
    assert (
        json.loads(offline("diff", *files(tmp_path, READ, OPEN), "--format", "json", code=3).out)[
            "equivalent"
        ]
        is None
    )
    same = json.loads(offline("diff", *files(tmp_path, READ, SAME), "--format", "json").out)
    assert same["equivalent"] is True
    assert same["changes"] == []


def test_trust_policies_name_a_principal(offline: Cli, tmp_path: Path) -> None:
    pair = files(
        tmp_path, TRUST % '{"AWS": "111122223333"}', TRUST % '{"AWS": ["111122223333", "444455556666"]}'
    )
    report = json.loads(offline("diff", *pair, "--trust", "--format", "json", code=2).out)
    assert "444455556666" in report["gained"]["witness"]["principal"]["AWS"]
    assert report["lost"]["verdict"] == "no"


def test_standard_input(offline: Cli, tmp_path: Path) -> None:
    _, new = files(tmp_path, READ, SAME)
    offline("diff", "-", new, input_=READ, code=0)
    assert "only one of the two" in offline("diff", "-", "-", input_=READ, code=1).err


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", ":", "is empty"),
        ("{}", ":1:1", "Statement"),
        ("[1, 2", ":", "is never closed"),
        ("x" * 3_000_000, ":", "larger than 2 MB"),
        ("[" * 5_000, ":1:101", "nested deeper"),
        ('{"Statement": [{"Effect": "Allow", "Action": "s3:\0x"}]}', ":1:", "control character"),
        (
            '{"Statement": [{"Effect": "allow", "Action": "s3:x", "Resource": "*"}]}',
            ":1:27",
            "capital letter",
        ),
        ('{"Statement": [{"Effect": "Allow", "Action": null, "Resource": "*"}]}', ":1:46", "null"),
        ('{"Statement": [{"Effect": "Allow", "Action": [5], "Resource": "*"}]}', ":1:47", "no text"),
        (
            '{"Statement": [{"Effect": "Allow", "Action": {"a": "b"}, "Resource": "*"}]}',
            ":1:46",
            "list of text",
        ),
        ('{"Statement": [{"Effect": "Allow",\n "Effect": "Deny"}]}', ":2:2", "twice"),
        ('{"Statement": [{"Effect": "Allow", "Action": "s3:x"}]}', ":1:16", "needs Resource"),
        (
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:x", "Resource": "*"}]}',
            ":1:",
            "no place",
        ),
    ],
)
def test_garbage_is_refused_with_its_place(
    offline: Cli, tmp_path: Path, text: str, place: str, words: str
) -> None:
    err = offline("diff", *files(tmp_path, READ, text), code=1).err
    assert f"{tmp_path / 'new'}{place}" in err
    assert words in err


def test_a_terminal_is_shown_no_control_characters(offline: Cli, tmp_path: Path) -> None:
    new = MORE.replace("acme", "ac\\u001b[31mme")
    out = offline("diff", *files(tmp_path, READ, new), code=None)
    assert "\x1b" not in out.out + out.err


PUT = "arn:aws:ecr:eu-west-1:123456789012:repository/app"


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (("CustomRWECRRole", "ecr:PutImage", PUT), 0, "policy/WriteECRRepositoryContent, statement 1"),
        (("CustomRWECRRole", "ecr:DeleteRepository", PUT), 2, "no document allows it"),
        (("CustomRWECRole", "ecr:PutImage", PUT), 1, "did you mean CustomRWECRRole?"),
        (("CustomRWECRRole", "ecr:PutImag", PUT), 1, "PutImage"),
        (("CustomRWECRRole", "ecr:PutImage"), 1, "acts on a resource"),
        (("CustomRWECRRole", "iam:CreateUser"), 1, "such as arn:aws:iam::123456789012:user/*"),
        (("CustomRWECRRole", "ecr:PutImage", "app"), 1, "no ARN"),
    ],
)
def test_can(offline: Cli, asked: tuple[str, ...], code: int, words: str) -> None:
    ran = offline("can", *asked, "--account", "123456789012", code=code)
    assert words in ran.out + ran.err
    assert code == 1 or "not checked: service control policies" in ran.out


CONDITIONED = """\
version: 1
name: t/t
users: {ada: {}}
policies:
  Limit: {deny: [{service: s3, write: DeleteObject, resources: "*"}],\
 allow: [{actions: "s3:*", resources: "*"}]}
roles:
  Reader:
    trust: {service: ec2}
    boundary: Limit
    attach: [aws:ReadOnlyAccess]
    inline:
      own: {allow: [{service: s3, actions: [GetObject, DeleteObject], resources: "acme/*",\
 when: {"aws:SourceIp": 203.0.113.0/24}}]}
"""


def test_can_with_context_boundary_and_what_was_not_seen(offline: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(CONDITIONED)

    def asked(action: str, *context: str, code: int) -> str:
        return offline(
            "can",
            "Reader",
            action,
            "arn:aws:s3:::acme/x",
            *context,
            "--spec",
            path,
            "--account",
            "123456789012",
            code=code,
        ).out

    inside = "--context", "aws:SourceIp=203.0.113.9"
    assert "boundary denies" in asked("s3:DeleteObject", *inside, code=2)
    assert "could deny it: aws:ReadOnlyAccess" in asked("s3:GetObject", *inside, code=3)
    assert "not seen: aws:ReadOnlyAccess" in asked("s3:GetObject", code=3)
    for user in ("ada", "user.ada"):
        errors = offline(
            "can",
            user,
            "s3:GetObject",
            "arn:aws:s3:::acme/x",
            "--spec",
            path,
            "--account",
            "123456789012",
            code=1,
        ).err
        assert "user.ada is no role, and can answers for roles only" in errors
