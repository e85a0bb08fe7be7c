"""What a plan says of the access that it gives and takes, in all formats, and what its guards refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.spec_files import refusals, spec

BEFORE = """\
policies:
  P: {allow: [{service: s3, read: GetObject, resources: "acme/*"}]}
  Loose: {allow: [{service: s3, read: GetObject, resources: "acme/*"}]}
  Bound: {allow: [{actions: "s3:*", resources: "*"}]}
roles:
  R:
    trust: {service: ec2}
    boundary: Bound
    attach: [P, aws:ReadOnlyAccess]
    inline: {own: {allow: [{service: sqs, write: SendMessage, resources: q}]}}
  S: {trust: {service: ec2}, attach: P}
  Held: {trust: {service: ec2}, attach: P}
"""
AFTER = """\
policies:
  P: {allow: [{service: s3, read: [GetObject, GetObjectTagging], resources: "acme/*"}]}
  Loose: {allow: [{service: s3, read: GetObjectTagging, resources: "acme/*"}]}
  Bound: {allow: [{actions: "s3:*", resources: "*"}]}
roles:
  R:
    trust: {service: ec2}
    attach: [P]
    inline: {own: {allow: [{service: sqs, write: SendMessage, resources: q}]}}
  S: {trust: {account: "111122223333"}, attach: P}
  Held: {trust: {service: ec2}, attach: P}
"""

ROLE = "roles:\n  R: {trust: {service: ec2}, attach: [%s]}\n"


@pytest.fixture
def changed(cli: Cli, tmp_path: Path) -> Path:
    cli("apply", spec(tmp_path, BEFORE), "--yes")
    return spec(tmp_path, AFTER)


def of(planned: Any, address: str, subject: str = "access") -> Any:
    return next(a for a in planned["access"] if (a["address"], a["subject"]) == (address, subject))


def test_json(changed: Path, cli: Cli) -> None:
    planned = cli("plan", changed, "--format", "json").json
    role = of(planned, "role.R")
    assert role["gained"]["verdict"] == "yes"
    # The boundary is gone, so the queue is open; S3 was not open to it before P grew.
    assert role["gained"]["witness"]["action"] in ("sqs:SendMessage", "s3:GetObjectTagging")
    assert role["lost"]["verdict"] == "yes"
    assert role["lost"]["witness"]["action"].startswith("s3:")
    assert of(planned, "role.S")["gained"]["access"] == [
        {"Effect": "Allow", "Action": ["s3:GetObjectTagging"], "Resource": "arn:aws:s3:::acme/*"}
    ]
    assert of(planned, "role.S")["lost"]["verdict"] == "no"
    trust = of(planned, "role.S", "trust")
    assert trust["gained"]["witness"]["principal"]["AWS"].startswith("arn:aws:iam::111122223333:")
    assert trust["lost"]["witness"]["principal"] == {"Service": "ec2.amazonaws.com"}
    loose = of(planned, "policy.Loose")
    assert (loose["gained"]["verdict"], loose["lost"]["verdict"]) == ("yes", "yes")
    assert not any(a["address"] == "policy.P" for a in planned["access"])


def test_text(changed: Path, cli: Cli) -> None:
    last = (
        "access gained by 1 policy and 3 roles, access lost by 1 policy and 1 role, more may assume 1 role,"
        " fewer may assume 1 role"
    )
    for format_ in ("text", "markdown"):
        out = cli("plan", changed, "--format", format_).out
        assert "    access       + s3:GetObjectTagging on arn:aws:s3:::acme/*\n" in out
        assert "    may assume   + allow  AWS arn:aws:iam::111122223333:root: sts:AssumeRole\n" in out
        assert last in out
        # It has no change of its own: what changes is the policy that it holds.
        assert "i role.Held" in out
        assert "  changes through policy.P" in out


def test_whoever_changes_only_through_others_is_named_and_of_many_the_first(cli: Cli, tmp_path: Path) -> None:
    many = "".join(f"  H{n:02}: {{trust: {{service: ec2}}, attach: P}}\n" for n in range(23))
    given = (
        "users: {ada: {}}\ngroups: {G: {members: [%s], attach: aws:AmazonSQSFullAccess}}\npolicies:\n  P:"
        " {allow: [{service: s3, %s, resources: 'acme/*'}]}\nroles:\n"
    )
    cli("apply", spec(tmp_path, given % ("ada", "read: GetObject") + many), "--yes")
    path = spec(tmp_path, given % ("", "read: [GetObject, GetObjectTagging]") + many)
    out = cli("plan", path, "--only", "user.*", "--only", "group.*").out
    (ada,) = (block for block in out.split("\n\n") if block.startswith("i user.ada "))
    assert "changes through group.G" in ada
    assert "    access       - everything of sqs on everything" in ada
    out = cli("plan", path).out
    blocks = [block for block in out.split("\n\n") if "changes through policy.P" in block]
    assert len(blocks) == 20
    assert all("access       + s3:GetObjectTagging" in block for block in blocks)
    assert "i and 4 more whose access changes through these\n" in out
    table = cli("plan", path, "--format", "markdown").out
    assert "| role.H00 | changes through policy.P | access |" in table
    assert "| and 4 more | " in table


def test_documents_are_read_for_roles_that_change_and_for_no_other(
    changed: Path, cli: Cli, sandbox: Server
) -> None:
    def documents(*command: str) -> list[str]:
        before = len(sandbox.log())
        cli(*command, code=None)
        new = sandbox.log()[before:]
        return [
            e["params"]["PolicyArn"]
            for e in new
            if e["operation"] == "GetPolicyVersion" and ":aws:policy" in e["params"]["PolicyArn"]
        ]

    assert documents("plan", str(changed)) == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert documents("drift", str(changed)) == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert documents("verify", str(changed)) == []
    cli("apply", changed, "--yes")
    assert documents("plan", str(changed)) == []


def test_a_policy_that_may_not_be_read_is_named(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    cli("apply", spec(tmp_path, ROLE % "aws:ReadOnlyAccess"), "--yes")
    sandbox.control("fail", operation="GetPolicyVersion", code="AccessDenied", status=403, times=None)
    inline = (
        "roles:\n  R: {trust: {service: ec2}, inline: {own: {allow: [{actions: 's3:*', resources: '*'}]}}}\n"
    )
    path = spec(tmp_path, inline)
    assert of(cli("plan", path, "--format", "json").json, "role.R")["unseen"] == ["aws:ReadOnlyAccess"]
    assert "could not be read: aws:ReadOnlyAccess" in cli("plan", path).out


POLICIES = """\
policies:
  NotIam: {document: {Statement: {Effect: Allow, NotAction: "iam:*", Resource: "*"}}}
  Iam: {document: {Statement: {Effect: Allow, Action: ["iam:Get*", "iam:List*", "iam:C*", "iam:D*", "iam:*"],\
 Resource: "*"}}}
  Launch: {allow: [{service: iam, write: PassRole, resources: "*"},\
 {service: ec2, write: RunInstances, resources: "*"}]}
  Limited: {allow: [{service: iam, permissions_management: PutRolePolicy, resources: "role/app"}]}
"""


def test_guards_judge_roles_by_effect(cli: Cli, tmp_path: Path) -> None:
    cli("apply", spec(tmp_path, POLICIES), "--yes", "--allow", "escalation")
    for attached, refused in (
        ("NotIam", []),
        ("Limited", []),
        ("Iam", ["--allow escalation"]),
        ("NotIam, Iam", ["--allow admin"]),
        ("Launch", ["--allow escalation"]),
        ("aws:IAMFullAccess", ["--allow escalation"]),
        ("aws:PowerUserAccess", []),
        ("aws:ReadOnlyAccess", []),
    ):
        assert refusals(cli, spec(tmp_path, POLICIES + ROLE % attached)) == refused, attached
    path = spec(tmp_path, POLICIES + ROLE % "NotIam, Iam")
    assert refusals(cli, path, "--allow", "admin,escalation") == []


def test_consent_beside_the_policy_and_a_boundary_lift_the_guard(cli: Cli, tmp_path: Path) -> None:
    launch = POLICIES.splitlines()[3]
    assert refusals(cli, spec(tmp_path, f"policies:\n{launch}\n")) == ["--allow escalation"]
    consented = launch[:-1] + ", acknowledge: [{what: escalation, reason: ours}]}"
    assert refusals(cli, spec(tmp_path, f"policies:\n{consented}\n")) == []
    bound = '  Bound: {allow: [{actions: "s3:*", resources: "*"}]}\n'
    role = "roles:\n  R: {trust: {service: ec2}, boundary: Bound, attach: aws:IAMFullAccess}\n"
    assert refusals(cli, spec(tmp_path, f"policies:\n{bound}{role}")) == []


def test_what_was_there_before_needs_no_consent(cli: Cli, tmp_path: Path) -> None:
    path = spec(tmp_path, POLICIES + ROLE % "Launch")
    cli("apply", path, "--yes", "--allow", "escalation")
    more = spec(tmp_path, POLICIES + ROLE % "Launch, aws:ReadOnlyAccess")
    assert refusals(cli, more) == []
    assert ACCOUNT in cli("plan", more).out


def test_rewrite_writes_what_means_the_same(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = spec(tmp_path, BEFORE)
    cli("apply", path, "--yes")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/P"
    wide = {"Effect": "Allow", "Action": ["S3:getobject"], "Resource": ["arn:aws:s3:::acme/*"]}
    inside = {**wide, "Resource": "arn:aws:s3:::acme/logs/*"}
    for statements in ([wide], [wide, inside]):
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        sandbox.iam().create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        assert "nothing to change" in cli("plan", path).out
    planned = cli("plan", path, "--rewrite").out
    assert "1 to update · 1 call: SetDefaultPolicyVersion" in planned
    assert "access gained" not in planned
    cli("apply", path, "--yes", "--rewrite")
    live = sandbox.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    assert live == "v1"
    assert "nothing to change" in cli("plan", path, "--rewrite").out
