"""Specs that use what the kinds have: each is created, and then changed.

A stage knows the state in which its last apply must end.
"""

import json
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Cli, FinishedCommand, Server
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.state import state_of
from tests.warm import HASTY

FIRST = """version: 1
name: a/rich
tags: {team: x}
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], description: text}
  Q: {deny: [{service: sqs, actions: "*"}], path: /a/}
groups:
  G: {attach: [P, "aws:ReadOnlyAccess"], inline: {x: {allow: [{service: sqs, write: SendMessage,\
 resources: q}]}}}
oidc_providers:
  gitlab.com: {audiences: [a, b], thumbprints: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}
roles:
  A: {trust: [{service: ec2}], attach: [P, Q], instance_profile: true, boundary: P, description: d}
  B: {trust: [{role: [A, C]}], inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
  C: {trust: [{role: [B]}], attach: ["aws:ReadOnlyAccess"], max_session_duration: 2h, path: /p/}
"""
THEN = (
    FIRST.replace("GetObject", "GetObjectTagging")
    .replace("team: x", "team: y, env: prod")
    .replace("attach: [P, Q]", "attach: [Q]")
    .replace("boundary: P, description: d", "description: other")
    .replace("inline: {x:", "inline: {z:")
    .replace('attach: [P, "aws:ReadOnlyAccess"]', "attach: [Q]")
    .replace("2h", "3h")
    .replace("[a, b]", "[b, c]")
    .replace("thumbprints: AAAA", "thumbprints: BBBB")
    .replace("{service: ec2}", "{service: lambda}")
)
BACK = FIRST.replace("service: sqs, actions", "service: sns, actions")
MEMBERS = """version: 1
name: a/people
groups:
  H: {members: [mara]}
users:
  mara: {groups: [H]}
  zoe: {attach: "aws:ReadOnlyAccess", boundary: "aws:PowerUserAccess", tags: {team: x},\
 inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
"""
MOVED = """version: 1
name: a/people
groups:
  H: {members: [theo], path: /a/}
users:
  mara: {groups: [], boundary: "aws:PowerUserAccess", attach: "aws:ReadOnlyAccess",\
 inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
  theo: {groups: [H]}
  zoe: {path: /a/}
"""
METADATA = "saml_providers:\n  Gone: {metadata_file: a.xml}\n"
PRUNED = (
    "version: 1\nname: a/rich\npolicies:\n  P: {allow: [{service: s3, read: GetObject, resources: ['b/*']}],"
    " description: text}\n"
)
ACCOUNT_FIRST = """account: 123456789012
saml_providers:
  A: {metadata_file: a.xml, tags: {gone: x}}
account_settings: {alias: acme-one, password_policy: {minimum_password_length: 8}}
"""
ACCOUNT_THEN = """account: 123456789012
saml_providers:
  A: {metadata_file: b.xml, tags: {new: x}}
  B: {metadata_file: a.xml}
account_settings: {alias: acme-two, password_policy: {minimum_password_length: 9}}
"""
STAGES = {
    "pruned": (FIRST + METADATA, PRUNED),
    "members": (MEMBERS + ACCOUNT_FIRST, MOVED + ACCOUNT_THEN),
    "created": (FIRST,),
    "changed": (FIRST, THEN),
    "returned": (FIRST, THEN, BACK),
}
FOUNDING = {"founding": ((ROOT / "specs" / "ecr.yaml").read_text(encoding="utf-8"),)}
# Only a rollback sends these (test_rollback.py): no spec says that an account has no alias, or no
# password policy.
ROLLBACKS = {"DeleteAccountAlias", "DeleteAccountPasswordPolicy"}
EVERYTHING = os.environ.get("SURVIVAL") == "all"
# How a stage is applied: orphans are deleted where that is asked for.
OPTIONS = {"pruned": ("--prune", "--force")}


@dataclass(frozen=True)
class Stage:
    """A spec to apply on what there was before, and what an undisturbed apply of it ends in."""

    path: Path
    options: tuple[str, ...]
    before: dict[str, Any]
    wanted: dict[str, Any]
    operations: tuple[str, ...]

    def prepare(self, sandbox: Server) -> None:
        sandbox.control("reset")
        sandbox.control("seed", **self.before)

    def apply(self, cli: Cli, code: int | None = 0) -> FinishedCommand:
        return cli("apply", self.path, "--yes", *self.options, code=code, env=HASTY)

    def check(self, cli: Cli, sandbox: Server, *, is_done: bool = False) -> None:
        """After a plain apply the account is as if nothing had gone wrong."""
        if EVERYTHING or not is_done:
            self.apply(cli)
        assert state_of(sandbox) == self.wanted


def tampered(sandbox: Server) -> None:
    """A policy without room for a version, a profile with another role in it."""
    iam, q = sandbox.iam(), "arn:aws:iam::123456789012:policy/a/Q"
    for bucket in ("1", "2", "3", "4"):
        text = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            },
        }
        iam.create_policy_version(PolicyArn=q, PolicyDocument=json.dumps(text))
    iam.remove_role_from_instance_profile(InstanceProfileName="A", RoleName="A")
    iam.add_role_to_instance_profile(InstanceProfileName="A", RoleName="B")


def make_stage(name: str, cli: Cli, sandbox: Server, folder: Path) -> Stage:
    sandbox.control("reset")
    *earlier, then = {**STAGES, **FOUNDING}[name]
    path = folder / "spec.yaml"
    write_metadata(folder)
    for first in earlier:
        path.write_text(first, encoding="utf-8")
        cli("apply", path, "--yes")
    if name == "returned":
        tampered(sandbox)
    path.write_text(then, encoding="utf-8")
    before, since = sandbox.control("dump"), len(sandbox.log())
    cli("apply", path, "--yes", *OPTIONS.get(name, ()))
    operations = tuple(entry["operation"] for entry in sandbox.log()[since:])
    assert "nothing to change" in cli("plan", path).out
    return Stage(path, OPTIONS.get(name, ()), before, state_of(sandbox), operations)


MADE: dict[str, Stage] = {}


def stage_of(name: str, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The stage in the sandbox. It is made once in a run, by the worker that comes first."""
    if name not in MADE:
        MADE[name] = _shared(
            name, lambda: make_stage(name, cli, sandbox, tmp_path_factory.mktemp("stage")), tmp_path_factory
        )
    MADE[name].prepare(sandbox)
    return MADE[name]


def _shared(name: str, make: Callable[[], Stage], tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """What the workers of one run share is in the folder above their own."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if not run:
        return make()
    kept = tmp_path_factory.getbasetemp().parent / f"{run}-{name}"
    try:
        os.close(os.open(f"{kept}.taken", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        for _ in range(600):
            if kept.exists():
                shared_stage: Stage = pickle.loads(kept.read_bytes())
                return shared_stage
            time.sleep(0.1)
    stage = make()
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(stage))
    part.replace(kept)
    return stage
