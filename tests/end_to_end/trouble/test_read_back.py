"""An apply has ended when it has read what it wrote; of a policy, the version in force."""

from pathlib import Path

from tests.conftest import Cli, Server
from tests.end_to_end.trouble.between import between
from tests.warm import HASTY

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

    def undone(operation: str, text: str) -> str:
        """The version is there; before anything can follow, someone sets the old one in force again."""
        # What is read anew may have changed.
        proxy.kept.clear()
        if operation == "CreatePolicyVersion":
            sandbox.iam().set_default_policy_version(PolicyArn=ARN, VersionId="v1")
        return text

    with between(sandbox.url, undone) as proxy:
        ran = Cli(Server(proxy.url), cli.home)("apply", path, "--yes", code=1, env=HASTY)
    assert "sent, but not yet visible everywhere" in ran.out
    assert "done, and read back" not in ran.out
