"""The drift job: what was done behind its back is found once, with who did it and how bad it is.

And apply mends it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.metadata import METADATA, write_metadata

SPEC = """version: 1
name: a/job
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], tags: {team: x}}
  L: {allow: [{service: s3, actions: "*", resources: "*"}, {service: sqs, actions: "*", resources: "*"}]}
roles:
  R:
    trust: [{service: ec2}]
    attach: [P]
    inline: {own: {allow: [{service: sqs, read: GetQueueUrl, resources: q}]}}
    boundary: L
    description: text
    tags: {team: x}
    instance_profile: true
"""
HEAD = "arn:aws:iam::123456789012:policy/"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(action: str = "s3:GetObject", resource: str = "*", effect: str = "Allow") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": resource}}
    )


def trust(principal: dict[str, str]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},
        }
    )


@dataclass(frozen=True)
class Tampering:
    """What is done by hand, and the one finding of it: rule, severity, origin, and a word of what is said."""

    act: Callable[[Any], object]
    address: str
    rule: str
    severity: str
    origin: str = "drift"
    says: str = ""
    flags: tuple[str, ...] = ()


def new_default(iam: Any) -> None:
    iam.create_policy_version(PolicyArn=HEAD + "P", PolicyDocument=document("s3:*"), SetAsDefault=True)


def old_default(iam: Any) -> None:
    """A version that was there before, set in force again."""
    iam.create_policy_version(
        PolicyArn=HEAD + "P", PolicyDocument=document("s3:ListAllMyBuckets"), SetAsDefault=False
    )
    iam.set_default_policy_version(PolicyArn=HEAD + "P", VersionId="v2")


def without_policy(iam: Any) -> None:
    iam.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    iam.delete_policy(PolicyArn=HEAD + "P")


def without_role(iam: Any) -> None:
    iam.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    iam.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    iam.delete_role_policy(RoleName="R", PolicyName="own")
    iam.delete_role(RoleName="R")


def public(iam: Any) -> None:
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=trust({"AWS": "*"}))


def other_trust(iam: Any) -> None:
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=trust({"Service": "lambda.amazonaws.com"}))


def untagged(iam: Any) -> None:
    iam.untag_role(RoleName="R", TagKeys=["reconciler:spec", "reconciler:applied"])


def forged(iam: Any) -> None:
    """The tag says that what was attached by hand is what was applied last."""
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    applied = {t["Key"]: t["Value"] for t in iam.get_role(RoleName="R")["Role"]["Tags"]}["reconciler:applied"]
    from reconciler.policy.meaning.canonical import fingerprint

    now = f"attached={fingerprint(' '.join(sorted([HEAD + 'P', ADMIN])))}"
    text = " ".join(now if part.startswith("attached=") else part for part in applied.split())
    iam.tag_role(RoleName="R", Tags=[{"Key": "reconciler:applied", "Value": text}])


TAMPERINGS = {
    "attached": Tampering(lambda i: i.attach_role_policy(RoleName="R", PolicyArn=ADMIN), "role.R", "attached", "gained", says="has beyond the spec aws:AdministratorAccess"),
    "detached": Tampering(lambda i: i.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P"), "role.R", "attached", "lost", says="lost: s3:GetObject on arn:aws:s3:::b/*"),
    "new default version": Tampering(new_default, "policy.P", "document", "gained", says="for example s3:"),
    "old version made default": Tampering(old_default, "policy.P", "document", "gained", says="s3:ListAllMyBuckets"),
    "trust": Tampering(other_trust, "role.R", "trust", "gained", says="lambda.amazonaws.com"),
    "trust made public": Tampering(public, "role.R", "trust", "critical", says="anyone can assume the role"),
    "tags": Tampering(lambda i: i.tag_role(RoleName="R", Tags=[{"Key": "team", "Value": "y"}]), "role.R", "tags", "metadata"),
    "tags of a policy": Tampering(lambda i: i.untag_policy(PolicyArn=HEAD + "P", TagKeys=["team"]), "policy.P", "tags", "metadata"),
    "description": Tampering(lambda i: i.update_role(RoleName="R", Description="other"), "role.R", "description", "metadata"),
    "session length": Tampering(lambda i: i.update_role(RoleName="R", MaxSessionDuration=7200), "role.R", "max_session_duration", "metadata"),
    "boundary removed": Tampering(lambda i: i.delete_role_permissions_boundary(RoleName="R"), "role.R", "boundary", "metadata"),
    "boundary set": Tampering(lambda i: i.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=HEAD + "P"), "role.R", "boundary", "lost", says="lost: sqs:GetQueueUrl"),
    "inline policy added": Tampering(lambda i: i.put_role_policy(RoleName="R", PolicyName="new", PolicyDocument=document("s3:PutObject")), "role.R", "inline", "gained", says="s3:PutObject"),
    "inline policy changed": Tampering(lambda i: i.put_role_policy(RoleName="R", PolicyName="own", PolicyDocument=document("*")), "role.R", "inline", "gained", says="gained"),
    "inline policy removed": Tampering(lambda i: i.delete_role_policy(RoleName="R", PolicyName="own"), "role.R", "inline", "lost"),
    "profile emptied": Tampering(lambda i: i.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R"), "instance-profile.R", "roles", "lost", says="holds no role"),
    "policy deleted": Tampering(without_policy, "policy.P", "absent", "lost", "new", "so role.R lacks it"),
    "role deleted": Tampering(without_role, "role.R", "absent", "lost", "new", "so instance-profile.R lacks it"),
    "own tags removed": Tampering(untagged, "role.R", "not-owned", "metadata", "unknown", "owned by no spec", ("--adopt",)),
    "own tags forged": Tampering(forged, "role.R", "attached", "gained", "pending"),
}  # fmt: skip


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """The spec, applied."""
    return applied_once(SPEC, cli, sandbox, tmp_path)


APPLIED: dict[str, dict[str, Any]] = {}


def applied_once(text: str, cli: Cli, sandbox: Server, folder: Path) -> Path:
    """The spec in a file, and applied: once in a process, and then put into the sandbox as it was."""
    made = folder / "job.yaml"
    made.write_text(text)
    if text not in APPLIED:
        cli("apply", made, "--yes")
        APPLIED[text] = sandbox.control("dump")
    sandbox.control("reset")
    sandbox.control("seed", **APPLIED[text])
    return made


def drifted(cli: Cli, path: Path, *flags: str, code: int = 2) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cli("drift", path, "--format", "json", *flags, code=code).json["findings"]
    return found


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
    found = {(f["address"], f["rule"]): f for f in drifted(cli, path, "--fail-on", "drift")}
    assert found.keys() == {(t.address, t.rule) for t in wanted}
    for tampering in wanted:
        one = found[tampering.address, tampering.rule]
        assert (one["severity"], one["origin"], one["counts"]) == (tampering.severity, tampering.origin, True)
        assert tampering.says in " ".join([one["message"], *one["remarks"]])
        if one["severity"] in ("gained", "lost") and one["rule"] not in ("roles", "absent"):
            assert one[one["severity"]]["witness"]
    flags = {flag for tampering in wanted for flag in tampering.flags}
    consent = ("--allow", "admin,public,escalation,lockout", *flags)
    assert "done, and read back" in cli("apply", path, "--yes", *consent).out
    assert drifted(cli, path, code=0) == []


def test_a_role_deleted_and_made_again_by_hand(path: Path, cli: Cli, sandbox: Server) -> None:
    iam = sandbox.iam()
    without_role(iam)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    found = drifted(cli, path)
    assert {f["rule"]: (f["address"], f["origin"]) for f in found} == {
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
    (found,) = drifted(cli, path)
    assert (found["rule"], found["origin"], found["counts"]) == ("description", "pending", True)
    (found,) = drifted(cli, path, "--fail-on", "drift", code=0)
    assert found["counts"] is False
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


def test_a_policy_that_denies_and_is_gone_is_a_gain(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    deny = (
        'policies: {D: {deny: [{service: s3, actions: "*"}]}, A: {allow: [{service: s3, read: GetObject,'
        ' resources: "b/*"}]}}\n'
    )
    path.write_text(
        f"version: 1\nname: a/b\n{deny}roles: {{R: {{trust: [{{service: ec2}}], attach: [D, A]}}}}\n"
    )
    cli("apply", path, "--yes")
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=HEAD + "D")
    sandbox.iam().delete_policy(PolicyArn=HEAD + "D")
    (found,) = drifted(cli, path)
    assert (found["address"], found["rule"], found["severity"]) == ("policy.D", "absent", "gained")
    assert "gained: s3:GetObject" in " ".join(found["remarks"])


def test_orphans_and_dead_principals(cli: Cli, sandbox: Server, path: Path) -> None:
    with_more = SPEC + "  T: {trust: [{role: R}]}\n"
    path.write_text(with_more)
    cli("apply", path, "--yes")
    path.write_text(SPEC)
    (orphan,) = drifted(cli, path)
    assert (orphan["address"], orphan["rule"], orphan["severity"], orphan["origin"]) == (
        "role.T",
        "orphan",
        "gained",
        "pending",
    )
    assert drifted(cli, path, "--no-orphans", code=0) == []
    path.write_text(with_more)
    without_role(sandbox.iam())
    cli("apply", path, "--yes", "--only", "role.R")
    (found,) = [f for f in drifted(cli, path) if f["address"] == "role.T"]
    assert found["rule"] == "trust"
    assert "is the id of a role or user that was deleted: apply names the one of today again" in " ".join(
        found["remarks"]
    )
    cli("apply", path, "--yes")
    assert drifted(cli, path, code=0) == []
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]"))
    assert {f["address"] for f in drifted(cli, path) if f["rule"] == "orphan"} == {"role.T", "policy.P"}


def test_what_is_in_no_spec(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_policy(PolicyName="Loose", PolicyDocument=document())
    sandbox.iam().create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    sandbox.iam().create_group(GroupName="Loose")
    sandbox.iam().create_open_id_connect_provider(Url="https://oidc.example/id/A")
    for name in ("Okta", "AWSSSO_0123456789abcdef_DO_NOT_DELETE"):
        sandbox.iam().create_saml_provider(Name=name, SAMLMetadataDocument=METADATA["a.xml"])
    ran = cli("drift", path, "--unmanaged")
    assert (
        "4 of 8 roles, users, policies, instance profiles, groups and identity providers are in these specs"
        " (50 %); 2 of AWS's own apart\n    group.Loose\n    oidc-provider.oidc.example/id/A\n   "
        " policy.Loose\n    saml-provider.Okta\n" in ran.out
    )
    found = cli("drift", path, "--unmanaged", "--format", "json").json["unmanaged"]
    assert found == {
        "addresses": ["group.Loose", "oidc-provider.oidc.example/id/A", "policy.Loose", "saml-provider.Okta"],
        "aws_owned": 2,
        "described": 4,
    }


def test_no_more_calls_than_a_plan_and_the_sweep(cli: Cli, sandbox: Server, path: Path) -> None:
    def operations(*command: str) -> list[str]:
        since = len(sandbox.log())
        cli(*command, code=None)
        return sorted(entry["operation"] for entry in sandbox.log()[since:])

    plan = operations("plan", str(path))
    assert operations("drift", str(path)) == sorted([*plan, "GetAccountAuthorizationDetails", "GetResources"])
    assert operations("drift", str(path), "--no-orphans") == plan


def test_one_wrong_spec_does_not_silence_the_others(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    for number in range(19):
        (folder / f"s{number}.yaml").write_text(
            f"version: 1\nname: a/s{number}\nroles: {{R{number}: {{trust: [{{service: ec2}}]}}}}\n"
        )
    (folder / "elsewhere.yaml").write_text(
        "version: 1\nname: a/elsewhere\naccount: '999988887777'\nroles: {E: {trust: [{service: ec2}]}}\n"
    )
    cli("apply", *sorted(folder.glob("s*.yaml")), "--yes")
    (folder / "wrong.yaml").write_text("version: 1\nname: [\n")
    (folder / "unknown.yaml").write_text(
        "version: 1\nname: a/u\nroles: {U: {trust: [{service: ec2}], atach: [P]}}\n"
    )
    found = cli("drift", folder, "--format", "json", code=1).json
    assert (found["result"], found["findings"], len(found["in_sync"])) == ("failed", [], 19)
    assert {Path(f["spec"]).name for f in found["failures"]} == {"wrong.yaml", "unknown.yaml", "elsewhere"}
    ran = cli("drift", folder, code=1).out
    assert ("did you mean attach" in ran.lower(), "is for account 999988887777" in ran) == (True, True)
    assert "3 specs failed" in ran.splitlines()[-1]
    sandbox.iam().update_role(RoleName="R7", Description="x")
    assert (
        "result: drift · 1 finding (1 metadata) · 18 of 19 resources in sync · 3 specs failed"
        in cli("drift", folder, code=2).out
    )


READS = {
    "GetRole": "role.R",
    "ListAttachedRolePolicies": "role.R",
    "ListRolePolicies": "role.R",
    "GetRolePolicy": "role.R",
    "GetPolicy": "policy.P",
    "GetPolicyVersion": "policy.P",
    "GetInstanceProfile": "instance-profile.R",
    "GetAccountAuthorizationDetails": "account.sweep",
    "GetResources": "account.sweep",
}


@pytest.mark.parametrize("operation", READS)
def test_a_permission_that_is_missing_is_never_in_sync(
    operation: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    ran = cli("drift", path, code=3)
    prefix = "tag" if operation == "GetResources" else "iam"
    assert f"(needs {prefix}:{operation})" in ran.out
    assert READS[operation] in ran.out
    assert "result: not everything could be read" in ran.out


def test_ids_stay_the_same(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    first = [f["id"] for f in drifted(cli, path)]
    sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    sandbox.iam().put_role_policy(RoleName="R", PolicyName="n", PolicyDocument=document())
    second = [f["id"] for f in drifted(cli, path)]
    assert (len(first), len({*second})) == (1, 2)
    assert first[0] in second


def test_the_sweep_sits_out_passing_trouble(cli: Cli, sandbox: Server, path: Path) -> None:
    for operation in ("GetResources", "GetAccountAuthorizationDetails"):
        sandbox.control("fail", operation=operation, code="Throttling", status=400, times=2)
    sandbox.control("faults", **{"page-size": 1})
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]") + "  T: {trust: [{service: ec2}]}\n")
    cli("apply", path, "--yes")
    path.write_text(SPEC.replace("  P:", "  Q:").replace("[P]", "[Q]"))
    assert {f["address"] for f in drifted(cli, path)} == {"role.T", "policy.P"}


def unlimited(iam: Any) -> None:
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.delete_role_permissions_boundary(RoleName="R")


def widened(iam: Any) -> None:
    iam.create_policy_version(PolicyArn=HEAD + "L", PolicyDocument=document("*"), SetAsDefault=True)
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)


@pytest.mark.parametrize("act", [unlimited, widened])
def test_what_is_harmless_by_itself_and_not_together(
    act: Callable[[Any], None], cli: Cli, sandbox: Server, path: Path
) -> None:
    act(sandbox.iam())
    found = drifted(cli, path, "--fail-on", "gain")
    assert [f["severity"] for f in found] == ["critical", "critical"]
    assert "together with the other differences of role.R" in found[0]["remarks"]


def test_a_group_that_was_changed_is_judged_by_its_members(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """What a group denied an admin; what it gives beside what a member holds."""
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(
        "version: 1\nname: a/job\ngroups:\n  Devs: {inline: {L: {deny: [{service: iam, actions: '*',"
        " resources: '*'}]}}, members: [mara]}\n  Ops: {members: [tom]}\nusers:\n  mara: {attach:"
        " 'aws:AdministratorAccess'}\n  tom: {inline: {P: {allow: [{service: iam, write: PassRole, resources:"
        " '*'}]}}}\n"
    )
    cli("apply", path, "--yes", "--allow", "admin,escalation")
    iam.delete_group_policy(GroupName="Devs", PolicyName="L")
    iam.put_group_policy(
        GroupName="Ops",
        PolicyName="R",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
                    "Resource": "*",
                },
            }
        ),
    )
    assert [(f["address"], f["severity"]) for f in drifted(cli, path)] == [
        ("group.Devs", "critical"),
        ("group.Ops", "critical"),
    ]


GUARDED = """version: 1
name: a/job
policies:
  Wide: {allow: [{service: s3, read: GetObject, resources: "b/*"}]}
  Guard: {deny: [{service: dynamodb, actions: "*", resources: "*"}]}
roles:
  R: {trust: [{service: ec2}], attach: [Wide, Guard], inline: {own: {allow: [{actions: "dynamodb:*", resources: "*"}]}}}
"""


def test_a_guard_that_is_loosened_beside_a_gain_of_its_own(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """Two limits, of which each keeps what the other lets go.

    And beside them a difference that gains by itself.
    """
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(GUARDED.replace("attach: [W", "boundary: 'aws:AmazonS3FullAccess', attach: [W"))
    cli("apply", path, "--yes")
    iam.create_policy_version(PolicyArn=HEAD + "Wide", PolicyDocument=document("s3:*"), SetAsDefault=True)
    iam.create_policy_version(
        PolicyArn=HEAD + "Guard", PolicyDocument=document("sqs:*", effect="Deny"), SetAsDefault=True
    )
    iam.delete_role_permissions_boundary(RoleName="R")
    found = {(f["address"], f["rule"]): f["severity"] for f in drifted(cli, path)}
    assert found == {
        ("policy.Wide", "document"): "gained",
        ("policy.Guard", "document"): "gained",
        ("role.R", "boundary"): "gained",
    }


def test_what_a_policy_that_can_not_be_read_gives_is_never_nothing(
    cli: Cli, sandbox: Server, path: Path
) -> None:
    """AdministratorAccess is known by its name.

    Of others it can't be told, and the run has not seen everything.
    """
    iam = sandbox.iam()
    iam.delete_role_permissions_boundary(RoleName="R")
    for arn in (ADMIN, "arn:aws:iam::aws:policy/AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="R", PolicyArn=arn)
        sandbox.control("fail", operation="GetPolicyVersion", code="AccessDenied", status=403, times=1)
        ran = cli("drift", path, "--format", "json", "--fail-on", "gain", code=2)
        (one,) = [f for f in json.loads(ran.out)["findings"] if f["rule"] == "attached"]
        assert one["severity"] == ("critical" if arn == ADMIN else "gained")
        iam.detach_role_policy(RoleName="R", PolicyArn=arn)


def test_a_policy_that_nobody_here_holds_and_that_allows_everything(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\npolicies: {P: {allow: [{service: s3, read: GetObject, resources: b/*}]}}\n"
    )
    cli("apply", path, "--yes")
    sandbox.iam().create_policy_version(PolicyArn=HEAD + "P", PolicyDocument=document("*"), SetAsDefault=True)
    (found,) = drifted(cli, path)
    assert found["severity"] == "critical"


def test_a_spec_of_another_account_hides_nothing(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = "version: 1\nname: a/%s\n%sroles: {%s: {trust: [{service: ec2}]}}\n"
    one.write_text(text % ("one", "", "X"))
    cli("apply", one, "--yes")
    one.write_text(text % ("one", "", "Y"))
    other.write_text(text % ("other", "account: '999988887777'\n", "X"))
    found = cli("drift", one, other, "--unmanaged", "--format", "json", code=2).json
    assert {(f["address"], f["rule"]) for f in found["findings"]} == {
        ("role.X", "orphan"),
        ("role.Y", "absent"),
    }
    assert found["unmanaged"]["addresses"] == ["role.X"]


def test_two_policies_of_one_role_are_gone(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    allow = "{allow: [{service: s3, read: %s, resources: b/*}]}"
    path.write_text(
        f"version: 1\nname: a/b\npolicies: {{P: {allow % 'GetObject'}, Q:"
        f" {allow % 'GetObjectTagging'}}}\nroles: {{R: {{trust: [{{service: ec2}}], attach: [P, Q]}}}}\n"
    )
    cli("apply", path, "--yes")
    for name in ("P", "Q"):
        sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=HEAD + name)
        sandbox.iam().delete_policy(PolicyArn=HEAD + name)
    assert [(f["address"], f["rule"]) for f in drifted(cli, path)] == [
        ("policy.P", "absent"),
        ("policy.Q", "absent"),
    ]


def test_a_spec_that_describes_nothing_any_more_has_orphans(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\nroles: {R: {trust: [{service: ec2}]}}\n")
    cli("apply", path, "--yes")
    path.write_text("version: 1\nname: a/b\n")
    assert [(f["address"], f["rule"]) for f in drifted(cli, path)] == [("role.R", "orphan")]
    path.write_text("version: 1\nname: a/b\nownership: none\n")
    assert drifted(cli, path, code=0) == []


def test_a_policy_of_the_same_name_elsewhere_takes_no_part(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """What a role holds is told by ARN: AWS's ReadOnlyAccess is not this account's."""
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\npolicies: {ReadOnlyAccess: {allow: [{service: s3, read: GetObject, resources:"
        " b/*}]}}\nroles: {R: {trust: [{service: ec2}], attach: ['aws:ReadOnlyAccess'], boundary:"
        " 'aws:ReadOnlyAccess'}}\n"
    )
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.delete_role_permissions_boundary(RoleName="R")
    less = document("s3:GetObject", "arn:aws:s3:::b/x")
    iam.create_policy_version(PolicyArn=HEAD + "ReadOnlyAccess", PolicyDocument=less, SetAsDefault=True)
    severities = {(f["address"], f["rule"]): f["severity"] for f in drifted(cli, path)}
    assert severities == {
        ("role.R", "attached"): "critical",
        ("role.R", "boundary"): "critical",
        ("policy.ReadOnlyAccess", "document"): "lost",
    }


OIDC = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"


@pytest.mark.parametrize(
    ("tamper", "rule", "severity", "says"),
    [
        (
            lambda i: i.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=OIDC, ClientID="theirs"
            ),
            "audiences",
            "gained",
            "theirs",
        ),
        (
            lambda i: i.remove_client_id_from_open_id_connect_provider(
                OpenIDConnectProviderArn=OIDC, ClientID="a"
            ),
            "audiences",
            "lost",
            "a",
        ),
        (
            lambda i: i.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=OIDC, ThumbprintList=["b" * 40]
            ),
            "thumbprints",
            "gained",
            "b" * 40,
        ),
        (
            lambda i: i.delete_open_id_connect_provider(OpenIDConnectProviderArn=OIDC),
            "absent",
            "lost",
            "does not exist",
        ),
    ],
)
def test_what_was_done_to_an_oidc_provider_is_found_and_mended(
    tamper: Any, rule: str, severity: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\noidc_providers:\n  gitlab.com: {audiences: [a, b], thumbprints:"
        f" {'a' * 40}}}\n"
    )
    cli("apply", path, "--yes")
    assert cli("drift", path, code=0).out.rstrip().endswith("1 of 1 resource in sync")
    tamper(sandbox.iam())
    (found,) = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert (found["rule"], found["severity"], found["address"]) == (
        rule,
        severity,
        "oidc-provider.gitlab.com",
    )
    assert says in found["message"]
    cli("apply", path, "--yes")
    cli("drift", path, code=0)


def test_providers_that_no_spec_describes_any_more_are_orphans(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    write_metadata(tmp_path)
    head = "version: 1\nname: a/b\noidc_providers:\n  gitlab.com: {audiences: a}\n"
    path.write_text(
        head + "  oidc.example/id/A: {audiences: a}\nsaml_providers:\n  Okta: {metadata_file: a.xml}\n"
    )
    cli("apply", path, "--yes")
    path.write_text(head)
    found = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert {(f["rule"], f["address"]) for f in found} == {
        ("orphan", "oidc-provider.oidc.example/id/A"),
        ("orphan", "saml-provider.Okta"),
    }


SAML = "arn:aws:iam::123456789012:saml-provider/Okta"


def test_what_was_done_to_a_saml_provider_and_to_the_account_is_found_and_mended(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    write_metadata(tmp_path)
    path.write_text(
        "version: 1\nname: a/b\naccount: 123456789012\nsaml_providers:\n  Okta: {metadata_file: a.xml}\n"
        "account_settings: {alias: acme-prod, password_policy: {minimum_password_length: 14}}\n"
    )
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.update_saml_provider(SAMLProviderArn=SAML, SAMLMetadataDocument=METADATA["b.xml"])
    iam.create_account_alias(AccountAlias="acme-other")
    for policy, severity in (
        ({"MinimumPasswordLength": 13}, "gained"),
        ({"MinimumPasswordLength": 15}, "metadata"),
    ):
        iam.update_account_password_policy(**policy)
        found = {f["rule"]: f for f in drifted(cli, path)}
        assert {rule: f["severity"] for rule, f in found.items()} == {
            "metadata": "gained",
            "alias": "lost",
            "password_policy": severity,
        }
    assert "entityID https://idp.example/b" in found["metadata"]["message"]
    assert "xxxx" not in str(found)
    assert "can't be written for you" in cli("drift", path, "--accept", found["alias"]["id"], code=1).err
    cli("apply", path, "--yes")
    assert drifted(cli, path, code=0) == []


def test_an_alias_that_another_account_has_is_said_to_be_that(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\naccount: 123456789012\naccount_settings: {alias: acme-prod}\n")
    # After an answer that was lost it could be this account's own.
    sandbox.control("fail", operation="CreateAccountAlias", times=1, cut="reset")
    sandbox.control("fail", operation="CreateAccountAlias", times=1, code="EntityAlreadyExists", status=409)
    assert "another account has this alias" in cli("apply", path, "--yes", code=1).out


@pytest.mark.parametrize(
    ("tamper", "rule", "severity", "says"),
    [
        (lambda i: i.add_user_to_group(GroupName="G", UserName="theo"), "members", "gained", "theo"),
        (lambda i: i.remove_user_from_group(GroupName="G", UserName="mara"), "members", "lost", "mara"),
        (
            lambda i: i.attach_group_policy(
                GroupName="G", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
            ),
            "attached",
            "critical",
            "AdministratorAccess",
        ),
        (
            lambda i: i.detach_group_policy(
                GroupName="G", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
            ),
            "attached",
            "lost",
            "ReadOnlyAccess",
        ),
        (
            lambda i: i.put_group_policy(
                GroupName="G",
                PolicyName="own",
                PolicyDocument=(
                    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
                ),
            ),
            "inline",
            "gained",
            "own",
        ),
        (lambda i: i.update_group(GroupName="G", NewPath="/x/"), "path", "metadata", "/x/"),
    ],
)
def test_what_was_done_to_a_group_is_found_and_mended(
    tamper: Any, rule: str, severity: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    for name in ("mara", "theo"):
        sandbox.iam().create_user(UserName=name)
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\ngroups:\n  G: {attach: 'aws:ReadOnlyAccess', members: [mara]}\n")
    cli("apply", path, "--yes")
    cli("drift", path, code=0)
    tamper(sandbox.iam())
    (found,) = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert (found["rule"], found["severity"], found["address"]) == (rule, severity, "group.G")
    assert says in found["message"]
    cli("apply", path, "--yes")
    cli("drift", path, code=0)
