"""The partition of a spec where no credentials tell it."""

from pathlib import Path

import pytest

from tests.conftest import Cli

HEAD = "version: 1\nname: t/p\naccount: 123456789012\n"
POLICY = (
    "policies:\n  P: {document: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject',"
    " Resource: '%s'}]}}\n"
)
GRANT = "policies:\n  P: {allow: [{service: sqs, write: SendMessage, resources: jobs}]}\n"
ROLE = "roles:\n  R: {trust: {role: 'arn:aws-us-gov:iam::210987654321:role/Other'}}\n"


def rendered(offline: Cli, tmp_path: Path, text: str, *more: str) -> str:
    (tmp_path / "s.yaml").write_text(HEAD + text, encoding="utf-8")
    ran = offline("render", str(tmp_path / "s.yaml"), "--format", "json", *more)
    assert ran.code == 0, ran.err
    return ran.out


@pytest.mark.parametrize(
    ("text", "partition"),
    [
        (GRANT, "aws"),
        (GRANT + ROLE, "aws-us-gov"),
        ("partition: aws-cn\n" + GRANT, "aws-cn"),
        # What the spec says is said, whatever its ARNs are.
        ("partition: aws-cn\n" + GRANT + ROLE, "aws-cn"),
        (
            GRANT + "roles:\n  R: {trust: [{role: 'arn:aws-us-gov:iam::210987654321:role/O'}, {role:"
            " 'arn:aws-cn:iam::210987654321:role/O'}]}\n",
            "aws",
        ),
        (
            GRANT + "roles:\n  R: {trust: {service: ec2}, attach:"
            " 'arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess'}\n",
            "aws-us-gov",
        ),
        # What people read decides nothing.
        (
            GRANT + "roles:\n  R: {description: 'copy of arn:aws-cn:iam::aws:policy/X', trust: {role:"
            " 'arn:aws-us-gov:iam::210987654321:role/O'}}\n",
            "aws-us-gov",
        ),
        # Any partition is none.
        (
            GRANT
            + "roles:\n  R: {trust: {service: ec2}, inline: {I: {allow: [{actions: 's3:GetObject', resources:"
            " 'arn:*:s3:::x/*'}]}}}\n",
            "aws",
        ),
    ],
)
def test_it_is_what_the_spec_says_else_what_its_arns_agree_on(
    offline: Cli, tmp_path: Path, text: str, partition: str
) -> None:
    assert f'"arn:{partition}:sqs:*:123456789012:jobs"' in rendered(offline, tmp_path, text)


def test_the_option_wins(offline: Cli, tmp_path: Path) -> None:
    assert '"arn:aws-iso:sqs:*:' in rendered(offline, tmp_path, GRANT + ROLE, "--partition", "aws-iso")


def test_a_document_in_a_file_tells_it_too(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
        '"Resource":"arn:aws-cn:s3:::x/*"}]}'
    )
    text = GRANT + "  D: {document_file: d.json}\n"
    assert '"arn:aws-cn:sqs:*:' in rendered(offline, tmp_path, text)


def test_files_of_one_folder_have_their_own(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        HEAD.replace("t/p", "t/a") + POLICY % "arn:aws:s3:::x/*", encoding="utf-8"
    )
    gov = POLICY.replace("P:", "Q:") % "arn:aws-us-gov:s3:::x/*"
    (tmp_path / "b.yaml").write_text(HEAD.replace("t/p", "t/b") + gov, encoding="utf-8")
    ran = offline("validate", str(tmp_path), "--strict")
    assert (ran.code, ran.err) == (0, "")


def test_validate_can_diff_and_permissions_know_it(offline: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    gov = POLICY % "arn:aws-us-gov:s3:::x/*"
    path.write_text(HEAD + gov + "roles:\n  R: {trust: {service: ec2}, attach: P}\n", encoding="utf-8")
    assert offline("validate", str(path), "--strict").code == 0
    wrong = offline("validate", str(path), "--partition", "aws")
    assert "is in the partition aws-us-gov, and this is aws" in wrong.err
    assert offline("can", "R", "s3:GetObject", "arn:aws-us-gov:s3:::x/y", "--spec", str(path)).code == 0
    assert (
        "arn:aws-us-gov:iam::123456789012:role/R" in offline("permissions", str(path), "--for", "apply").out
    )
    for name, account in (("old", "123456789012"), ("new", "arn:aws-us-gov:iam::123456789012:root")):
        (tmp_path / f"{name}.json").write_text(
            f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",'
            f'"Principal":{{"AWS":"{account}"}}}}]}}'
        )
    documents = (str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--trust")
    assert offline("diff", *documents).code == 0
    assert offline("diff", *documents, "--partition", "aws", code=2).code == 2


def test_credentials_of_another_partition_are_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(HEAD + "partition: aws-cn\n" + GRANT, encoding="utf-8")
    ran = cli("plan", str(tmp_path / "s.yaml"), code=1)
    assert ran.code == 1
    assert "the spec t/p is for partition aws-cn, and these are credentials of aws" in ran.err
