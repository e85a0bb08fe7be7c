"""Whoever holds live what changes is judged, in the specs, left out of the plan, or in nobody's spec."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.plan.guards.entries import OF_EC2

HEAD = "version: 1\nname: a/b\n"
P = f"arn:aws:iam::{ACCOUNT}:policy/P"
ALL = '{actions: "*", resources: "*"}'
SOME = '{actions: "s3:*", resources: "*"}'
PASS = '{actions: "iam:PassRole", resources: "*"}'
RUN = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"},
}
HARMLESS = '{actions: "sqs:GetQueueUrl", resources: "*"}'


def policy(grant: str, more: str = "") -> str:
    return HEAD + f"policies: {{P: {{allow: [{grant}]}}}}\n{more}"


def outside(server: Server, name: str, *, limit: str = "", **inline: Any) -> None:
    """A role that no spec describes, with an inline policy."""
    more: dict[str, Any] = {"PermissionsBoundary": limit} if limit else {}
    server.iam().create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(OF_EC2), **more)
    for key, policy in inline.items():
        server.iam().put_role_policy(RoleName=name, PolicyName=key, PolicyDocument=json.dumps(policy))


def refused(cli: Cli, path: Path, *more: str) -> list[tuple[str, str, str]]:
    plan = cli("plan", path, *more, "--format", "json").json
    return [(r["address"], r["consent"], r["message"]) for r in plan["refusals"]]


def findings(cli: Cli, path: Path, *more: str) -> list[tuple[str, str, str]]:
    ran = cli("drift", path, "--fail-on", "gain", "--format", "json", *more, code=2)
    return [(f["address"], f["rule"], f["severity"]) for f in ran.json["findings"]]


BOUNDED = "roles: {R: {trust: [{service: ec2}], boundary: P}}\n"


def test_a_policy_that_the_specs_use_as_a_boundary_only_and_somebody_has_attached(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(policy(SOME, BOUNDED))
    cli("apply", path, "--yes")
    # Attached by nobody it grants nothing.
    path.write_text(policy(ALL, BOUNDED))
    assert refused(cli, path) == []
    outside(sandbox, "Out")
    sandbox.iam().attach_role_policy(RoleName="Out", PolicyArn=P)
    written = len(sandbox.writes())
    assert [(address, consent) for address, consent, _ in refused(cli, path)] == [
        ("policy.P", "--allow admin")
    ]
    ran = cli("plan", path)
    assert "role.Out" in ran.out
    assert "changes through policy.P" in ran.out or "access gained by 1 role" in ran.out
    assert "--allow admin" in cli("apply", path, "--yes", code=1).err
    assert len(sandbox.writes()) == written
    # By hand.
    path.write_text(policy(SOME, BOUNDED))
    version: dict[str, Any] = {
        "PolicyArn": P,
        "SetAsDefault": True,
        "PolicyDocument": json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        ),
    }
    sandbox.iam().create_policy_version(**version)
    assert findings(cli, path) == [("policy.P", "document", "critical")]
    path.write_text(policy(ALL, BOUNDED))
    cli("apply", path, "--yes", "--allow", "admin")


def test_a_boundary_that_widens_lets_go_whom_it_bounds_outside(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(policy(SOME, BOUNDED))
    cli("apply", path, "--yes")
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    outside(sandbox, "Out", limit=P, all=everything)
    path.write_text(policy(ALL, BOUNDED))
    ((address, consent, message),) = refused(cli, path)
    assert (address, consent) == ("policy.P", "--allow admin")
    assert message.startswith("role.Out, outside this plan, may do everything")


def test_one_holder_has_it_anyway_and_another_has_not(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    anyway = (
        f"roles: {{R: {{trust: [{{service: ec2}}], attach: [P], inline: {{all: {{allow: [{ALL}]}}}}}}}}\n"
    )
    path.write_text(policy(HARMLESS, anyway))
    cli("apply", path, "--yes", "--allow", "admin")
    outside(sandbox, "Out")
    sandbox.iam().attach_role_policy(RoleName="Out", PolicyArn=P)
    path.write_text(policy(SOME, anyway))
    plan = cli("plan", path, "--format", "json").json
    gained = {a["address"]: a["gained"]["verdict"] for a in plan["access"]}
    assert gained == {"role.Out": "yes"}
    path.write_text(policy(HARMLESS, anyway))
    s3 = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    sandbox.iam().create_policy_version(PolicyArn=P, PolicyDocument=json.dumps(s3), SetAsDefault=True)
    assert findings(cli, path) == [("policy.P", "document", "gained")]


def group_outside(server: Server, member_holds: Any) -> None:
    """A group with P that no spec describes, and a user in it."""
    iam = server.iam()
    iam.create_group(GroupName="People")
    iam.attach_group_policy(GroupName="People", PolicyArn=P)
    iam.create_user(UserName="mara")
    iam.put_user_policy(UserName="mara", PolicyName="own", PolicyDocument=json.dumps(member_holds))
    iam.add_user_to_group(GroupName="People", UserName="mara")


def test_members_of_a_group_outside_hold_the_other_half(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(policy(HARMLESS))
    cli("apply", path, "--yes")
    group_outside(sandbox, RUN)
    path.write_text(policy(PASS))
    ((address, consent, message),) = refused(cli, path)
    assert (address, consent) == ("policy.P", "--allow escalation")
    assert "mara, who can give itself everything: runs an instance with any role" in message
    path.write_text(policy(HARMLESS))
    passing = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    }
    sandbox.iam().create_policy_version(PolicyArn=P, PolicyDocument=json.dumps(passing), SetAsDefault=True)
    assert findings(cli, path) == [("policy.P", "document", "critical")]


@pytest.mark.parametrize("by", ["inline", "policy"])
def test_members_outside_of_a_group_that_gains(by: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """The group's own policy says it, or one that it holds and that is planned alone."""
    path, iam = tmp_path / "s.yaml", sandbox.iam()

    def text(grant: str) -> str:
        own, held = (grant, HARMLESS) if by == "inline" else (HARMLESS, grant)
        return policy(held, f"groups: {{G: {{attach: [P], inline: {{i: {{allow: [{own}]}}}}}}}}\n")

    path.write_text(text(HARMLESS))
    cli("apply", path, "--yes")
    iam.create_user(UserName="mara")
    iam.put_user_policy(UserName="mara", PolicyName="own", PolicyDocument=json.dumps(RUN))
    iam.add_user_to_group(GroupName="G", UserName="mara")
    path.write_text(text(PASS))
    only = ("--only", "group.G" if by == "inline" else "policy.P")
    for more in ((), only):
        ((address, consent, message),) = refused(cli, path, *more)
        assert consent == "--allow escalation"
        assert "mara, who can give itself everything" in message, address
    path.write_text(text(HARMLESS))
    passing = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}
    )
    if by == "inline":
        iam.put_group_policy(GroupName="G", PolicyName="i", PolicyDocument=passing)
    else:
        iam.create_policy_version(PolicyArn=P, PolicyDocument=passing, SetAsDefault=True)
    ((_, _, severity),) = findings(cli, path)
    assert severity == "critical"


def test_consent_beside_a_holder_that_the_plan_leaves_out(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    runs = "inline: {own: {allow: [{actions: 'ec2:RunInstances', resources: '*'}]}}"
    holder = "roles: {R: {trust: [{service: ec2}], attach: [P], %s%s}}\n"
    path.write_text(policy(HARMLESS, holder % (runs, "")))
    cli("apply", path, "--yes")
    path.write_text(policy(PASS, holder % (runs, "")))
    assert [consent for _, consent, _ in refused(cli, path, "--only", "policy.P")] == ["--allow escalation"]
    path.write_text(policy(PASS, holder % (runs, ", acknowledge: [{what: escalation, reason: ours}]")))
    assert refused(cli, path, "--only", "policy.P") == []
    cli("apply", path, "--yes", "--only", "policy.P")


@pytest.mark.parametrize("operation", ["ListEntitiesForPolicy", "GetRole"])
def test_where_holders_can_not_be_read_the_policy_is_judged_by_itself(
    operation: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(policy(SOME))
    cli("apply", path, "--yes")
    outside(sandbox, "Out")
    sandbox.iam().attach_role_policy(RoleName="Out", PolicyArn=P)
    path.write_text(policy(ALL))
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    ran = cli("plan", path)
    assert f"(iam:{operation}): it is judged by itself" in " ".join(ran.out.split())
    assert refused(cli, path)[0][:2] == ("policy.P", "--allow admin")
    path.write_text(policy(SOME))
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    sandbox.iam().create_policy_version(PolicyArn=P, PolicyDocument=json.dumps(everything), SetAsDefault=True)
    ran = cli("drift", path, "--fail-on", "gain", code=2)
    assert f"(iam:{operation})" in " ".join(ran.out.split())
    assert "1 critical" in ran.out


def reads(sandbox: Server, since: int) -> list[str]:
    return [entry["operation"] for entry in sandbox.log()[since:]]


def test_what_it_costs(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """A converged plan asks what it asked; one more call for each policy by which somebody gains."""
    path = tmp_path / "s.yaml"

    def text(grants: tuple[str, str]) -> str:
        return (
            HEAD
            + "policies:\n"
            + "".join(f"  P{n}: {{allow: [{grant}]}}\n" for n, grant in enumerate(grants))
            + "roles: {R: {trust: [{service: ec2}], attach: [P0, P1]}}\n"
        )

    path.write_text(text((HARMLESS, SOME)))
    cli("apply", path, "--yes")
    since = len(sandbox.log())
    cli("plan", path)
    converged = reads(sandbox, since)
    assert "ListEntitiesForPolicy" not in converged
    path.write_text(text((SOME, SOME)))
    since = len(sandbox.log())
    cli("plan", path)
    more = Counter(reads(sandbox, since)) - Counter(converged)
    # The versions are what every update of a policy asks for.
    assert more == {"ListPolicyVersions": 1, "ListEntitiesForPolicy": 1}


def test_in_bulk_answers_it_costs_nothing(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"

    def text(grant: str) -> str:
        names = range(40)
        roles = "".join(f"  R{n}: {{trust: [{{service: ec2}}], attach: [P{n}]}}\n" for n in names)
        return (
            HEAD
            + "policies:\n"
            + "".join(f"  P{n}: {{allow: [{grant}]}}\n" for n in names)
            + f"roles:\n{roles}"
        )

    path.write_text(text(HARMLESS))
    cli("apply", path, "--yes")
    path.write_text(text(SOME))
    since = len(sandbox.log())
    cli("plan", path)
    assert "ListEntitiesForPolicy" not in reads(sandbox, since)
    # One more holder than the details of roles show: then it is asked.
    sandbox.iam().create_group(GroupName="G")
    sandbox.iam().attach_group_policy(GroupName="G", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P7")
    since = len(sandbox.log())
    cli("plan", path)
    assert reads(sandbox, since).count("ListEntitiesForPolicy") == 1
