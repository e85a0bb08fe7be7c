"""Plans that would give or take access by accident are refused, and calls come in a safe order."""

import json
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_iam.type_defs import TagTypeDef

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.spec_files import refusals, spec

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
OWN: list[TagTypeDef] = [{"Key": "reconciler:spec", "Value": "t/hostile"}]


def order(planned: Any) -> list[tuple[str, list[str]]]:
    names = {c["id"]: c["operation"] for c in planned["calls"]}
    return [(c["operation"], [names[n] for n in c["needs"]]) for c in planned["calls"]]


def test_an_ignored_tag_value_is_left_alone(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_role(
        RoleName="R",
        AssumeRolePolicyDocument=TRUST,
        Tags=[*OWN, {"Key": "Env", "Value": "prod"}, {"Key": "x", "Value": "1"}],
    )
    path = spec(
        tmp_path,
        "roles: {R: {trust: {service: ec2}, tags: {Env: dev}, ignore: [{facet: tags, match: 'Env=prod',"
        " reason: console}]}}\n",
    )
    assert "left alone (console)" in cli("plan", path).out
    cli("apply", path, "--yes")
    tags = {t["Key"]: t["Value"] for t in sandbox.iam().get_role(RoleName="R")["Role"]["Tags"]}
    assert tags["Env"] == "prod"
    assert "x" not in tags
    assert cli("plan", path, "--format", "json").json["calls"] == []


def test_access_goes_only_after_its_replacement_is_there(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    iam = sandbox.iam()
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=TRUST, Tags=OWN)
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    inline = "{Rd: {document: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}}"
    planned = cli(
        "plan",
        spec(tmp_path, f"roles: {{R: {{trust: {{service: ec2}}, inline: {inline}}}}}\n"),
        "--format",
        "json",
    ).json
    assert order(planned)[:2] == [("PutRolePolicy", []), ("DetachRolePolicy", ["PutRolePolicy"])]


def test_denies_are_in_force_before_what_they_limit(cli: Cli, tmp_path: Path) -> None:
    text = (
        "policies: {Big: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}}\nroles: {R:"
        " {trust: {service: ec2}, attach: Big, inline: {No: {deny: [{service: s3, actions: 'Delete*'}]}}}}\n"
    )
    planned = cli("plan", spec(tmp_path, text), "--format", "json").json
    assert dict(order(planned))["AttachRolePolicy"] == ["CreatePolicy", "CreateRole", "PutRolePolicy"]


def test_a_tampered_policy_is_repaired_before_it_is_attached(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = spec(
        tmp_path,
        "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}}\nroles:"
        " {R: {trust: {service: ec2}, attach: P}}\n",
    )
    cli("apply", path, "--yes")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/P"
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=arn)
    admin = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    sandbox.iam().create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(admin), SetAsDefault=True)
    planned = cli("plan", path, "--format", "json").json
    assert order(planned) == [
        ("SetDefaultPolicyVersion", []),
        ("AttachRolePolicy", ["SetDefaultPolicyVersion"]),
    ]


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({"Principal": {"Federated": OIDC}, "Action": "sts:AssumeRoleWithWebIdentity"}, True),
        (
            {
                "Principal": {"Federated": OIDC},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "x"}},
            },
            True,
        ),
        (
            {
                "Principal": {"Federated": OIDC},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}},
            },
            False,
        ),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringLike": {"aws:PrincipalArn": "*"}},
            },
            True,
        ),
        ({"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {}}}, True),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
            },
            True,
        ),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
            },
            False,
        ),
    ],
)
def test_public_trusts_are_refused(statement: dict[str, Any], public: bool, cli: Cli, tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    path = spec(tmp_path, f"roles: {{R: {{trust_document: {json.dumps(document)}}}}}\n")
    assert refusals(cli, path) == (["--allow public"] if public else [])
    assert refusals(cli, path, "--allow", "public") == []


@pytest.mark.parametrize(
    ("statement", "admin"),
    [
        ({"Action": "*", "Resource": "arn:aws:*:*:*:*"}, True),
        ({"Action": "*", "Resource": "arn:*:*:*:*:*"}, True),
        ({"Action": "*:?*", "Resource": "*"}, True),
        ({"NotAction": "foo:Bar", "Resource": "*"}, True),
        ({"NotAction": ["iam:*", "organizations:*"], "Resource": "*"}, False),
        ({"Action": "*", "NotResource": "arn:aws:s3:::nonexistent"}, True),
        ({"Action": "s3:*", "Resource": "*"}, False),
        ({"Action": "*", "Resource": "arn:aws:s3:::b"}, False),
    ],
)
def test_admin_grants_are_refused(statement: dict[str, Any], admin: bool, cli: Cli, tmp_path: Path) -> None:
    document = {"Statement": [{"Effect": "Allow", **statement}]}
    path = spec(tmp_path, f"policies: {{P: {{document: {json.dumps(document)}}}}}\n")
    assert refusals(cli, path) == (["--allow admin"] if admin else [])


def test_losing_the_condition_of_an_admin_grant_is_refused(cli: Cli, tmp_path: Path) -> None:
    text = "policies: {P: {document: {Statement: {Effect: Allow, Action: '*', Resource: '*'%s}}}}\n"
    path = spec(tmp_path, text % ", Condition: {Bool: {aws:MultiFactorAuthPresent: true}}")
    cli("apply", path, "--yes", "--allow", "admin")
    assert refusals(cli, spec(tmp_path, text % "")) == ["--allow admin"]


def test_only_does_not_make_a_grant_a_boundary(cli: Cli, tmp_path: Path) -> None:
    text = (
        "policies: {Adm: {document: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}}\nroles:\n "
        " User: {trust: {service: ec2}, attach: Adm}\n  Lim: {trust: {service: ec2}, boundary: Adm}\n"
    )
    path = spec(tmp_path, text)
    assert refusals(cli, path, "--only", "policy.Adm", "--only", "role.Lim") == ["--allow admin"]
    script = cli("plan", path, "--format", "cli").out
    assert script.index("exit 1") < script.index("aws iam")


def test_ownership_none_respects_other_tools_and_takes_its_marks_away(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    text = "roles: {R: {trust: {service: ec2}}}\n"
    sandbox.iam().create_role(
        RoleName="R", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "crossplane-name", "Value": "z"}]
    )
    assert refusals(cli, spec(tmp_path, "ownership: none\n" + text)) == ["--take-over"]
    sandbox.iam().delete_role(RoleName="R")
    cli("apply", spec(tmp_path, text), "--yes")
    none = spec(tmp_path, "ownership: none\n" + text)
    cli("apply", none, "--yes")
    assert sandbox.iam().get_role(RoleName="R")["Role"].get("Tags", []) == []
    cli("verify", none)


def test_emptying_many_roles_at_once_needs_force(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    inline = (
        "{trust: {service: ec2}, inline: {I: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource:"
        " '*'}}}}}"
    )
    cli("apply", spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {inline}\n" for n in range(5))), "--yes")
    empty = spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {{trust: {{service: ec2}}}}\n" for n in range(5)))
    assert refusals(cli, empty) == ["--force"]
    assert refusals(cli, empty, "--force") == []


def test_only_says_what_the_rest_would_have_made(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = spec(
        tmp_path, "roles:\n  A: {trust: {role: B}, instance_profile: true}\n  B: {trust: {service: ec2}}\n"
    )
    assert (
        "there is no role A, and this plan makes none"
        in cli("plan", path, "--only", "instance-profile.A", code=1).out
    )
    assert "there is no such role" in cli("plan", path, "--only", "role.A", code=1).out
    cli("apply", path, "--yes")
