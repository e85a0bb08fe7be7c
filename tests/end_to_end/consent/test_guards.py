"""Each guard refuses, and its flag, or `acknowledge:` where there is one, lets the same plan pass."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server

HEAD = "version: 1\nname: a/b\n"
ALL = "P: {allow: [{actions: '*', resources: '*'}]}"
ANYONE = "R: {trust_document: {Statement: {Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}}}"
GUARDED = {
    "admin": f"policies:\n  {ALL}\n",
    "public": f"roles:\n  {ANYONE}\n",
    "escalation": "policies:\n  P: {allow: [{service: iam, actions: PutRolePolicy, resources: '*'}]}\n",
}


@pytest.mark.parametrize("what", GUARDED)
def test_refused_until_allowed_or_acknowledged(what: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + GUARDED[what])
    assert f"--allow {what}" in cli("apply", path, "--yes", code=1).err
    for format_ in ("text", "markdown"):
        # Refusing is apply's: a plan only says so.
        out = cli("plan", path, "--format", format_).out
        assert f" · 1 refused without --allow {what}\n" in out
    assert sandbox.writes() == []
    for over in ("2020-01-01", "2999-01-01"):
        path.write_text(
            HEAD + f"acknowledge: [{{what: {what}, reason: ours, until: {over}}}]\n" + GUARDED[what]
        )
        cli("apply", path, "--yes", code=1 if over < "2026" else 0)
    sandbox.control("reset")
    path.write_text(HEAD + GUARDED[what])
    cli("apply", path, "--yes", "--allow", what)


ADMINS = "groups:\n  Admins: {attach: 'aws:AdministratorAccess'%s}\n"


def test_who_comes_into_a_group_comes_to_what_it_holds(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """By a user's groups, by a group's members, in one spec and in two; what was held before is no gain."""
    path, theirs = tmp_path / "s.yaml", tmp_path / "other" / "t.yaml"
    theirs.parent.mkdir()
    theirs.write_text(HEAD.replace("a/b", "a/groups") + ADMINS % "")
    cli("apply", theirs, "--yes", "--allow", "admin")
    for user in ("mara", "theo"):
        sandbox.iam().create_user(UserName=user)
    written = len(sandbox.writes())
    path.write_text(HEAD + "users:\n  ann: {groups: [Admins]}\n")
    says = "user.ann: may do everything, by its policies together (consent with --allow admin)"
    assert says in " ".join(cli("apply", path, "--yes", code=1).out.split())
    theirs.write_text(HEAD.replace("a/b", "a/groups") + ADMINS % ", members: [mara, theo]")
    says = (
        "group.Admins: takes in mara, theo, who may do everything, by its policies together (consent with"
        " --allow admin)"
    )
    assert says in " ".join(cli("apply", theirs, "--yes", code=1).out.split())
    assert len(sandbox.writes()) == written
    ran = cli("apply", path, "--yes", "--allow", "admin")
    assert "access gained by 1 user" in ran.out
    # It is in already, and leaves.
    path.write_text(
        HEAD + "users:\n  ann: {groups: [Admins], inline: {own: {allow: [{service: sqs, write: SendMessage,"
        " resources: q}]}}}\n"
    )
    cli("apply", path, "--yes")
    path.write_text(
        HEAD
        + "users:\n  ann: {groups: [], inline: {own: {allow: [{service: sqs, write: SendMessage, resources:"
        " q}]}}}\n"
    )
    planned = cli("plan", path, "--format", "json").json
    assert [(a["address"], a["gained"]["verdict"], a["lost"]["verdict"]) for a in planned["access"]] == [
        ("user.ann", "no", "yes")
    ]
    cli("apply", path, "--yes")
    theirs.write_text(HEAD.replace("a/b", "a/groups") + ADMINS % ", members: []")
    sandbox.iam().add_user_to_group(GroupName="Admins", UserName="mara")
    assert "may do everything, by its policies together" in cli("drift", theirs, code=2).out


DENIES = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}'


def test_what_a_user_holds_by_its_groups_counts(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """A user's groups count also where the spec does not name them.

    A boundary is removed from bob, zed leaves a group that denied, and a group outside allows everything.
    """
    iam, path = sandbox.iam(), tmp_path / "s.yaml"
    iam.create_group(GroupName="power")
    iam.attach_group_policy(GroupName="power", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    path.write_text(
        HEAD
        + "users: {bob: {boundary: 'aws:ReadOnlyAccess'}}\ngroups: {jail: {inline: {no: {deny: [{actions:"
        " '*', resources: '*'}]}}, members: [zed]}}\n"
    )
    iam.create_user(UserName="zed")
    cli("apply", path, "--yes")
    for user in ("bob", "zed"):
        iam.add_user_to_group(GroupName="power", UserName=user)
    path.write_text(path.read_text().replace("{boundary: 'aws:ReadOnlyAccess'}", "{}").replace("[zed]", "[]"))
    output = " ".join(cli("apply", path, "--yes", code=1).out.split())
    assert "user.bob: may do everything, by its policies together (consent with --allow admin)" in output
    assert "group.jail: lets go of zed, who can give itself everything" in output
    cli("apply", path, "--yes", "--allow", "admin,escalation")


MEMBER = """policies:
  Passer: {allow: [{service: iam, write: PassRole, resources: "*"}]}
  Reader: {allow: [%s]}
groups:
  Devs: {attach: [Reader], members: [mara], inline: {%s}}
users:
  mara: {attach: [%s]}
"""
READS = "{service: sqs, read: GetQueueUrl, resources: q}"
RUNS = '{service: lambda, actions: [CreateFunction, InvokeFunction], resources: "*"}'
DENIES = 'L: {deny: [{service: iam, actions: "*", resources: "*"}]}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((READS, DENIES, "'aws:AdministratorAccess'"), (READS, "", "'aws:AdministratorAccess'")),
        ((READS, "", "Passer"), (READS, f"M: {{allow: [{RUNS}]}}", "Passer")),
        ((READS, "", "Passer"), (RUNS, "", "Passer")),
    ],
    ids=["a deny goes", "together with a new policy", "together with what a policy says"],
)
def test_a_group_that_changes_is_judged_by_its_members(
    before: tuple[str, ...], after: tuple[str, ...], cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + MEMBER % before)
    cli("apply", path, "--yes", "--allow", "admin,escalation")
    path.write_text(HEAD + MEMBER % after)
    output = " ".join(cli("apply", path, "--yes", code=1).out.split())
    assert "user.mara: can give itself everything" in output
    assert "consent with --allow escalation" in output


def test_what_leads_to_everything_by_way_of_oneself(cli: Cli, tmp_path: Path) -> None:
    """Narrowed from anybody to oneself it is nothing new; by a policy that it comes to hold it is."""
    path = tmp_path / "s.yaml"
    roles = (
        HEAD
        + "roles: {R: {trust: [{service: ec2}], inline: {own: {allow: [{service: iam, actions: PutRolePolicy,"
        " resources: %s}]}}}}\n"
    )
    path.write_text(roles % '"${role.R}"')
    output = " ".join(cli("apply", path, "--yes", code=1).out.split())
    assert (
        "role.R: can give itself everything: writes policies into itself (iam:PutRolePolicy) (consent with"
        " --allow escalation)" in output
    )
    path.write_text(roles % "'*'")
    cli("apply", path, "--yes", "--allow", "escalation")
    path.write_text(roles % '"${role.R}"')
    cli("apply", path, "--yes")
    path.write_text(
        HEAD
        + "policies: {P: {allow: [{service: iam, actions: CreatePolicyVersion, resources: '${policy.Q}'}]},"
        " Q: {allow: [{service: sqs, read: GetQueueUrl, resources: q}]}}\nroles: {S: {trust: [{service:"
        " ec2}], attach: [P]}}\n"
    )
    cli("apply", path, "--yes")
    path.write_text(path.read_text().replace("[P]", "[P, Q]"))
    assert "rewrites a policy that is attached to it" in cli("apply", path, "--yes", code=1).out


def test_a_group_that_can_not_be_read_is_noted(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_group(GroupName="Staff")
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + "users:\n  ann: {groups: [Staff]}\n")
    sandbox.control("fail", operation="ListGroupPolicies", code="AccessDenied", status=403)
    output = cli("apply", path, "--yes", code=1).out
    assert "what is attached to Staff could not be read" in output
    assert "user.ann: somebody gains access by it, and what is attached to Staff could not be read" in output
    cli("apply", path, "--yes", "--allow", "escalation")


def test_consent_to_what_a_group_may_do_is_consent_for_its_members(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    consent = "acknowledge: [{what: admin, reason: ours}]"
    path.write_text(HEAD + ADMINS % f", members: [ann], {consent}" + "users: {ann: {}}\n")
    assert cli("plan", path, "--format", "json").json["refusals"] == []
    cli("apply", path, "--yes")
    path.write_text(
        HEAD + ADMINS % f", {consent}" + "users: {ann: {groups: [Admins]}, ben: {groups: [Admins]}}\n"
    )
    assert cli("plan", path, "--format", "json").json["refusals"] == []
    cli("apply", path, "--yes")


def test_a_policy_that_denies_less_is_judged_by_who_holds_it_elsewhere(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    guard = "policies: {Guard: {deny: [{service: %s, actions: '*', resources: '*'}]}}\n"
    path.write_text(HEAD + guard % "iam")
    cli("apply", path, "--yes")
    trust = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
        '"Action":"sts:AssumeRole"}}'
    )
    iam.create_role(RoleName="Ci", AssumeRolePolicyDocument=trust)
    iam.create_user(UserName="pat")
    path.write_text(HEAD + guard % "sqs")
    held = "arn:aws:iam::123456789012:policy/Guard"
    iam.attach_role_policy(RoleName="Ci", PolicyArn=held)
    iam.attach_user_policy(UserName="pat", PolicyArn=held)
    # Who is no admin comes to nothing by it.
    assert cli("plan", path, "--format", "json").json["refusals"] == []
    for act, name in (
        (iam.attach_role_policy, {"RoleName": "Ci"}),
        (iam.attach_user_policy, {"UserName": "pat"}),
    ):
        act(**name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    refused = cli("plan", path, "--format", "json").json["refusals"]
    messages = sorted(r["message"].partition(":")[0] for r in refused)
    assert messages == [
        f"{address}, outside this plan, can give itself everything" for address in ("role.Ci", "user.pat")
    ]
    assert {r["address"] for r in refused} == {"policy.Guard"}


def test_emptying_much_at_once(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"

    def roles(empty: int) -> str:
        return (
            HEAD
            + "roles:\n"
            + "".join(
                f"  R{n}: {{trust: [{{service:"
                f" ec2}}]{'' if n < empty else ', attach: [aws:ReadOnlyAccess]'}}}\n"
                for n in range(6)
            )
        )

    path.write_text(roles(0))
    cli("apply", path, "--yes")
    written = len(sandbox.writes())
    path.write_text(roles(4))
    ran = cli("apply", path, "--yes", code=1)
    assert "4 of 6 resources would be emptied at once (consent with --force)" in ran.out
    assert "--force" in ran.err
    assert len(sandbox.writes()) == written
    path.write_text(roles(3))
    cli("apply", path, "--yes")
    path.write_text(roles(6))
    cli("apply", path, "--yes")
    path.write_text(roles(0))
    cli("apply", path, "--yes")
    path.write_text(roles(4))
    cli("apply", path, "--yes", "--force")


@pytest.mark.parametrize("path", ["/aws-reserved/", "/aws-service-role/x.amazonaws.com/"])
def test_what_is_aws_own_is_never_touched(path: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec = tmp_path / "s.yaml"
    spec.write_text(HEAD + f"roles: {{R: {{trust: [{{service: ec2}}], path: {path}}}}}\n")
    cli(
        "apply",
        spec,
        "--yes",
        "--force",
        "--adopt",
        "--take-over",
        "--allow",
        "admin,public,escalation,lockout",
        code=1,
    )
    assert sandbox.writes() == []
