"""What specs own and want no more: pruned, let go of, destroyed; and what keeps that from hurting anyone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.metadata import METADATA, write_metadata
from tests.end_to_end.state import state_of

HEAD = "version: 1\nname: team/app\n"
LIST = "{allow: [{service: s3, list: ListAllMyBuckets, resources: '*'}]}"
POLICIES = f"policies:\n  P: {LIST}\n"
ROLE = "  R: {trust: [{service: ec2}], attach: [P], instance_profile: true, inline: {x: " + LIST + "}}\n"
P = f"arn:aws:iam::{ACCOUNT}:policy/P"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """A spec with a policy, a role, and its profile, applied."""
    path = tmp_path / "app.yaml"
    path.write_text(HEAD + POLICIES + "roles:\n" + ROLE)
    cli("apply", path, "--yes")
    return path


def operations(sandbox: Server, since: int) -> list[str]:
    return [write["operation"] for write in sandbox.writes()[since:]]


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
    assert "the spec team/app describes it no more" in planned
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


def test_what_was_used_lately_takes_force(cli: Cli, sandbox: Server, path: Path) -> None:
    assumed = sandbox.sts().assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/R", RoleSessionName="test")[
        "Credentials"
    ]
    session = sandbox.sts(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    session.get_caller_identity()
    path.write_text(HEAD + POLICIES)
    ran = cli("apply", path, "--prune", "--yes", code=1)
    assert "role.R: was last used on" in ran.out
    assert "today (consent with --force)" in ran.out
    cli("apply", path, "--prune", "--yes", "--force")


def outside(iam: Any) -> None:
    """A user and a group that no spec knows hold the policy."""
    iam.create_user(UserName="mara")
    iam.create_group(GroupName="people")
    iam.attach_user_policy(UserName="mara", PolicyArn=P)
    iam.attach_group_policy(GroupName="people", PolicyArn=P)


def test_a_policy_that_others_hold_takes_force_and_is_taken_off_them(
    cli: Cli, sandbox: Server, path: Path
) -> None:
    outside(sandbox.iam())
    path.write_text(HEAD)
    since = len(sandbox.writes())
    ran = cli("apply", path, "--prune", "--yes", code=1)
    assert "policy.P: is in use outside the specs: user.mara, group.people (consent with --force)" in ran.out
    assert operations(sandbox, since) == []
    cli("apply", path, "--prune", "--yes", "--force")
    assert {"DetachUserPolicy", "DetachGroupPolicy", "DeletePolicy"} < {*operations(sandbox, since)}
    assert [user["UserName"] for user in sandbox.iam().list_users()["Users"]] == ["mara"]


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


TRUSTED = """
roles:
  R: {trust: {service: ec2}, path: /p/}
users: {mara: {}}
oidc_providers: {gitlab.com: {audiences: a}}
saml_providers: {Okta: {metadata_file: a.xml}}
"""


@pytest.mark.parametrize("owner", ["tags", "none"])
def test_what_strangers_trust_takes_force(owner: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    write_metadata(tmp_path)
    path = tmp_path / "s.yaml"
    path.write_text(f"{HEAD}ownership: {owner}\n{TRUSTED}")
    cli("apply", path, "--yes")
    own = f"arn:aws:iam::{ACCOUNT}"
    named = {
        "role.R": {"AWS": [f"{own}:role/p/R"]},
        "user.mara": {"AWS": f"{own}:user/mara"},
        "oidc-provider.gitlab.com": {"Federated": f"{own}:oidc-provider/gitlab.com"},
        "saml-provider.Okta": {"Federated": f"{own}:saml-provider/Okta"},
        "role.Session": {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/ci"},
    }
    iam = sandbox.iam()
    for number, (address, principal) in enumerate(named.items()):
        action = {"o": "sts:AssumeRoleWithWebIdentity", "s": "sts:AssumeRoleWithSAML"}.get(
            address[0], "sts:AssumeRole"
        )
        trust = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": principal, "Action": action},
        }
        iam.create_role(RoleName=f"Stranger{number}", AssumeRolePolicyDocument=json.dumps(trust))
    since = len(sandbox.log())
    said = cli("destroy", path, "--dry-run", code=1).out
    reads = [entry["operation"] for entry in sandbox.log()[since:]]
    assert reads.count("GetAccountAuthorizationDetails") == 1
    assert (
        "iam:GetAccountAuthorizationDetails"
        in cli("permissions", path, "--account", ACCOUNT, "--for", "destroy").out
    )
    for address, who in {
        "role.R": "role.Stranger0, role.Stranger4",
        "user.mara": "role.Stranger1",
        "oidc-provider.gitlab.com": "role.Stranger2",
        "saml-provider.Okta": "role.Stranger3",
    }.items():
        assert f"{address}: is trusted outside the specs, by {who} (consent with --force)" in said
    sandbox.control("fail", operation="GetAccountAuthorizationDetails", code="AccessDenied", status=403)
    assert (
        "user.mara: which roles trust it could not be read (iam:GetAccountAuthorizationDetails) (consent with"
        " --force)" in cli("destroy", path, "--dry-run", code=1).out
    )


GUARDS = """
policies:
  Guard: {deny: [{service: iam, actions: "*", resources: "*"}], allow: [{service: s3, list: ListAllMyBuckets, resources: '*'}]}
groups:
  jail: {attach: [aws:AWSDenyAll], members: [zed]}
  cell: {inline: {no: {deny: [{not_actions: ["sts:*"], resources: "*"}]}}}
  yard: {attach: [aws:ReadOnlyAccess]}
"""


def test_a_guard_that_goes_from_those_who_stay_takes_consent(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    iam, path = sandbox.iam(), tmp_path / "s.yaml"
    for name in ("zed", "mara"):
        iam.create_user(UserName=name)
    path.write_text(HEAD + GUARDS)
    cli("apply", path, "--yes")
    for name in ("cell", "yard"):
        iam.add_user_to_group(GroupName=name, UserName="mara")
    iam.attach_user_policy(UserName="mara", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/Guard")
    ran = cli("destroy", path, "--yes", "--force", code=1)
    for says in (
        "policy.Guard: denies iam:* to user.mara, who stays: what it denies may be open then",
        "group.jail: denies * to user.zed, who stays",
        "group.cell: denies all but sts:* to user.mara, who stays",
    ):
        assert says in ran.out
    assert ran.out.count("(consent with --allow escalation)") == 3
    cli("destroy", path, "--yes", "--force", "--allow", "escalation")
    assert iam.list_groups()["Groups"] == []


def test_a_guard_that_is_left_alone_on_a_kept_role_takes_consent(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path, role = tmp_path / "s.yaml", "roles:\n  K: {trust: {service: ec2}}\n"
    path.write_text(HEAD + GUARDS.partition("groups:")[0] + role.replace("}}", "}, attach: Guard}"))
    cli("apply", path, "--yes")
    path.write_text(f"{HEAD}ignore: [{{at: role.K, facet: attached, reason: x}}]\n{role}")
    assert (
        "policy.Guard: denies iam:* to role.K, who stays"
        in cli("apply", path, "--prune", "--yes", "--force", code=1).out
    )
    path.write_text(HEAD + role)
    assert "who stays" not in cli("apply", path, "--prune", "--yes", "--force").out


def test_many_at_once_take_force(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + "policies:\n" + "".join(f"  P{n}: {LIST}\n" for n in range(5)))
    cli("apply", path, "--yes")
    path.write_text(HEAD)
    assert "5 of 5 resources would be deleted at once" in cli("apply", path, "--prune", "--yes", code=1).out
    ran = cli("apply", path, "--prune", "--yes", "--only", "policy.P1", "--only", "policy.P3")
    assert ran.out.count("\n- policy.") == 2
    assert "nor owns it" in cli("plan", path, "--prune", "--only", "policy.P1", code=1).err


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
    assert "and lets go of it: apply takes the tag off" in cli("drift", path, code=2).out
    since = len(sandbox.writes())
    ran = cli("apply", path, "--prune", "--yes")
    assert "2 to let go of" in ran.out
    assert sorted(operations(sandbox, since)) == ["UntagInstanceProfile", "UntagRole"]
    assert sandbox.iam().get_role(RoleName="R")["Role"].get("Tags", []) == []
    assert "nothing to change" in cli("plan", path, "--prune").out
    cli("drift", path)
    cli("verify", path)


def test_destroy_takes_what_the_spec_owns_and_nothing_else(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    iam.create_role(RoleName="Stranger", AssumeRolePolicyDocument=TRUST)
    path.write_text(
        path.read_text() + "  Stranger: {trust: [{service: ec2}]}\n  Missing: {trust: [{service: ec2}]}\n"
    )
    since = len(sandbox.writes())
    shown = cli("destroy", path, "--dry-run").out
    assert "3 to delete" in shown
    assert "role.Stranger" in shown
    assert "is owned by no spec, and stays" in shown
    assert "add --yes" in cli("destroy", path, code=1).err
    assert operations(sandbox, since) == []
    cli("destroy", path, "--yes")
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["Stranger"]
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert "nothing to delete" in cli("destroy", path, "--yes").out


def test_destroy_asks_for_the_name(cli: Cli, sandbox: Server, path: Path) -> None:
    for typed, code in (("yes", 1), ("team/app", 0)):
        ran = cli.typed(typed, "destroy", path)
        assert ran.code == code
        assert "Deletes all that team/app owns" in ran.err
    assert sandbox.iam().list_roles()["Roles"] == []


def test_nobody_deletes_the_role_that_they_are(cli: Cli, sandbox: Server, path: Path) -> None:
    ran = cli("destroy", path, "--yes", "--force", "--role-arn", f"arn:aws:iam::{ACCOUNT}:role/R", code=1)
    assert (
        "role.R: takes access from role/R, which is who you are now (consent with --allow lockout)" in ran.out
    )


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
    one = f"policies:\n  B1: {LIST}\n  B2: {LIST}\nroles:\n  K: {{trust: [{{service: ec2}}], boundary: B1}}\n"
    path.write_text(HEAD + one)
    cli("apply", path, "--yes")
    path.write_text(HEAD + one.replace(f"  B1: {LIST}\n", "").replace("boundary: B1", "boundary: B2"))
    cli("apply", path, "--prune", "--yes")
    assert [p["PolicyName"] for p in sandbox.iam().list_policies(Scope="Local")["Policies"]] == ["B2"]


def test_what_nothing_marks_takes_consent_where_it_is_otherwise(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    sandbox.iam().create_group(GroupName="Admins")
    sandbox.iam().attach_group_policy(
        GroupName="Admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + "groups:\n  Admins: {}\n  Plain: {}\n")
    sandbox.iam().create_group(GroupName="Plain")
    ran = cli("destroy", path, "--yes", code=1)
    assert (
        "group.Admins: nothing marks it as the spec's, and its attached is not as the spec says (consent with"
        " --take-over)" in ran.out
    )
    assert "group.Plain: nothing" not in ran.out
    cli("destroy", path, "--yes", "--take-over")
    assert sandbox.iam().list_groups()["Groups"] == []


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


def test_a_caller_in_a_group_that_loses_something(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    iam.create_user(UserName="op")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="op")
    iam.attach_group_policy(GroupName="ops", PolicyArn=P)
    key = iam.create_access_key(UserName="op")["AccessKey"]
    path.write_text(HEAD)
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    ran = cli("plan", path, "--prune", **own)
    assert (
        "policy.P: takes access from user/op, which is who you are now (consent with --allow lockout)"
        in ran.out
    )
    # What can't be told is no consent.
    sandbox.control("fail", operation="ListGroupsForUser", code="AccessDenied", status=403)
    ran = cli("plan", path, "--prune", **own)
    assert (
        "which ones user/op is in could not be read (iam:ListGroupsForUser) (consent with --allow lockout)"
        in ran.out
    )
    sandbox.control("calm")


def test_what_others_lost_they_get_back_by_rollback(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path
) -> None:
    iam = sandbox.iam()
    outside(iam)
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.create_instance_profile(InstanceProfileName="gone")
    role = iam.list_roles()["Roles"][0]["RoleName"]
    for profile in ("theirs", "gone"):
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    before = state_of(sandbox)
    path.write_text(HEAD)
    journal = tmp_path / "journal"
    cli("apply", path, "--prune", "--yes", "--force", "--journal", journal)
    iam.delete_instance_profile(InstanceProfileName="gone")
    said = cli("rollback", journal, "--yes", "--force").out
    assert "is not there any more, and is not given back what was taken off it" in said
    iam.create_instance_profile(InstanceProfileName="gone")
    iam.add_role_to_instance_profile(InstanceProfileName="gone", RoleName=role)
    assert state_of(sandbox) == before


def test_a_policy_of_the_same_name_by_now_is_not_given_to_those_who_held_the_old_one(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path
) -> None:
    iam, journal = sandbox.iam(), tmp_path / "journal"
    outside(iam)
    path.write_text(HEAD)
    cli("apply", path, "--prune", "--yes", "--force", "--journal", journal)
    iam.create_policy(
        PolicyName="P",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
        ),
    )
    assert "user.mara" not in cli("rollback", journal, "--dry-run", "--force", code=None).out


def test_a_destroy_in_two_goes_is_taken_back_whole(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        f"{HEAD}policies:\n  P: {LIST}\nroles:\n  R: {{trust: [{{service: ec2}}], path: /q/, attach:"
        " [P]}\nusers:\n  u: {path: /p/, attach: [P]}\n"
    )
    cli("apply", path, "--yes")
    before = state_of(sandbox)
    journals = [tmp_path / "one", tmp_path / "two"]
    sandbox.control("fail", operation="DeletePolicy", code="AccessDenied", status=403)
    sandbox.control("fail", operation="DeleteRole", code="AccessDenied", status=403)
    cli("destroy", path, "--yes", "--journal", journals[0], code=1)
    sandbox.control("calm")
    cli("destroy", path, "--yes", "--journal", journals[1])
    for journal in reversed(journals):
        cli("rollback", journal, "--yes")
    assert state_of(sandbox) == before


def test_what_a_user_signs_in_with_is_listed_and_keeps_it(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    iam = sandbox.iam()
    path = tmp_path / "s.yaml"
    path.write_text(f"{HEAD}users:\n  mara: {{attach: [aws:ReadOnlyAccess]}}\n")
    cli("apply", path, "--yes")
    iam.create_login_profile(UserName="mara", Password="Correct-horse-1")
    for status in ("Active", "Inactive"):
        key = iam.create_access_key(UserName="mara")["AccessKey"]["AccessKeyId"]
        iam.update_access_key(UserName="mara", AccessKeyId=key, Status=status)
    iam.enable_mfa_device(
        UserName="mara",
        SerialNumber="GAHT12345678",
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )
    iam.upload_signing_certificate(UserName="mara", CertificateBody=certificate())
    shown = cli("verify", path).out
    for ran in (cli("destroy", path, "--yes", "--force", code=1).out, shown):
        for what in ("a password", "2 access keys:", "an MFA device", "a signing certificate"):
            assert what in ran
    assert "Correct-horse" not in shown


def certificate() -> str:
    """One that is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mara")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=365))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
