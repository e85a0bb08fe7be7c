"""Keys and session tokens are in no output, no journal and no plan file, however verbose the run is."""

from pathlib import Path

import boto3

from tests.conftest import ACCOUNT, Cli, Server

SPEC = "specs/ecr.yaml"


def test_no_secret_is_written_anywhere(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    trust = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},'
        '"Action":"sts:AssumeRole"}}'
    )
    sandbox.iam().create_role(RoleName="Ci", AssumeRolePolicyDocument=trust)
    arn = f"arn:aws:iam::{ACCOUNT}:role/Ci"
    keys = boto3.client("sts", endpoint_url=sandbox.url).assume_role(RoleArn=arn, RoleSessionName="ci")[
        "Credentials"
    ]
    secrets = [keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]]
    env = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), secrets, strict=True))
    sandbox.control(
        "fail",
        operation="CreateRole",
        code="AccessDenied",
        status=403,
        times=1,
        message=f"not with {keys['SessionToken'][:4]}",
    )
    written = ""
    for args, code in (
        (("plan", SPEC, "-v", "--out", tmp_path / "plan.json"), 0),
        (("apply", tmp_path / "plan.json", "-v"), 1),
        (("apply", SPEC, "--yes", "-v"), 0),
        (("plan", SPEC, "-v", "--role-arn", arn), 0),
        (("verify", SPEC, "-v", "--format", "json"), 0),
        (("drift", SPEC, "-v", "--format", "json"), 0),
        (("can", "CustomRWECRRole", "ecr:GetAuthorizationToken", "--live"), 0),
    ):
        ran = cli(*args, code=None, env=env)
        assert ran.code in (code, 3), ran.err
        written += ran.out + ran.err
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".json", ".jsonl"}
    written += "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    assert "CreateRole" in written
    assert [secret for secret in secrets if secret in written] == []
