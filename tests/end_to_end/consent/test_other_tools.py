"""What another tool made is taken over only with a consent of its own."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server

HEAD = "version: 1\nname: a/b\n"


@pytest.mark.parametrize(
    ("key", "tool"),
    [("crossplane-name", "Crossplane"), ("services.k8s.aws/controller-version", "AWS Controllers")],
)
def test_what_another_tool_owns(key: str, tool: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    trust = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
        '"Action":"sts:AssumeRole"}}'
    )
    sandbox.iam().create_role(RoleName="R", AssumeRolePolicyDocument=trust, Tags=[{"Key": key, "Value": "x"}])
    written = len(sandbox.writes())
    spec = tmp_path / "s.yaml"
    spec.write_text(HEAD + "roles: {R: {trust: [{service: ec2}]}}\n")
    ran = cli("apply", spec, "--yes", "--adopt", code=1)
    assert tool in ran.out
    assert "--take-over" in ran.err
    assert len(sandbox.writes()) == written
    # A tag that the spec itself sets is the spec's.
    own = tmp_path / "own.yaml"
    own.write_text(HEAD + f"roles: {{R: {{trust: [{{service: ec2}}], tags: {{{key}: x}}}}}}\n")
    assert "--take-over" not in cli("plan", own, "--adopt").out
    cli("apply", spec, "--yes", "--take-over")
