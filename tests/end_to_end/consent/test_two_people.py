"""Somebody else changes what an apply is about: before the first write it is refused, after it named."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from mypy_boto3_iam import IAMClient

from reconciler.cli.execution import carry_out
from reconciler.core.errors import StalePlan
from reconciler.report.words.style import Style
from tests.conftest import ACCOUNT, PATIENCE, RECONCILE, ROOT, AccessKeys, Cli, Server
from tests.end_to_end.trouble.stages import EVERYTHING
from tests.laws.runner import Runner

BEFORE = """version: 1
name: a/two
tags: {team: x}
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}]}
groups:
  G: {attach: P}
users:
  mara: {groups: [G]}
roles:
  R: {trust: [{service: ec2}], attach: [P], description: d,
      inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
"""
THEN = (
    BEFORE.replace("GetObject", "GetObjectTagging")
    .replace("team: x", "team: y")
    .replace("description: d", "description: other")
    .replace("service: ec2", "service: lambda")
    .replace("SendMessage", "PurgeQueue")
    + "  N: {trust: [{service: ec2}]}\n"
)
P = f"arn:aws:iam::{ACCOUNT}:policy/P"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ANYONE = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":"sts:AssumeRole"}}'
)
WIDE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'

Change = Callable[[IAMClient], object]
# What is done, and how it is named.
CHANGES: dict[str, tuple[Change, str]] = {
    "attached": (
        lambda iam: iam.attach_role_policy(RoleName="R", PolicyArn=READ_ONLY),
        f"role.R: attached + {READ_ONLY}",
    ),
    "detached": (
        lambda iam: iam.detach_role_policy(RoleName="R", PolicyArn=P),
        f"role.R: attached - {P}",
    ),
    "inline added": (
        lambda iam: iam.put_role_policy(RoleName="R", PolicyName="y", PolicyDocument=WIDE),
        "role.R: inline y added",
    ),
    "described": (
        lambda iam: iam.update_role(RoleName="R", Description="other"),
        "role.R: description d → other",
    ),
    "tagged": (
        lambda iam: iam.tag_role(RoleName="R", Tags=[{"Key": "env", "Value": "prod"}]),
        "role.R: tags + env=prod",
    ),
    "taken over": (
        lambda iam: iam.tag_role(RoleName="R", Tags=[{"Key": "reconciler:spec", "Value": "b/other"}]),
        "role.R: was owned by spec a/two, is owned by spec b/other",
    ),
    "created": (
        lambda iam: iam.create_role(RoleName="N", AssumeRolePolicyDocument=ANYONE),
        "role.N: was created",
    ),
    "a version": (
        lambda iam: [iam.create_policy_version(PolicyArn=P, PolicyDocument=WIDE) for _ in range(4)],
        f"now DeletePolicyVersion {P} v2",
    ),
    "a member": (
        lambda iam: iam.remove_user_from_group(UserName="mara", GroupName="G"),
        "user.mara: groups - G",
    ),
}


TOGETHER = ("attached", "inline added", "described", "tagged", "created", "a member")


@contextmanager
def asked(cli: Cli, *args: str | Path) -> Iterator[tuple["subprocess.Popen[str]", Callable[[], str]]]:
    """The command, waiting for an answer; and what answers "yes" and says what it printed."""
    with cli.on_terminal(*args) as (process, terminal):
        assert process.stderr is not None
        printed = ""
        while "taken:" not in printed:
            letter = process.stderr.read(1)
            assert letter, printed
            printed += letter

        def answer() -> str:
            os.write(terminal, b"yes\n")
            return process.communicate(timeout=PATIENCE)[1]

        yield process, answer


@pytest.fixture
def path(cli: Cli, tmp_path: Path) -> Path:
    """A spec that is applied, and changed since."""
    path = tmp_path / "spec.yaml"
    path.write_text(BEFORE)
    cli("apply", path, "--yes")
    path.write_text(THEN)
    return path


# `make soak` makes each change by itself; the suite those together that can be.
SETS = (
    [(name,) for name in CHANGES]
    if EVERYTHING
    else [TOGETHER, *((name,) for name in set(CHANGES) - {*TOGETHER})]
)


@pytest.mark.parametrize("names", sorted(SETS), ids=" and ".join)
def test_before_the_first_write_it_is_refused(
    names: tuple[str, ...], cli: Cli, sandbox: Server, path: Path
) -> None:
    with asked(cli, "apply", path) as (process, answer):
        for name in names:
            CHANGES[name][0](sandbox.iam())
        since = len(sandbox.writes())
        err = answer()
    assert process.returncode == 1
    assert "error: live IAM was changed after it was read, so nothing is changed:\n" in err
    for name in names:
        assert f"  {CHANGES[name][1]}" in err
    assert "  plan again, look at it, and apply that" in err
    assert len(sandbox.writes()) == since


def test_where_nobody_does_anything_it_is_done(cli: Cli, sandbox: Server, path: Path) -> None:
    with asked(cli, "apply", path) as (process, answer):
        # What the apply is not about does not hold it up.
        sandbox.iam().create_role(RoleName="Other", AssumeRolePolicyDocument=ANYONE)
        answer()
    assert process.returncode == 0
    assert "nothing to change" in cli("plan", path).out


def test_what_is_to_be_deleted_is_looked_at_again(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(BEFORE.partition("groups:")[0])
    with asked(cli, "apply", path, "--prune", "--force") as (process, answer):
        sandbox.iam().attach_role_policy(RoleName="R", PolicyArn=READ_ONLY)
        since = len(sandbox.writes())
        err = answer()
    assert process.returncode == 1
    assert f"role.R: attached + {READ_ONLY}" in err
    assert len(sandbox.writes()) == since


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda iam: iam.create_user(UserName="Z", PermissionsBoundary=P),
            "policy.P: ",
        ),
        (
            lambda iam: iam.tag_role(RoleName="R", Tags=[{"Key": "reconciler:spec", "Value": "b/other"}]),
            "role.R: was owned by spec a/two, is owned by spec b/other",
        ),
    ],
)
def test_what_stands_in_the_way_of_a_deletion_now_is_named(
    change: Change, named: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    path.write_text(BEFORE.partition("policies:")[0])
    with asked(cli, "apply", path, "--prune", "--force") as (process, answer):
        change(sandbox.iam())
        since = len(sandbox.writes())
        err = answer()
    assert process.returncode == 1
    lines = err.partition("so nothing is changed:\n")[2].splitlines()
    assert lines[0].startswith(f"  {named}")
    assert lines[1] == "  plan again, look at it, and apply that"
    assert len(sandbox.writes()) == since


def test_without_a_question_it_is_read_again_only_after_a_while(
    sandbox: Server, path: Path, tmp_path: Path
) -> None:
    runner = Runner(sandbox, tmp_path, THEN)
    planned = runner.planned()
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn=READ_ONLY)
    late = replace(planned, read_at=planned.read_at - 6)
    with pytest.raises(StalePlan, match=re.escape(f"role.R: attached + {READ_ONLY}")):
        carry_out(late, tmp_path / "j", "text", Style(), None, asked=False)
    since = len(sandbox.log())
    carry_out(planned, tmp_path / "j", "text", Style(), None, asked=False)
    assert sandbox.log()[since]["write"]


# The sandbox holds up nobody else.
SOMEBODY_ELSE: AccessKeys = {"aws_access_key_id": "AKIASOMEBODYELSE0000", "aws_secret_access_key": "s"}
# A default version that came before ours is history, and one that came after it is live.
AFTER: list[tuple[str, Change, str]] = [
    ("before", CHANGES["attached"][0], f"role.R: attached + {READ_ONLY}"),
    ("unanswered", CHANGES["attached"][0], f"role.R: attached + {READ_ONLY}"),
    ("before", CHANGES["inline added"][0], "role.R: inline y added"),
    ("unanswered", CHANGES["tagged"][0], "role.R: tags env added"),
    (
        "before",
        lambda iam: iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=READ_ONLY),
        "role.R: boundary changed",
    ),
    (
        "before",
        lambda iam: iam.create_policy_version(PolicyArn=P, PolicyDocument=WIDE, SetAsDefault=True),
        "policy.P: v2 was created by somebody else",
    ),
]


@pytest.mark.parametrize(("when", "change", "named"), AFTER)
def test_at_the_first_write_it_is_named(
    when: str, change: Change, named: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    sandbox.control("hold", write=1, when=when)
    process = subprocess.Popen(
        [RECONCILE, "apply", path, "--yes"],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert sandbox.is_held(process)
    change(boto3.client("iam", endpoint_url=sandbox.url, **SOMEBODY_ELSE))
    sandbox.control("release")
    out = process.communicate(timeout=PATIENCE)[0]
    assert f"changed meanwhile: {named}" in out
