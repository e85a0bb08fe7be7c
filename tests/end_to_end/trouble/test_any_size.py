"""Few calls at any size: for small specs each resource is read, for large ones the whole account.

Both ways see the same.
"""

import cProfile
import json
import os
import pstats
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.bench import triples
from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.drift.tampering import SPEC, TAMPERINGS
from tests.end_to_end.limited_user import LimitedUser, policy_of
from tests.laws.runner import Runner

HEAD = f"arn:aws:iam::{ACCOUNT}"


def counted(server: Server, since: int) -> Counter[str]:
    return Counter(entry["operation"] for entry in server.log()[since:])


@pytest.fixture
def ten(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """Ten triples, applied once in a process and put into the sandbox as they were."""
    folder = triples.written(tmp_path / "specs", 10)
    if not _APPLIED:
        done = cli("apply", folder, "--yes", "--format", "json").json
        assert Counter(call["operation"] for call in done["calls"]) == {
            "CreatePolicy": 20,
            "CreateRole": 10,
            "CreateInstanceProfile": 10,
            "AttachRolePolicy": 20,
            "AddRoleToInstanceProfile": 10,
        }
        assert len(sandbox.writes()) == 70
        _APPLIED.append(sandbox.control("dump"))
    else:
        sandbox.control("seed", **_APPLIED[0])
    return folder


_APPLIED: list[Any] = []


def test_a_converged_plan_of_one(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = triples.written(tmp_path / "specs", 1)
    cli("apply", folder, "--yes")
    since = len(sandbox.log())
    assert cli("plan", folder, "--format", "json").json["calls"] == []
    assert sum(counted(sandbox, since).values()) <= 9


def test_a_converged_plan_of_ten(cli: Cli, sandbox: Server, ten: Path) -> None:
    since = len(sandbox.log())
    assert cli("plan", ten, "--format", "json").json["calls"] == []
    calls = counted(sandbox, since)
    assert sum(calls.values()) <= 15
    assert "GetPolicy" not in calls
    since = len(sandbox.log())
    cli("drift", ten)
    assert sum(counted(sandbox, since).values()) <= 15


@pytest.mark.skipif("SURVIVAL" not in os.environ, reason="make soak")
def test_a_converged_plan_of_a_hundred(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = triples.written(tmp_path / "specs", 100)
    cli("apply", folder, "--yes")
    assert len(sandbox.writes()) == 700
    since = len(sandbox.log())
    assert cli("plan", folder, "--format", "json").json["calls"] == []
    assert sum(counted(sandbox, since).values()) <= 30


def test_what_differs_costs_a_look_at_that_alone(cli: Cli, sandbox: Server, ten: Path) -> None:
    since = len(sandbox.log())
    cli("plan", ten)
    undisturbed = sum(counted(sandbox, since).values())
    # One that is changed behind its back, and one in the spec, cost what it takes to look at those.
    sandbox.iam().tag_policy(PolicyArn=f"{HEAD}:policy/Read0007", Tags=[{"Key": "team", "Value": "x"}])
    sandbox.iam().update_role(RoleName="App0008", MaxSessionDuration=7200)
    since = len(sandbox.log())
    planned = cli("plan", ten, "--format", "json").json
    assert {change["address"] for change in planned["changes"] if change["action"] != "none"} == {
        "policy.Read0007",
        "role.App0008",
    }
    assert sum(counted(sandbox, since).values()) <= undisturbed + 5


def test_a_spec_of_one_in_an_account_of_thousands(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    folder = triples.written(tmp_path / "specs", 1)
    cli("apply", folder, "--yes")
    own = sandbox.control("dump")
    sandbox.control("reset")
    sandbox.control("quota", RolesPerAccount=6000, PoliciesPerAccount=6000)
    role, policy = own["RoleDetailList"][0], own["Policies"][0]
    roles = [
        {
            **role,
            "RoleName": f"X{n}",
            "RoleId": f"AROA{n:017}",
            "Arn": f"{HEAD}:role/X{n}",
            "Tags": [],
            "AttachedManagedPolicies": [],
            "InstanceProfileList": [],
        }
        for n in range(5000)
    ]
    policies = [
        {
            **policy,
            "PolicyName": f"X{n}",
            "PolicyId": f"ANPA{n:017}",
            "Arn": f"{HEAD}:policy/X{n}",
            "Tags": [],
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}],
        }
        for n in range(2998)
    ]
    sandbox.control(
        "seed", **{**own, "RoleDetailList": [role, *roles], "Policies": [*own["Policies"], *policies]}
    )
    since = len(sandbox.log())
    assert cli("plan", folder, "--format", "json").json["calls"] == []
    assert sum(counted(sandbox, since).values()) <= 12
    # The same before anything of it is there.
    since = len(sandbox.log())
    other = tmp_path / "other.yaml"
    other.write_text((folder / "team-000.yaml").read_text().replace("0000", "New").replace("team-000", "new"))
    assert len(cli("plan", other, "--format", "json").json["calls"]) == 7
    assert sum(counted(sandbox, since).values()) <= 12


def test_that_something_is_new_is_known_from_the_lists(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = triples.written(tmp_path / "specs", 20)
    planned = cli("plan", folder, "--format", "json").json
    assert len(planned["calls"]) == 140
    assert sum(counted(sandbox, 0).values()) <= 15


def test_wrong_specs_are_said_first_however_many(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = triples.written(tmp_path / "specs", 20)
    (folder / "wrong.yaml").write_text(
        "version: 1\nname: a/b\nroles: {R: {trust: {service: ec2}, max_session_duration: 99h}}\n"
    )
    assert "wrong.yaml:3" in cli("plan", folder, code=1).err
    assert set(counted(sandbox, 0)) <= {
        "GetCallerIdentity",
        "GetAccountAuthorizationDetails",
        "GetResources",
        "ListRoles",
        "ListPolicies",
        "ListInstanceProfiles",
    }
    since = len(sandbox.log())
    errors = cli("plan", folder, code=1, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="").err
    assert "wrong.yaml:3" in errors
    assert len(sandbox.log()) == since


def test_who_is_calling_is_asked_once_also_where_that_fails(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """The tagging API's region hangs on it, so many reads want to know."""
    folder = triples.written(tmp_path / "specs", 60)
    sandbox.control("fail", operation="GetCallerIdentity", code="InvalidClientTokenId", status=403)
    assert "GetCallerIdentity" in cli("plan", folder, code=1).err
    assert counted(sandbox, 0)["GetCallerIdentity"] == 1


DENIED = [
    "GetAccountAuthorizationDetails",
    "ListRoles",
    "ListPolicies",
    "ListInstanceProfiles",
    "GetResources",
    "GetAccountSummary",
]


@pytest.mark.parametrize("operation", DENIED)
def test_what_may_not_be_read_of_the_account_is_asked_of_each_resource(
    operation: str, cli: Cli, sandbox: Server, ten: Path
) -> None:
    code = "AccessDeniedException" if operation == "GetResources" else "AccessDenied"
    sandbox.control("fail", operation=operation, code=code, status=403)
    planned = cli("plan", ten, "--format", "json").json
    assert (planned["calls"], planned["unread"]) == ([], [])


def test_the_printed_permissions_are_those_for_few_calls(cli: Cli, sandbox: Server, ten: Path) -> None:
    job = LimitedUser(cli, sandbox)
    statements = policy_of(cli, ten, "plan")
    since = len(sandbox.log())
    job([{**s, "Resource": "*"} for s in statements], "plan", ten)
    asked = [e for e in sandbox.log()[since:] if not e["write"]]
    assert len(asked) <= 15
    assert {e["status"] for e in asked} == {200}


def test_tags_that_lag_are_asked_for(cli: Cli, sandbox: Server, ten: Path) -> None:
    sandbox.control("faults", **{"stale-tags": 1000})
    spec = ten / "team-000.yaml"
    spec.write_text(spec.read_text().replace("tags: {team: t0}", "tags: {team: t1}"))
    assert "done" in cli("apply", ten, "--yes").err + cli("plan", ten).out
    # What is shown is as it was before the last write, and an apply's last one may be about anything.
    policy = {"PolicyArn": f"{HEAD}:policy/Read0000"}
    sandbox.iam().untag_policy(**policy, TagKeys=["team"])
    sandbox.iam().tag_policy(**policy, Tags=[{"Key": "team", "Value": "t1"}])
    since = len(sandbox.log())
    assert cli("plan", ten, "--format", "json").json["calls"] == []
    calls = counted(sandbox, since)
    assert calls["GetPolicy"] + calls["GetInstanceProfile"] > 0


def test_lists_that_lag_are_asked_about(cli: Cli, sandbox: Server, ten: Path) -> None:
    sandbox.control("faults", **{"stale-lists": 1000})
    spec = ten / "team-000.yaml"
    spec.write_text(spec.read_text() + "  Late:\n    trust: {service: ec2}\n")
    cli("apply", ten, "--yes")
    assert cli("plan", ten, "--format", "json").json["calls"] == []


@pytest.mark.parametrize("ownership", ["tags", "none"])
def test_what_carries_no_tag_of_ours_is_asked_itself(
    ownership: str, cli: Cli, sandbox: Server, ten: Path
) -> None:
    """The tagging API is asked for our tag, so of anything else it tells nothing."""
    spec = ten / "team-000.yaml"
    spec.write_text(spec.read_text().replace("version: 1", f"version: 1\nownership: {ownership}"))
    arn = f"{HEAD}:policy/Read0003"
    sandbox.iam().untag_policy(PolicyArn=arn, TagKeys=["reconciler:spec", "reconciler:applied"])
    sandbox.iam().tag_policy(PolicyArn=arn, Tags=[{"Key": "other", "Value": "x"}])
    changes = {c["address"]: c for c in cli("plan", ten, "--format", "json").json["changes"]}
    assert changes["policy.Read0003"]["action"] == ("adopt" if ownership == "tags" else "update")
    assert "other" in json.dumps(changes["policy.Read0003"])


def test_both_ways_see_the_same_whatever_was_tampered_with(sandbox: Server, tmp_path: Path) -> None:
    runner = Runner(sandbox, tmp_path, SPEC)
    assert runner.apply(allow=("admin", "escalation")) == "done"
    applied = sandbox.control("dump")
    different = 0
    for name, tampering in TAMPERINGS.items():
        sandbox.control("reset")
        sandbox.control("seed", **applied)
        tampering.act(sandbox.iam())
        single, listed = runner.looked("never"), runner.looked("always")
        assert single == listed, name
        different += bool(single[0])
    assert different == len(TAMPERINGS)


def test_what_documents_give_is_worked_out_only_where_they_differ(sandbox: Server, tmp_path: Path) -> None:
    runner = Runner(sandbox, tmp_path, SPEC)
    assert runner.apply(allow=("admin", "escalation")) == "done"

    def files_at_work() -> set[str]:
        profile = cProfile.Profile()
        profile.runcall(runner.planned)
        return {Path(file).name for file, _, _ in pstats.Stats(profile).stats}  # type: ignore[attr-defined]

    assert not files_at_work() & {"delta.py", "verdicts.py", "decide.py"}
    TAMPERINGS["inline policy changed"].act(sandbox.iam())
    assert "delta.py" in files_at_work()
