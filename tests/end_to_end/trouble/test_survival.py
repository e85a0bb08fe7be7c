"""A spec that uses what the kinds have, created and then changed, through faults, lags and kills.

Every fault meets every operation once, and is followed by a plain apply. `make soak` (SURVIVAL=all) kills the
process at every single write as well, before it, with its answer lost, and after the last.
"""

import itertools
import json
import os
import pickle
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds import KINDS
from tests.conftest import RECONCILE, ROOT, Cli, FinishedCommand, Server
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.state import state_of

FIRST = """version: 1
name: a/rich
tags: {team: x}
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], description: text}
  Q: {deny: [{service: sqs, actions: "*"}], path: /a/}
groups:
  G: {attach: [P, "aws:ReadOnlyAccess"], inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
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
  zoe: {attach: "aws:ReadOnlyAccess", boundary: "aws:PowerUserAccess", tags: {team: x}, inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
"""
MOVED = """version: 1
name: a/people
groups:
  H: {members: [theo], path: /a/}
users:
  mara: {groups: [], boundary: "aws:PowerUserAccess", attach: "aws:ReadOnlyAccess", inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
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
# All that the kinds can send; those that only come up when something is in the way are brought up by
# `tampered`.
OPERATIONS = {
    "CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "TagPolicy", "UntagPolicy",
    "CreateRole", "UpdateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy",
    "DeleteRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "TagRole", "UntagRole",
    "CreateInstanceProfile", "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile", "TagInstanceProfile",
    "UntagInstanceProfile", "CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider",
    "RemoveClientIDFromOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint", "TagOpenIDConnectProvider",
    "UntagOpenIDConnectProvider", "CreateGroup", "UpdateGroup", "AttachGroupPolicy", "DetachGroupPolicy", "PutGroupPolicy",
    "DeleteGroupPolicy", "AddUserToGroup", "RemoveUserFromGroup", "DeleteRole", "DeletePolicy", "DeleteInstanceProfile",
    "DeleteOpenIDConnectProvider", "DeleteSAMLProvider",
    "CreateSAMLProvider", "UpdateSAMLProvider",
    "TagSAMLProvider", "UntagSAMLProvider", "CreateAccountAlias", "UpdateAccountPasswordPolicy",
    "CreateUser", "UpdateUser", "AttachUserPolicy",
    "DetachUserPolicy", "PutUserPolicy", "DeleteUserPolicy", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
    "TagUser", "UntagUser",
}  # fmt: skip
# test_rollback.py has them: no spec says that an account has no alias or no password policy.
ROLLBACKS = {"DeleteAccountAlias", "DeleteAccountPasswordPolicy"}
ONCE: dict[str, dict[str, Any]] = {
    "throttled": {"code": "Throttling", "status": 400},
    "503": {"code": "ServiceUnavailable", "status": 503},
    "500 after the effect": {"code": "ServiceFailure", "status": 500, "lost": True},
    "ConcurrentModification": {"code": "ConcurrentModification", "status": 409},
    "reset": {"cut": "reset"},
    "answer lost": {"cut": "reset", "lost": True},
    "truncated": {"cut": "truncated"},
}
LAGS: dict[str, dict[str, Any]] = {
    "unseen": {"unseen": 2},
    "stale reads": {"stale-reads": 2, "stale-lists": 2},
    "new principals and profiles": {"new-principal": 1, "new-profile": 2},
    "small pages": {"page-size": 1},
}
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
        return cli("apply", self.path, "--yes", *self.options, code=code)

    def check(self, cli: Cli, sandbox: Server, *, is_done: bool = False) -> None:
        """After a plain apply everything is as if nothing had happened.

        After one that was done already in the suite.
        """
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


def made(name: str, cli: Cli, sandbox: Server, folder: Path) -> Stage:
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
    """Each stage is made once in a run, whichever worker comes first, and put into the sandbox for every test."""
    if name not in MADE:
        MADE[name] = _shared(
            name, lambda: made(name, cli, sandbox, tmp_path_factory.mktemp("stage")), tmp_path_factory
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
                found: Stage = pickle.loads(kept.read_bytes())
                return found
            time.sleep(0.1)
    stage = make()
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(stage))
    part.replace(kept)
    return stage


@pytest.fixture(params=STAGES)
def stage(
    request: pytest.FixtureRequest, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> Stage:
    return stage_of(request.param, cli, sandbox, tmp_path_factory)


def test_the_stages_send_all_that_the_kinds_can_send(
    cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stages = {name: {*stage_of(name, cli, sandbox, tmp_path_factory).operations} for name in STAGES}
    found = set().union(*stages.values())
    assert {one for one in found if not one.startswith(("Get", "List"))} == OPERATIONS
    assert set().union(*(stages[name] & OWN.get(name, stages[name]) for name in STAGES)) == found


def test_every_kind_is_in_a_stage_with_all_that_it_can_send() -> None:
    texts = "".join(text for stage in STAGES.values() for text in stage)
    assert [kind.SECTION for kind in KINDS if f"\n{kind.SECTION}:" not in texts] == []
    assert {operation for kind in KINDS for operation in kind.UPDATED_FACETS} <= OPERATIONS | ROLLBACKS


# What one stage has shown of an operation need not be shown by another: of these, what no other stage sends.
OWN = {
    "pruned": {
        "DeleteRole",
        "DeletePolicy",
        "DeleteInstanceProfile",
        "DeleteOpenIDConnectProvider",
        "DeleteSAMLProvider",
        "ListInstanceProfilesForRole",
        "GetResources",
        "GetAccountAuthorizationDetails",
    },
    "created": {
        "CreatePolicy",
        "CreateRole",
        "CreateInstanceProfile",
        "CreateOpenIDConnectProvider",
        "CreateGroup",
        "ListGroups",
        "ListPolicies",
        "ListRoles",
        "ListInstanceProfiles",
    },
    "members": {
        "AddUserToGroup",
        "RemoveUserFromGroup",
        "UpdateGroup",
        "GetUser",
        "CreateSAMLProvider",
        "UpdateSAMLProvider",
        "TagSAMLProvider",
        "UntagSAMLProvider",
        "GetSAMLProvider",
        "CreateAccountAlias",
        "ListAccountAliases",
        "UpdateAccountPasswordPolicy",
        "GetAccountPasswordPolicy",
        "ListUsers",
        "ListGroupsForUser",
        "ListUserPolicies",
        "GetUserPolicy",
        "ListAttachedUserPolicies",
        "CreateUser",
        "UpdateUser",
        "AttachUserPolicy",
        "DetachUserPolicy",
        "PutUserPolicy",
        "DeleteUserPolicy",
        "PutUserPermissionsBoundary",
        "DeleteUserPermissionsBoundary",
        "TagUser",
        "UntagUser",
    },
    "changed": {
        "DetachRolePolicy",
        "DetachGroupPolicy",
        "DeleteRolePermissionsBoundary",
        "ListEntitiesForPolicy",
    },
}


# A lost answer is what each operation has its own way out of; of the others two pairs of three are left to
# `make soak`.
PAIRS = [
    (fault, name)
    for number, (fault, name) in enumerate(itertools.product(ONCE, STAGES))
    if EVERYTHING or fault == "answer lost" or number % 3 == 1
]


@pytest.mark.parametrize(("fault", "name"), PAIRS)
def test_each_fault_once_on_each_operation(
    fault: str, name: str, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    for operation in {*stage.operations} & OWN.get(name, {*stage.operations}) - {"GetCallerIdentity"}:
        sandbox.control("fail", operation=operation, times=1, **ONCE[fault])
    ran = stage.apply(cli, None)
    sandbox.control("calm")
    stage.check(cli, sandbox, is_done=ran.code == 0)


# What is new has to be seen, and what changed.
SOME = [
    ("pruned", "stale reads"),
    ("created", "unseen"),
    ("members", "unseen"),
    ("created", "new principals and profiles"),
    ("returned", "stale reads"),
    ("returned", "small pages"),
]


@pytest.mark.parametrize(("name", "lag"), list(itertools.product(STAGES, LAGS)) if EVERYTHING else SOME)
def test_each_lag(
    name: str, lag: str, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    sandbox.control("faults", **LAGS[lag])
    stage.apply(cli)
    sandbox.control("calm")
    stage.check(cli, sandbox, is_done=True)


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
@pytest.mark.parametrize("name", [*STAGES, *FOUNDING])
@pytest.mark.parametrize("fault", ONCE)
def test_each_fault_on_every_single_call(
    fault: str,
    name: str,
    cli: Cli,
    sandbox: Server,
    tmp_path_factory: pytest.TempPathFactory,
    figure: Callable[[str], None],
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    for number in range(len(stage.operations)):
        stage.prepare(sandbox)
        sandbox.control("fail", operation="*", skip=number, times=1, **ONCE[fault])
        stage.apply(cli, None)
        sandbox.control("calm")
        stage.check(cli, sandbox)
    figure(f"{name}, {fault}: met by each of {len(stage.operations)} calls, and each time applied again")


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
@pytest.mark.parametrize("when", ["before", "unanswered", "answered"])
def test_killed_at_every_write(
    when: str, stage: Stage, cli: Cli, sandbox: Server, figure: Callable[[str], None]
) -> None:
    writes = [one for one in stage.operations if not one.startswith(("Get", "List"))]
    for number in range(1, len(writes) + 1):
        stage.prepare(sandbox)
        sandbox.control("hold", write=number, when=when)
        process = subprocess.Popen(
            [RECONCILE, "apply", stage.path, "--yes", *stage.options],
            env=cli.environment(),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert sandbox.control("held", seconds=30)["held"], "the write was never reached"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        sandbox.control("release")
        stage.check(cli, sandbox)
    figure(f"{len(writes)} cut points, killed {when} each, and each time applied again")
