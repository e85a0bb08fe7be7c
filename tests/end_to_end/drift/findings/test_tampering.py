"""What was done behind the job's back is found once, with its severity and origin; apply mends it."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import (
    ADMIN,
    HEAD,
    SPEC,
    TAMPERINGS,
    document,
    drifted,
    trust,
    without_role,
)

# These touch nobody's access, and don't meet: done together, each is still found once.
ASIDE = ("tags", "tags of a policy", "description", "session length", "profile emptied")


@pytest.mark.parametrize(
    "names", [ASIDE, *((name,) for name in TAMPERINGS if name not in ASIDE)], ids=" and ".join
)
def test_a_tampering_is_found_once_and_mended(
    names: tuple[str, ...], path: Path, cli: Cli, sandbox: Server
) -> None:
    wanted = [TAMPERINGS[name] for name in names]
    for tampering in wanted:
        tampering.act(sandbox.iam())
    # What the tags call pending is left out by --fail-on drift, a gain of access never.
    findings = {(f["address"], f["rule"]): f for f in drifted(cli, path, "--fail-on", "drift")}
    assert findings.keys() == {(t.address, t.rule) for t in wanted}
    for tampering in wanted:
        finding = findings[tampering.address, tampering.rule]
        assert (finding["severity"], finding["origin"], finding["counts"]) == (
            tampering.severity,
            tampering.origin,
            True,
        )
        assert tampering.says in " ".join([finding["message"], *finding["remarks"]])
        if finding["severity"] in ("gained", "lost") and finding["rule"] not in ("roles", "absent"):
            assert finding[finding["severity"]]["witness"]
    flags = {flag for tampering in wanted for flag in tampering.flags}
    consent = ("--allow", "admin,public,escalation,lockout", *flags)
    assert "done, and read back" in cli("apply", path, "--yes", *consent).out
    assert drifted(cli, path, code=0) == []


def test_a_role_deleted_and_made_again_by_hand(path: Path, cli: Cli, sandbox: Server) -> None:
    iam = sandbox.iam()
    without_role(iam)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    findings = drifted(cli, path)
    assert {f["rule"]: (f["address"], f["origin"]) for f in findings} == {
        "not-owned": ("role.R", "unknown"),
        "description": ("role.R", "unknown"),
        "attached": ("role.R", "unknown"),
        "inline": ("role.R", "unknown"),
        "boundary": ("role.R", "unknown"),
        "tags": ("role.R", "unknown"),
        "roles": ("instance-profile.R", "drift"),
    }
    cli("apply", path, "--yes", "--adopt")
    assert drifted(cli, path, code=0) == []


def test_the_same_said_otherwise_is_no_drift(path: Path, cli: Cli, sandbox: Server) -> None:
    same = {
        "Statement": [
            {"Resource": ["arn:aws:s3:::b/*"], "Action": ["S3:getObject"], "Effect": "Allow", "Sid": "again"}
        ],
        "Version": "2012-10-17",
    }
    sandbox.iam().create_policy_version(
        PolicyArn=HEAD + "P", PolicyDocument=json.dumps(same), SetAsDefault=True
    )
    assert "result: in sync · 0 findings · 4 of 4" in cli("drift", path).out


def test_what_the_spec_moved_on_to_is_pending(path: Path, cli: Cli, sandbox: Server) -> None:
    path.write_text(SPEC.replace("description: text", "description: new"))
    (finding,) = drifted(cli, path)
    assert (finding["rule"], finding["origin"], finding["counts"]) == ("description", "pending", True)
    (finding,) = drifted(cli, path, "--fail-on", "drift", code=0)
    assert finding["counts"] is False
    # Both at once, told apart by field.
    sandbox.iam().update_role(RoleName="R", MaxSessionDuration=7200)
    both = drifted(cli, path, "--fail-on", "drift")
    assert {f["rule"]: f["origin"] for f in both} == {
        "description": "pending",
        "max_session_duration": "drift",
    }
    ran = cli("drift", path, "--fail-on", "gain")
    assert "result: in sync · 2 findings (2 metadata) · 0 of them count with --fail-on gain" in ran.out
    assert cli("drift", path, "--fail-on", "never").code == 0


def test_what_is_absent_is_never_left_out(path: Path, cli: Cli, sandbox: Server) -> None:
    path.write_text(SPEC + "  New: {trust: [{service: ec2}]}\n")
    assert drifted(cli, path, "--fail-on", "drift")[0]["rule"] == "absent"


def test_ids_stay_the_same(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    first = [f["id"] for f in drifted(cli, path)]
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    sandbox.iam().put_role_policy(RoleName="R", PolicyName="n", PolicyDocument=document())
    second = [f["id"] for f in drifted(cli, path)]
    assert (len(first), len({*second})) == (1, 2)
    assert first[0] in second
