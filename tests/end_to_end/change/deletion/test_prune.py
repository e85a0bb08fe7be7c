"""`apply --prune`: what specs own and no longer describe is deleted or let go of, and nothing else."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.deletion.resources import HEAD, LIST, POLICIES, ROLE, TRUST, P, operations
from tests.end_to_end.metadata import METADATA, write_metadata
from tests.end_to_end.state import state_of


def test_orphans_go_with_all_that_hangs_on_them_and_come_back_by_rollback(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path
) -> None:
    for number in (1, 2):
        document = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": f"s3:Get{number}", "Resource": "*"},
        }
        sandbox.iam().create_policy_version(PolicyArn=P, PolicyDocument=json.dumps(document))
    before = state_of(sandbox)
    path.write_text(HEAD)
    assert "delete" not in cli("plan", path).out
    planned = cli("plan", path, "--prune").out
    assert "- role.R" in planned
    assert "owned by spec team/app, which no longer describes it" in planned
    assert "IAM has not seen it used in the last 400 days" in planned
    assert "3 to delete" in planned
    journal = tmp_path / "journal"
    assert "read back as desired" in cli("apply", path, "--prune", "--yes", "--journal", journal).out
    assert not any(state_of(sandbox).values())
    assert "nothing to change" in cli("plan", path, "--prune").out
    cli("rollback", journal, "--yes")
    again = state_of(sandbox)
    # Kept versions that were not the default stay gone.
    assert {arn: (*v[:2], v[3]) for arn, v in again.pop("policies").items()} == {
        arn: (*v[:2], v[3]) for arn, v in before.pop("policies").items()
    }
    assert again == before


def test_somebody_elses_boundary_is_never_taken_away(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_role(RoleName="Other", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=P)
    path.write_text(HEAD)
    ran = cli("apply", path, "--prune", "--yes", "--force", code=1)
    assert "policy.P: is the permissions boundary of role.Other: without it they may do more" in ran.out


def test_what_a_kept_resource_names_stays(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(HEAD + "roles:\n" + ROLE.replace("[P]", "[policy/P]"))
    ran = cli("apply", path, "--prune", "--yes", "--force", code=1)
    assert "policy.P: is named by role.R, which the specs keep" in ran.out


def test_a_profile_is_felt_by_a_role_that_stays(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(HEAD + "removed: [role.R]\n" + POLICIES)
    says = "instance-profile.R: is in use outside the specs: role.R (consent with --force)"
    assert says in cli("apply", path, "--prune", "--yes", code=1).out
    # Let go of before, it is nobody's.
    cli("apply", path, "--yes")
    path.write_text(HEAD + POLICIES)
    assert says in cli("apply", path, "--prune", "--yes", code=1).out
    cli("apply", path, "--prune", "--yes", "--force")


def test_a_plan_to_prune_is_saved_and_carried_out(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path
) -> None:
    path.write_text(HEAD)
    cli("plan", path, "--prune", "--out", tmp_path / "p.json")
    cli("apply", tmp_path / "p.json")
    assert sandbox.iam().list_roles()["Roles"] == []


def test_a_role_renamed_is_made_before_the_old_one_goes(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(path.read_text().replace("  R:", "  New:"))
    since = len(sandbox.writes())
    ran = cli("apply", path, "--prune", "--yes")
    assert "2 to create, 2 to delete" in ran.out
    done = operations(sandbox, since)
    assert done.index("AttachRolePolicy") < done.index("DetachRolePolicy")
    assert max(done.index("CreateRole"), done.index("AddRoleToInstanceProfile")) < done.index("DeleteRole")


@pytest.mark.parametrize("pattern", ["role.R", "role.*"])
def test_what_is_let_go_of_stays_without_the_tags(
    pattern: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    path.write_text(HEAD + f"removed: ['{pattern}', instance-profile.R]\n" + POLICIES)
    assert "which lets go of it: apply takes the tag off" in cli("drift", path, code=2).out
    since = len(sandbox.writes())
    ran = cli("apply", path, "--prune", "--yes")
    assert "2 to let go of" in ran.out
    assert sorted(operations(sandbox, since)) == ["UntagInstanceProfile", "UntagRole"]
    assert sandbox.iam().get_role(RoleName="R")["Role"].get("Tags", []) == []
    assert "nothing to change" in cli("plan", path, "--prune").out
    cli("drift", path)
    cli("verify", path)


KEEPERS = {
    "a trust": (
        "roles:\n  R: {trust: [{service: ec2}]}\n  K: {trust: [{role: %s}]}\n",
        "roles:\n  K: {trust: [{role: 'arn:aws:iam::123456789012:role/R'}]}\n",
        "role.R: is named by role.K",
    ),
    "a group": (
        "users:\n  mara: {}\ngroups:\n  G: {members: [mara]}\n",
        "groups:\n  G: {members: [mara]}\n",
        "user.mara: is named by group.G",
    ),
    "a provider": (
        (
            "oidc_providers:\n  gitlab.com: {audiences: a}\nroles:\n  K: {trust: [{oidc: gitlab.com, subject:"
            " 'project_path:a/b:*', audience: a}]}\n"
        ),
        "roles:\n  K: {trust: [{oidc: gitlab.com, subject: 'project_path:a/b:*', audience: a}]}\n",
        "oidc-provider.gitlab.com: is named by role.K",
    ),
}


@pytest.mark.parametrize("case", KEEPERS)
def test_what_kept_resources_name_in_any_way_stays(
    case: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    before, after, says = KEEPERS[case]
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + before.replace("%s", "R"))
    cli("apply", path, "--yes")
    path.write_text(HEAD + after)
    for only in ((), ("--only", says.partition(":")[0])):
        assert says in cli("apply", path, "--prune", "--yes", "--force", *only, code=1).out


def test_a_boundary_that_is_exchanged_in_the_same_plan_may_go(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    text = (
        f"policies:\n  B1: {LIST}\n  B2: {LIST}\nroles:\n  K: {{trust: [{{service: ec2}}], boundary: B1}}\n"
    )
    path.write_text(HEAD + text)
    cli("apply", path, "--yes")
    path.write_text(HEAD + text.replace(f"  B1: {LIST}\n", "").replace("boundary: B1", "boundary: B2"))
    cli("apply", path, "--prune", "--yes")
    assert [p["PolicyName"] for p in sandbox.iam().list_policies(Scope="Local")["Policies"]] == ["B2"]


def test_identity_centers_own_provider_is_not_deleted(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    name = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    write_metadata(tmp_path)
    sandbox.iam().create_saml_provider(Name=name, SAMLMetadataDocument=METADATA["a.xml"])
    path = tmp_path / "s.yaml"
    path.write_text(f"{HEAD}ownership: none\nsaml_providers: {{{name}: {{metadata_file: a.xml}}}}\n")
    assert (
        "belongs to AWS and is never changed"
        in cli("destroy", path, "--yes", "--force", "--take-over", code=1).out
    )


def test_a_policy_on_another_path_than_described_is_an_orphan(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(path.read_text().replace(f"  P: {LIST}", f"  P: {LIST[:-1]}, path: /x/}}"))
    assert "- policy.P" in cli("destroy", path, "--dry-run").out
