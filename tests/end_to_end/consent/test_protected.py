"""No call is sent to what AWS alone may change; nothing is deleted on the word of a name in a tag."""

import json
import re
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import get_session
from mypy_boto3_iam.type_defs import TagTypeDef

from reconciler.report.plan.cli import command_name
from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.metadata import write_metadata
from tests.plan.guards.entries import OF_EC2

HEAD = "version: 1\nname: a/b\n"
TWO = (
    HEAD + "policies:\n  Shared: {allow: [{actions: 'sqs:GetQueueUrl', resources: '*'}]}\n  Keep: {allow:"
    " [{actions: 'sqs:GetQueueUrl', resources: '*'}]}\n"
)
ONE = HEAD + "policies:\n  Keep: {allow: [{actions: 'sqs:GetQueueUrl', resources: '*'}]}\n"
EVERYTHING = ("--yes", "--force", "--adopt", "--take-over", "--allow", "admin,public,escalation,lockout")
SHARED = f"arn:aws:iam::{ACCOUNT}:policy/Shared"
RESERVED = {
    "AWSReservedSSO_Data_0123456789abcdef": (
        "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        "take it off the permission set first",
    ),
    "AWSServiceRoleForSupport": ("/aws-service-role/support.amazonaws.com/", "let go of it there first"),
}


def reserved(server: Server, name: str, *, holds: str = "") -> None:
    """Put such a role into the account as AWS makes it: past the rules that refuse it to others."""
    path = RESERVED[name][0]
    attached = [{"PolicyName": holds.rpartition("/")[2], "PolicyArn": holds}] if holds else []
    entry = {
        "Path": path,
        "RoleName": name,
        "RoleId": "AROAEXAMPLEEXAMPLE001",
        "CreateDate": "2026-01-01T00:00:00Z",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
        "AssumeRolePolicyDocument": OF_EC2,
        "InstanceProfileList": [],
        "RolePolicyList": [],
        "AttachedManagedPolicies": attached,
        "Tags": [],
    }
    server.control("seed", RoleDetailList=[entry])


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("command", ["prune", "destroy"])
def test_a_policy_that_such_a_role_holds_stays(
    command: str, name: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(TWO)
    cli("apply", path, "--yes")
    reserved(sandbox, name, holds=SHARED)
    written = len(sandbox.writes())
    path.write_text(ONE if command == "prune" else TWO)
    words = ("apply", path, "--prune") if command == "prune" else ("destroy", path)
    ran = cli(*words, *EVERYTHING, code=1)
    assert f"policy.Shared: DetachRolePolicy would be sent to role/{name}" in ran.out
    assert RESERVED[name][1] in ran.out
    assert len(sandbox.writes()) == written


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("name", RESERVED)
def test_a_role_of_such_a_name_is_never_written(
    name: str, there: bool, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    if there:
        reserved(sandbox, name)
    path = tmp_path / "s.yaml"
    path.write_text(
        HEAD + f"roles: {{{name}: {{trust: [{{service: ec2}}], instance_profile: true, tags: {{a: b}}}}}}\n"
    )
    written = len(sandbox.writes())
    cli("apply", path, *EVERYTHING, code=1)
    assert len(sandbox.writes()) == written


FORGED = {
    "no word of an apply": {},
    "not in our form": {"reconciler:applied": "yes"},
    "of another version": {"reconciler:applied": "9 path=00000000"},
    "agrees in nothing": {"reconciler:applied": "1 document=00000000 path=00000000"},
}


@pytest.mark.parametrize("what", FORGED)
def test_a_name_in_a_tag_is_no_proof(what: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(TWO)
    cli("apply", path, "--yes")
    tags: list[TagTypeDef] = [
        {"Key": key, "Value": value} for key, value in {"reconciler:spec": "a/b", **FORGED[what]}.items()
    ]
    iam = sandbox.iam()
    iam.create_role(RoleName="Theirs", AssumeRolePolicyDocument=json.dumps(OF_EC2), Tags=tags)
    written = len(sandbox.writes())
    for words in (("apply", path, "--prune", "--yes"), ("destroy", path, "--yes")):
        ran = cli(*words, code=1)
        assert re.search(r"role\.Theirs: .* \(consent with --force\)", " ".join(ran.out.split()))
        assert "reconciler:applied" in ran.out
    assert len(sandbox.writes()) == written
    # What an apply made is taken at its word, also where something of it was changed by hand.
    iam.create_policy_version(
        PolicyArn=SHARED,
        SetAsDefault=True,
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
            }
        ),
    )
    iam.untag_role(RoleName="Theirs", TagKeys=["reconciler:spec"])
    cli("destroy", path, "--yes")


def test_commands_of_a_script_are_those_of_the_aws_cli(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    operations = get_session().get_service_model("iam").operation_names
    assert {name: command_name(name) for name in operations} == {
        name: xform_name(name, "-") for name in operations
    }
    write_metadata(tmp_path)
    path = tmp_path / "s.yaml"
    path.write_text(
        HEAD
        + "oidc_providers: {gitlab.com: {audiences: x}}\nsaml_providers: {Okta: {metadata_file: a.xml}}\n"
    )
    script = cli("plan", path, "--format", "cli").out
    assert set(re.findall(r"^aws iam (\S+)", script, re.MULTILINE)) == {
        "create-open-id-connect-provider",
        "create-saml-provider",
    }


def test_nobody_is_told_to_install_a_name_from_an_index(cli: Cli, tmp_path: Path) -> None:
    from reconciler.report.schedules import KINDS, WATCHES

    for kind in (*KINDS, *WATCHES):
        schedule = cli("schedule", kind, "specs/ecr.yaml", "--account", ACCOUNT).out
        assert not re.search(r"pip install[^\n]*\biam-reconciler", schedule)
        assert "--index-url" not in schedule
