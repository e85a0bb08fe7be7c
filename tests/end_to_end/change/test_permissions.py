"""`permissions`: each command runs with exactly the permissions that are printed.

It fails when any of them is taken away, and `doctor` names the one that is missing.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.drift.findings.strangers import STRANGERS
from tests.end_to_end.drift.tampering import SPEC
from tests.end_to_end.limited_user import LimitedUser, policy_of, without
from tests.end_to_end.metadata import write_metadata
from tests.end_to_end.trouble.stages import (
    ACCOUNT_FIRST,
    ACCOUNT_THEN,
    BACK,
    EVERYTHING,
    FIRST,
    THEN,
    tampered,
)
from tests.plan.guards.entries import OF_EC2

WITH_PATHS = (
    SPEC.replace("description: text", "description: text\n    path: /team/")
    + """  U:
    trust: [{user: 'arn:aws:iam::123456789012:user/Somebody'}, {role: R}]
expect:
  allowed: [{role: R, action: "s3:GetObject", resource: "arn:aws:s3:::b/x"}]
"""
)
# What is asked only where somebody outside the specs holds what gives more.
OF_USERS = {
    "iam:GetUser",
    "iam:ListAttachedUserPolicies",
    "iam:ListUserPolicies",
    "iam:GetUserPolicy",
    "iam:ListGroupsForUser",
}
OF_GROUPS = {"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", "iam:GetGroupPolicy"}


def actions_of(statements: list[dict[str, Any]]) -> set[str]:
    return {a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}


def test_each_command_runs_with_exactly_what_is_printed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(WITH_PATHS)
    job = LimitedUser(cli, sandbox)
    sandbox.iam().create_user(UserName="Somebody")
    may = {purpose: policy_of(cli, path, purpose) for purpose in ("plan", "apply", "drift")}
    job(may["plan"], "plan", path)
    job(may["drift"], "drift", path, code=2)
    job(may["apply"], "apply", path, "--yes")
    assert "in sync" in job(may["drift"], "drift", path).out
    job(may["plan"], "plan", path)
    sandbox.control("reset")
    job = LimitedUser(cli, sandbox)
    write_metadata(tmp_path)
    for name, spec in {"first": FIRST + ACCOUNT_FIRST, "back": BACK + ACCOUNT_THEN}.items():
        other = tmp_path / f"{name}.yaml"
        other.write_text(spec)
        job(policy_of(cli, other, "apply"), "apply", other, "--yes")
        if name == "first":
            tampered(sandbox)
    job(policy_of(cli, other, "drift"), "drift", other)
    job(policy_of(cli, other, "destroy"), "destroy", other, "--yes", "--force", "--take-over")


def test_a_look_at_the_whole_account_runs_with_what_is_printed(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    write_metadata(tmp_path)
    other, path = tmp_path / "other.yaml", tmp_path / "s.yaml"
    other.write_text(FIRST)
    cli("apply", other, "--yes")
    path.write_text("version: 1\nname: a/b\nroles: {Own: {trust: [{service: ec2}]}}\n")
    cli("apply", path, "--yes")
    for act, address, _, _ in STRANGERS.values():
        if not address.startswith("role.") or act is STRANGERS["a way by two policies"][0]:
            with suppress(sandbox.iam().exceptions.EntityAlreadyExistsException):
                act(sandbox.iam())
    job = LimitedUser(cli, sandbox)
    allowed = policy_of(cli, path, "drift", "--unmanaged")
    whole = job(allowed, "drift", path, "--unmanaged", "--format", "json", code=None).json
    assert (whole["unread"], whole["exit_code"]) == ([], 2)
    # What is asked of single resources is asked where lists don't tell.
    for action in ("iam:GetAccountAuthorizationDetails", "iam:ListSAMLProviders", "tag:GetResources"):
        missing = job(without(allowed, action), "drift", path, "--unmanaged", code=None)
        assert f"needs {action}" in missing.out
        assert missing.code in (2, 3)


def test_pruning_and_letting_go_run_with_what_is_printed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    job = LimitedUser(cli, sandbox)
    path = tmp_path / "s.yaml"
    users = "users:\n  u: {attach: [P], groups: [H]}\n"
    path.write_text(FIRST.replace("groups:\n", "groups:\n  H: {}\n") + users)
    cli("apply", path, "--yes")
    path.write_text("version: 1\nname: a/rich\nremoved: role.B\n")
    assert "to let go of" in job(policy_of(cli, path, "apply"), "apply", path, "--yes").out
    assert "to delete" in job(policy_of(cli, path, "prune"), "apply", path, "--prune", "--yes", "--force").out


def test_only_reads_are_in_the_policy_of_plan_and_drift(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(WITH_PATHS)
    for purpose in ("plan", "drift"):
        names = {action.partition(":")[2] for action in actions_of(policy_of(cli, path, purpose))}
        assert all(name.startswith(("Get", "List")) for name in names)
    writes = actions_of(policy_of(cli, path, "apply")) - actions_of(policy_of(cli, path, "plan"))
    assert {"iam:CreateRole", "iam:PassRole", "iam:DeletePolicyVersion", "iam:TagRole"} <= writes


def state_for(which: str, cli: Cli, sandbox: Server, path: Path) -> None:
    """Nothing there; or all there, and tampered with so that everything is looked at."""
    if which == "tampered":
        sandbox.iam().create_user(UserName="Somebody")
        cli("apply", path, "--yes")
        iam = sandbox.iam()
        text = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
        iam.create_policy_version(
            PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P", PolicyDocument=json.dumps(text), SetAsDefault=True
        )
        # Others hold it, too.
        own = json.dumps(text)
        iam.create_role(RoleName="Out", AssumeRolePolicyDocument=json.dumps(OF_EC2))
        iam.put_role_policy(RoleName="Out", PolicyName="own", PolicyDocument=own)
        iam.attach_role_policy(RoleName="Out", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P")
        iam.create_group(GroupName="People")
        iam.put_group_policy(GroupName="People", PolicyName="own", PolicyDocument=own)
        iam.attach_group_policy(GroupName="People", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P")
        iam.create_user(UserName="mara")
        iam.put_user_policy(UserName="mara", PolicyName="own", PolicyDocument=own)
        iam.add_user_to_group(GroupName="People", UserName="mara")
        iam.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
        text["Statement"] = {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam.update_assume_role_policy(RoleName="U", PolicyDocument=json.dumps(text))


@pytest.mark.parametrize("which", ["nothing", "tampered"] if EVERYTHING else ["tampered"])
def test_whatever_is_taken_away_is_missed(which: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(WITH_PATHS)
    state_for(which, cli, sandbox, path)
    job = LimitedUser(cli, sandbox)
    may = policy_of(cli, path, "drift")
    whole = job(may, "drift", path, code=2).out
    assert "not read" not in whole
    missed = set()
    for action in sorted(actions_of(may)):
        ran = job(without(may, action), "drift", path, code=None)
        if ran.out != whole:
            # What is missing is named, and what could not be read is no finding.
            assert action in ran.out
            assert "not read" in ran.out
            missed.add(action)
    sweeps = {"iam:ListRoles", "iam:ListPolicies", "iam:ListInstanceProfiles"}
    unasked = actions_of(may) - missed
    nothing = {
        "iam:GetPolicyVersion",
        "iam:ListPolicyVersions",
        "iam:GetRolePolicy",
        "iam:ListEntitiesForPolicy",
    }
    assert unasked == (nothing | OF_GROUPS | (OF_USERS - {"iam:GetUser"}) if which == "nothing" else sweeps)


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
def test_an_apply_misses_whatever_is_taken_away(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(BACK)
    job = LimitedUser(cli, sandbox)
    may = policy_of(cli, path, "apply")
    missed = set()
    for action in sorted(actions_of(may)):
        for stage in ("", "tampered"):
            sandbox.control("reset")
            job = LimitedUser(cli, sandbox)
            if stage:
                path.write_text(THEN)
                cli("apply", path, "--yes")
                tampered(sandbox)
                path.write_text(BACK)
            ran = job(without(may, action), "apply", path, "--yes", code=None)
            if ran.code:
                assert action in ran.out + ran.err
                missed.add(action)
    # From this state to that one they are not asked for; and of the account nothing has to be read as a
    # whole.
    assert actions_of(may) - missed - OF_USERS == {
        "iam:DeleteRolePermissionsBoundary",
        "iam:DetachRolePolicy",
        "iam:ListEntitiesForPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateGroup",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetAccountSummary",
        "tag:GetResources",
    }


def test_many_names_give_way_to_their_paths(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\nroles:\n"
        + "".join(f"  Role{'x' * 40}{n}: {{trust: [{{service: ec2}}], path: /app/}}\n" for n in range(200))
    )
    policy = cli("permissions", path, "--account", ACCOUNT, "--for", "apply").json
    assert len(json.dumps(policy, separators=(",", ":"))) <= 6144
    assert f"arn:aws:iam::{ACCOUNT}:role/app/*" in json.dumps(policy)


def test_without_an_account_it_is_asked_for(cli: Cli) -> None:
    assert "say --account ID" in cli("permissions", "specs/ecr.yaml", code=1).err


def test_doctor_says_what_is_missing(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SPEC)
    cli("apply", path, "--yes")
    ran = cli("doctor", path, code=1)
    # A sandbox is no AWS, and that is all there is to say.
    assert [line[:18].strip() for line in ran.out.splitlines() if line.startswith("FAIL")] == [
        "FAIL  endpoint"
    ]
    assert "everything could be read, in 11 calls" in ran.out
    job = LimitedUser(cli, sandbox)
    may = policy_of(cli, path, "drift")
    ran = job(without(may, "iam:GetInstanceProfile"), "doctor", path, code=1)
    assert "allow iam:GetInstanceProfile: reconcile permissions --for drift prints the policy" in ran.out
    sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
    ran = cli("doctor", path, code=1)
    assert ("have expired" in ran.out, "reads" in ran.out) == (True, False)
    sandbox.control("calm")
    path.write_text(SPEC.replace("version: 1\n", "version: 1\naccount: '999988887777'\n"))
    assert (
        "the spec a/job is for account 999988887777, and these are credentials of account 123456789012"
        in cli("doctor", path, code=1).out
    )
    path.write_text("a: [")
    assert "reconcile validate says more" in cli("doctor", path, code=1).out
