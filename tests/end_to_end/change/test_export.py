"""Export: the spec that people would have written.

Its plan only adopts, and its apply in an empty account makes the same.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from reconciler.plan.guard import ALLOWABLE
from tests.conftest import ACCOUNT, ROOT, Cli, Server
from tests.end_to_end import accounts
from tests.end_to_end.change.exported import TRUST, plain
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.state import state_of
from tests.laws.generators import relaxed, specs, text
from tests.laws.runner import Runner
from tests.laws.states import bystanders, differing

SPEC = ROOT / "specs" / "ecr.yaml"


def test_the_founding_spec_comes_back_as_it_was_written(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    cli("apply", SPEC, "--yes")
    out = tmp_path / "ecr.yaml"
    cli("export", "role.CustomRWECRRole", "policy.*ECR*", "instance-profile.*", "--out", out)
    text = out.read_text()
    assert "document:" not in text
    assert "name: platform/ecr\n" in text
    original, exported = (
        cli("render", path, "--account", ACCOUNT, "--format", "json").json for path in (SPEC, out)
    )
    # IAM garbles a policy's description, and says no more what it was.
    for rendered in (original, exported):
        for address in ("policy.ReadECRRepositoryContent", "policy.WriteECRRepositoryContent"):
            del rendered[address]["description"]
    assert original == exported
    assert not any(change["differs"] for change in cli("plan", out, "--format", "json").json["changes"])
    written = SPEC.read_text()
    for grant in (
        "list: [DescribeImages, ListImages]",
        "resources: any-in-account",
        "trust: {service: ec2}",
        "instance_profile: true",
        "tags: {team: platform}",
        "attach: [ReadECRRepositoryContent, WriteECRRepositoryContent]",
    ):
        assert written.count(grant) == text.count(grant), grant
    everything = cli("export", "--all", "--owned").out
    assert everything[everything.index("version:") :] == text[text.index("version:") :]


def test_what_belongs_to_a_spec_is_left_to_it_and_both_are_planned_together(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    iam, specs = sandbox.iam(), tmp_path / "specs"
    specs.mkdir()
    (specs / "ecr.yaml").write_text(SPEC.read_text())
    cli("apply", specs, "--yes")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/ReadECRRepositoryContent"
    iam.create_role(RoleName="Extra", AssumeRolePolicyDocument=json.dumps(TRUST), Path="/x/")
    iam.attach_role_policy(RoleName="Extra", PolicyArn=arn)
    iam.create_user(UserName="mara")
    ran = cli("export", "--all", "--out", f"{specs}/", "--name", "acme/account")
    assert "exported 2 resources, left out 4" in ran.err
    assert "--take-over" not in ran.err
    assert sorted(path.name for path in specs.iterdir()) == ["ecr.yaml", "roles.yaml", "users.yaml"]
    text = (specs / "roles.yaml").read_text()
    for line in (
        "# Left out (4):",
        "# - role.CustomRWECRRole: owned by spec platform/ecr",
        "# - policy.ReadECRRepositoryContent: owned by spec platform/ecr",
        "name: acme/account-roles",
        "    attach: policy/ReadECRRepositoryContent",
    ):
        assert f"{line}\n" in text, line
    changes = cli("plan", specs, "--adopt", "--format", "json").json["changes"]
    assert {c["address"]: c["action"] for c in changes if c["action"] != "none"} == {
        "role.Extra": "adopt",
        "user.mara": "adopt",
    }
    (specs / "ecr.yaml").unlink()
    assert "2 to adopt" in cli("plan", specs, "--adopt").out
    # By its address it is exported whoever has it, and the file that has it says so.
    by_name = cli("export", "role.*", "user.*", "--out", f"{tmp_path}/named/")
    assert "owned by spec platform/ecr: to plan it takes --take-over" in by_name.err
    assert [
        "--take-over" in (tmp_path / "named" / name).read_text() for name in ("roles.yaml", "users.yaml")
    ] == [True, False]
    assert "role.Extra" not in cli("export", "--path", "/x/").out


EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "1"))
CONSENT = {"force": True, "take_over": True, "adopt": True, "allow": ALLOWABLE}


@given(spec=specs())
@settings(relaxed, max_examples=EXAMPLES)
def test_an_exported_account_is_adopted_and_made_again(
    spec: dict[str, Any], cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    sandbox.control("reset")
    bystanders(sandbox)
    write_metadata(tmp_path)
    assert Runner(sandbox, tmp_path, text(spec)).apply(**CONSENT) == "done"
    state = state_of(sandbox)
    folder = tmp_path / f"exported-{len(list(tmp_path.iterdir()))}"
    out = folder / "spec.yaml"
    ran = cli("export", "--all", "--owned", "--out", out, "--name", "law/spec")
    assert "left out 0" in ran.err
    runner = Runner(sandbox, folder, out.read_text())
    planned = runner.plan(**CONSENT)
    assert {change["action"] for change in planned["changes"]} <= {"none", "adopt"}
    assert {call["operation"][:3] for call in planned["calls"]} <= {"Tag"}
    assert [change["fields"] for change in planned["changes"] if change["fields"]] == []
    sandbox.control("reset")
    assert runner.apply(**CONSENT) == "done"
    assert differing(*map(plain, (state_of(sandbox), state))) == []


# Roles, policies, users and groups; `make soak` has all of them.
SIZE = (200, 300, 50, 20) if os.environ.get("EXPORT_ALL") else (7, 10, 3, 2)


def test_a_large_account_is_exported_adopted_and_made_again(
    cli: Cli, sandbox: Server, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    accounts.make(sandbox, 7, *SIZE)
    state, since, began = state_of(sandbox), len(sandbox.log()), time.monotonic()
    out = tmp_path / "specs" / "all.yaml"
    ran = cli("export", "--all", "--out", out, "--name", "acme/all")
    calls, seconds = len(sandbox.log()) - since, time.monotonic() - began
    text = out.read_text()
    assert "left out 0" in ran.err
    runner = Runner(sandbox, tmp_path, text)
    planned = runner.plan(adopt=True)
    assert {change["action"] for change in planned["changes"]} == {"adopt", "none"}
    assert [change["fields"] for change in planned["changes"] if change["fields"]] == []
    assert {call["operation"][:3] for call in planned["calls"]} == {"Tag"}
    sandbox.control("reset")
    assert runner.apply(**CONSENT) == "done"
    assert differing(*map(plain, (state_of(sandbox), state))) == []
    bodies = text.count("allow:") + text.count("deny:") + text.count("document:")
    figure(
        f"export of {sum(SIZE)} resources: {calls} calls, {seconds:.1f} s, {text.count('document:')} of"
        f" {bodies} bodies as documents"
    )
