"""An apply has ended when it has read what it wrote; of a policy, the version in force."""

import subprocess
from pathlib import Path

from tests.conftest import RECONCILE, ROOT, Cli, Server

SPEC = "version: 1\nname: a/b\npolicies: {P: {allow: [{service: s3, read: GetObject, resources: 'b/*'}]}}\n"
ARN = "arn:aws:iam::123456789012:policy/P"


def updated(cli: Cli, folder: Path) -> Path:
    path = folder / "s.yaml"
    path.write_text(SPEC)
    cli("apply", path, "--yes")
    path.write_text(SPEC.replace("GetObject", "GetObjectTagging"))
    return path


def test_a_policy_update_is_read_back_as_the_default_version(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = updated(cli, tmp_path)
    cli("apply", path, "--yes")
    log = sandbox.log()
    last = max(index for index, entry in enumerate(log) if entry["write"])
    after = [(entry["operation"], entry["params"]) for entry in log[last + 1 :]]
    assert ("GetPolicy", {"PolicyArn": ARN}) in after
    assert ("GetPolicyVersion", {"PolicyArn": ARN, "VersionId": "v2"}) in after
    assert sandbox.iam().get_policy(PolicyArn=ARN)["Policy"]["DefaultVersionId"] == "v2"


def test_one_that_is_not_in_force_is_never_called_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = updated(cli, tmp_path)
    sandbox.control("fail", operation="TagPolicy", code="Throttling", status=400)
    command = [RECONCILE, "apply", path, "--yes", "--timeout", "6s"]
    with subprocess.Popen(
        command, env=cli.environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr or ():
            if "CreatePolicyVersion" in line:
                break
        # The version is there; before the tags can follow, someone sets the old one in force again.
        sandbox.iam().set_default_policy_version(PolicyArn=ARN, VersionId="v1")
        sandbox.control("calm")
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "sent, but not yet visible everywhere" in out
    assert "done, and read back" not in out
