"""What `--accept` and `--ignore` don't write: values that others share; and that they write short forms."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli, Server

HEAD = "version: 1\nname: a/job\n"
TRUST = "trust: {service: lambda}"
TEMPLATE = f"""version: 1
templates:
  role: {{parameters: {{n: }}, roles: {{'${{param.n}}': {{{TRUST}}}}}}}
"""
READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::live/*"}
WANTED = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::live"}


def applied(cli: Cli, folder: Path, files: dict[str, str], *options: str) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / ".git").mkdir(exist_ok=True)
    cli("apply", "--yes", *options, cwd=folder)


def finding(cli: Cli, folder: Path, *options: str) -> str:
    drift = json.loads(cli("drift", "--format", "json", *options, cwd=folder, code=2).out)
    (only,) = drift["findings"]
    return str(only["id"])


def refused(cli: Cli, folder: Path, *options: str) -> str:
    before = {path: path.read_text() for path in folder.rglob("*.yaml")}
    known = finding(cli, folder, *options)
    errors = cli("drift", "--accept", known, *options, cwd=folder, code=1).err
    ignored = cli("drift", "--ignore", known, "--reason", "x", *options, cwd=folder, code=1).err
    assert "by hand" in ignored
    assert {path: path.read_text() for path in folder.rglob("*.yaml")} == before
    return errors


def test_an_environments_value_is_not_for_all(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    project = "{version: 1, environments: {dev: {variables: {e: dev}}, prod: {variables: {e: prod}}}}"
    spec = f"{HEAD}roles: {{'R-${{var.e}}': {{{TRUST}, description: one}}}}\n"
    applied(cli, tmp_path, {"reconcile.yaml": project, "specs/a.yaml": spec}, "-e", "prod")
    sandbox.iam().update_role(RoleName="R-prod", Description="live")
    errors = refused(cli, tmp_path, "-e", "prod")
    assert "specs/a.yaml: 2 environments share it (dev, prod), and this value is live in prod" in errors


def test_a_template_is_not_changed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    files = {
        "lib/role.yaml": TEMPLATE,
        "specs/a.yaml": f"{HEAD}library: ../lib/*.yaml\nuse:\n  - {{template: role, with: {{n: R}}}}\n",
        "reconcile.yaml": "version: 1\n",
    }
    applied(cli, tmp_path, files)
    sandbox.iam().update_role(RoleName="R", Description="live")
    errors = refused(cli, tmp_path)
    assert "the template at lib/role.yaml:3 makes it" in errors
    assert "change what use: gives at specs/a.yaml:5, or the template" in errors


@pytest.mark.parametrize(
    ("given", "origin"), [(("--var", "d=one"), "--var"), ((), "specs/a.yaml:3:13")], ids=["option", "spec"]
)
def test_a_value_of_variables_is_theirs(
    given: tuple[str, ...], origin: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    spec = f"{HEAD}variables: {{d: one}}\nroles: {{R: {{{TRUST}, description: 'a ${{var.d}}'}}}}\n"
    applied(cli, tmp_path, {"specs/a.yaml": spec}, *given)
    sandbox.iam().update_role(RoleName="R", Description="live")
    errors = refused(cli, tmp_path, *given)
    assert f"its value is made of ${{var.d}} ({origin}): change that" in errors


def test_a_name_of_variables_says_so(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = f"{HEAD}variables: {{d: one}}\nroles: {{'R-${{var.d}}': {{{TRUST}}}}}\n"
    applied(cli, tmp_path, {"specs/a.yaml": spec})
    sandbox.iam().update_role(RoleName="R-one", Description="live")
    assert "made of ${var.d}" in refused(cli, tmp_path)


def test_a_tag_beside_one_of_variables_is_written(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = f"{HEAD}variables: {{d: one}}\nroles:\n  R: {{{TRUST}, tags: {{a: '${{var.d}}', b: x}}}}\n"
    applied(cli, tmp_path, {"specs/a.yaml": spec})
    sandbox.iam().tag_role(RoleName="R", Tags=[{"Key": "b", "Value": "live"}])
    cli("drift", "--accept", finding(cli, tmp_path), cwd=tmp_path)
    assert "tags: {a: '${var.d}', b: live}" in (tmp_path / "specs/a.yaml").read_text()
    sandbox.iam().tag_role(RoleName="R", Tags=[{"Key": "a", "Value": "live"}])
    assert "made of ${var.d}" in refused(cli, tmp_path)


def test_short_forms_are_written_as_export_writes_them(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = (
        f"{HEAD}policies:\n  P: {{allow: [{{service: sqs, read: GetQueueUrl, resources: q}}]}}\n"
        f"roles:\n  R:\n    {TRUST}\n    inline:\n"
        "      own: {allow: [{service: sqs, read: GetQueueUrl, resources: q}]}\n"
    )
    applied(cli, tmp_path, {"specs/a.yaml": spec})
    iam = sandbox.iam()
    document = json.dumps({"Version": "2012-10-17", "Statement": [READS, WANTED]})
    iam.create_policy_version(
        PolicyArn="arn:aws:iam::123456789012:policy/P", PolicyDocument=document, SetAsDefault=True
    )
    cli("drift", "--accept", finding(cli, tmp_path), cwd=tmp_path)
    iam.put_role_policy(RoleName="R", PolicyName="own", PolicyDocument=document)
    cli("drift", "--accept", finding(cli, tmp_path), cwd=tmp_path)
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=json.dumps(trust))
    cli("drift", "--accept", finding(cli, tmp_path), cwd=tmp_path)
    text = (tmp_path / "specs/a.yaml").read_text()
    assert "document" not in text
    assert text.count("service: s3") >= 2
    assert "service: ec2" in text
    cli("drift", cwd=tmp_path)
