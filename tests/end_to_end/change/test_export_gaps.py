"""What an export leaves out or can't say is named where it is needed."""

import json
import re
from pathlib import Path

import pytest
from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.change.exported import OLD, SECURE, TRUST
from tests.end_to_end.metadata import METADATA


def by_hand(server: Server) -> None:
    """An account as people leave it, with much that no spec can say."""
    iam = server.iam()
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    iam.create_instance_profile(InstanceProfileName="Empty")
    iam.create_role(RoleName="Plain", AssumeRolePolicyDocument=json.dumps(OLD))
    iam.create_role(
        RoleName="Held", AssumeRolePolicyDocument=json.dumps(TRUST), Description="a # b: [c]\x20", Path="/x/"
    )
    for profile in ("Held", "Second"):
        iam.create_instance_profile(InstanceProfileName=profile)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName="Held")
    odd = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${foo}/*"},
    }
    iam.put_role_policy(RoleName="Plain", PolicyName="odd", PolicyDocument=json.dumps(odd))
    iam.create_role(RoleName="Gone", AssumeRolePolicyDocument=json.dumps(TRUST))
    dead = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Gone"},
            "Action": "sts:AssumeRole",
        },
    }
    iam.create_role(RoleName="Behind", AssumeRolePolicyDocument=json.dumps(dead))
    iam.delete_role(RoleName="Gone")
    iam.create_user(UserName="mara")
    iam.create_login_profile(UserName="mara", Password="Correct-horse-1")
    iam.create_policy(PolicyName="Kept", PolicyDocument=json.dumps(SECURE))
    iam.create_policy_version(
        PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/Kept", PolicyDocument=json.dumps(SECURE), SetAsDefault=True
    )
    iam.create_saml_provider(Name="Okta", SAMLMetadataDocument=METADATA["a.xml"])
    iam.create_saml_provider(
        Name="AWSSSO_0123456789abcdef_DO_NOT_DELETE", SAMLMetadataDocument=METADATA["a.xml"]
    )


def test_what_no_spec_says_is_listed_and_the_rest_comes_back(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    by_hand(sandbox)
    ran = cli("export", "--all", "--out", f"{tmp_path}/specs/", "--name", "acme/all")
    texts = {path.stem: path.read_text() for path in sorted((tmp_path / "specs").glob("*.yaml"))}
    text = "".join(texts.values())
    assert sum(map(int, re.findall(r"^# Left out \((\d+)\):$", text, re.MULTILINE))) == 5
    for section, remark in {"users": "what users sign in with", "policies": "older versions"}.items():
        assert [name for name, its in texts.items() if f"# - {remark}" in its] == [section]
    for line in (
        "# - instance-profile.Empty: an instance profile is described with its role, and it holds none",
        "# - instance-profile.Second: role.Held is in another one too, and its entry says one",
        "# - role.AWSServiceRoleForAutoScaling: AWS's own",
        (
            '# - role.Plain: inline odd: "arn:aws:s3:::${foo}/*": a spec would read ${foo} as a variable of'
            " its own"
        ),
        "# - saml-provider.AWSSSO_0123456789abcdef_DO_NOT_DELETE: AWS's own",
        "# - what users sign in with (passwords, access keys, MFA devices, certificates)",
        "# - older versions of 1 policy",
    ):
        assert line in text
    assert "left out 5" in ran.err
    assert "Correct-horse" not in text
    assert (tmp_path / "specs" / "Okta.xml").is_file()
    planned = cli("plan", tmp_path / "specs", "--adopt", "--format", "json").json
    assert {change["action"] for change in planned["changes"]} == {"adopt"}
    assert {call["operation"] for call in planned["calls"]} <= {
        "TagRole",
        "TagUser",
        "TagInstanceProfile",
        "TagSAMLProvider",
        "TagPolicy",
    }
    assert "writes over nothing" in cli("export", "--all", "--out", f"{tmp_path}/specs/", code=1).err


def with_odd_names(iam: IAMClient) -> None:
    """Roles whose names YAML takes for something else, and documents that no spec can say."""
    odd = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${foo}/*"},
    }
    arn = iam.create_policy(PolicyName="Odd", PolicyDocument=json.dumps(odd))["Policy"]["Arn"]
    empty = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:username": []}},
        },
    }
    iam.create_policy(PolicyName="Empty", PolicyDocument=json.dumps(empty))
    for name in ("null", "true", "R" * 64):
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(TRUST),
            Path="/team/",
            Tags=[{"Key": "yes", "Value": "null"}],
        )
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    careful = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    }
    iam.create_role(RoleName="Careful", AssumeRolePolicyDocument=json.dumps(careful))
    iam.create_instance_profile(InstanceProfileName="true")
    iam.add_role_to_instance_profile(InstanceProfileName="true", RoleName="null")


def test_what_is_left_out_is_named_where_it_is_needed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    with_odd_names(sandbox.iam())
    text = cli("export", "--all").out
    assert (
        text.count("# needs policy.Odd, which is left out: in another account it must be there already") == 3
    )
    # Plain as the language reads it, but for what editors take for nothing.
    for line in (
        "  Empty:",
        "  true:",
        '  "null":',
        "    instance_profile: {name: true, path: /}",
        "  " + "R" * 64 + ":",
        '    tags: {yes: "null"}',
        "    trust: {account: this, mfa: true}",
    ):
        assert f"\n{line}\n" in text, line
    by_path = cli("export", "--path", "/team/").out
    assert "instance_profile:" in by_path
    out = tmp_path / "all.yaml"
    cli("export", "role.null", "--out", out)
    assert "1 to adopt" in cli("plan", out, "--adopt").out or "2 to adopt" in cli("plan", out, "--adopt").out


def test_whose_it_is_is_said(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    for name in ("one", "two"):
        spec = tmp_path / f"{name}.yaml"
        spec.write_text(f"version: 1\nname: own/{name}\nroles: {{{name}: {{trust: [{{service: ec2}}]}}}}\n")
        cli("apply", spec, "--yes")
    ran = cli("export", "--all", "--owned")
    assert (
        "# Some of it is owned by spec own/one; owned by spec own/two: to plan it takes --take-over."
        in ran.out
    )
    assert "owned by spec own/one; owned by spec own/two" in ran.err
    nothing = cli("export", "--all", code=1)
    assert "left out 2\n" in nothing.err
    assert "by its address, or with --owned" in nothing.err
    cli("export", "role.one", "--out", f"{tmp_path}/new/")
    assert (tmp_path / "new" / "roles.yaml").is_file()


def test_who_is_in_a_group_is_said_once_and_whole(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    iam, out = sandbox.iam(), tmp_path / "all.yaml"
    for name in ("mara", "theo", "zed"):
        iam.create_user(UserName=name)
    for group, members in {"admins": ("mara", "theo"), "readers": ("mara",)}.items():
        iam.create_group(GroupName=group)
        for name in members:
            iam.add_user_to_group(GroupName=group, UserName=name)
    cli("export", "--all", "--out", out)
    text = out.read_text()
    assert ("members: [mara, theo]" in text, "members: [mara]" in text, text.count("groups: ")) == (
        True,
        True,
        1,
    )
    assert "  zed:\n    groups: []\n" in text
    planned = cli("plan", out, "--adopt", "--format", "json").json
    assert {call["operation"] for call in planned["calls"]} == {"TagUser"}
    iam.add_user_to_group(GroupName="admins", UserName="zed")
    iam.create_user(UserName="intruder")
    iam.add_user_to_group(GroupName="admins", UserName="intruder")
    findings = cli("drift", out, "--format", "json", code=2).json["findings"]
    assert "group.admins" in {finding["address"] for finding in findings if finding["rule"] == "members"}
    # One of its groups is not exported: all of them are said.
    assert "groups: [admins, readers]" in cli("export", "user.mara", "group.admins").out


def test_an_old_document_is_exported_as_it_is(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_role(RoleName="Old", AssumeRolePolicyDocument=json.dumps(OLD))
    out = tmp_path / "old.yaml"
    cli("export", "role.Old", "--out", out)
    assert "Version: 2008-10-17" in out.read_text()
    cli("validate", out)
    assert "1 to adopt · 1 call: TagRole" in cli("plan", out, "--adopt").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "say what"),
        (["--all", "role.X"], "say what"),
        (["role.Nobody"], "role.Nobody: there is no such resource"),
        (["role.No*"], "there is no such resource"),
        (["--path", "/nowhere/"], "nothing is on the path /nowhere/"),
        (["thing.X"], "there is no such resource"),
        (["role.X", "--out", ""], "--out names nothing"),
        (["role.X", "--name", "bad"], "--name is OWNER/NAME"),
    ],
)
def test_what_is_not_there(arguments: list[str], says: str, cli: Cli, sandbox: Server) -> None:
    assert says in cli("export", *arguments, code=1).err


def test_what_may_not_be_read_is_said(cli: Cli, sandbox: Server) -> None:
    sandbox.iam().create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps(TRUST))
    sandbox.iam().create_open_id_connect_provider(Url="https://idp.example")
    sandbox.control("fail", operation="GetOpenIDConnectProvider", code="AccessDenied", status=403)
    ran = cli("export", "--all", code=1)
    assert "# Could not be read (1):\n# - oidc-provider.idp.example: access denied:" in ran.out
    assert "exported 1 resource, left out 0, 1 could not be read" in ran.err
    assert "  R:\n" in ran.out
