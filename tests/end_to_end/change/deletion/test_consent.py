"""Deletions that would hurt somebody are refused, until somebody consents to them."""

import json
from pathlib import Path

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.change.deletion.resources import HEAD, LIST, POLICIES, P, operations, outside
from tests.end_to_end.metadata import write_metadata


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
    account_arn = f"arn:aws:iam::{ACCOUNT}"
    named = {
        "role.R": {"AWS": [f"{account_arn}:role/p/R"]},
        "user.mara": {"AWS": f"{account_arn}:user/mara"},
        "oidc-provider.gitlab.com": {"Federated": f"{account_arn}:oidc-provider/gitlab.com"},
        "saml-provider.Okta": {"Federated": f"{account_arn}:saml-provider/Okta"},
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
    output = cli("destroy", path, "--dry-run", code=1).out
    reads = [entry["operation"] for entry in sandbox.log()[since:]]
    assert reads.count("GetAccountAuthorizationDetails") == 1
    assert (
        "iam:GetAccountAuthorizationDetails"
        in cli("permissions", path, "--account", ACCOUNT, "--for", "destroy").out
    )
    for address, roles in {
        "role.R": "role.Stranger0, role.Stranger4",
        "user.mara": "role.Stranger1",
        "oidc-provider.gitlab.com": "role.Stranger2",
        "saml-provider.Okta": "role.Stranger3",
    }.items():
        assert f"{address}: is trusted outside the specs, by {roles} (consent with --force)" in output
    sandbox.control("fail", operation="GetAccountAuthorizationDetails", code="AccessDenied", status=403)
    assert (
        "user.mara: which roles trust it could not be read (iam:GetAccountAuthorizationDetails) (consent with"
        " --force)" in cli("destroy", path, "--dry-run", code=1).out
    )


GUARDS = """
policies:
  Guard: {deny: [{service: iam, actions: "*", resources: "*"}],\
 allow: [{service: s3, list: ListAllMyBuckets, resources: '*'}]}
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


def test_nobody_deletes_the_role_that_they_are(cli: Cli, sandbox: Server, path: Path) -> None:
    ran = cli("destroy", path, "--yes", "--force", "--role-arn", f"arn:aws:iam::{ACCOUNT}:role/R", code=1)
    assert (
        "role.R: takes access from role/R, which is who you are now (consent with --allow lockout)" in ran.out
    )


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


def test_a_caller_in_a_group_that_loses_something(cli: Cli, sandbox: Server, path: Path) -> None:
    iam = sandbox.iam()
    iam.create_user(UserName="op")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="op")
    iam.attach_group_policy(GroupName="ops", PolicyArn=P)
    key = iam.create_access_key(UserName="op")["AccessKey"]
    path.write_text(HEAD)
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    ran = cli("plan", path, "--prune", env=own)
    assert (
        "policy.P: takes access from user/op, which is who you are now (consent with --allow lockout)"
        in ran.out
    )
    # What can't be told is no consent.
    sandbox.control("fail", operation="ListGroupsForUser", code="AccessDenied", status=403)
    ran = cli("plan", path, "--prune", env=own)
    assert (
        "which ones user/op is in could not be read (iam:ListGroupsForUser) (consent with --allow lockout)"
        in ran.out
    )
    sandbox.control("calm")
