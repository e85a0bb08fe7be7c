"""`destroy`, and the rollback of what was deleted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import Cli, Server
from tests.end_to_end.change.deletion.resources import HEAD, LIST, TRUST, operations, outside
from tests.end_to_end.state import state_of


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
    output = cli("rollback", journal, "--yes", "--force").out
    assert "no longer exists, and what was detached from it is not attached again" in output
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
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=365))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
