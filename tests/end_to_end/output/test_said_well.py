"""What is said of plans, drift and checks, to the letter: short, each thing once, and what to do about it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server

NAME = "version: 1\nname: a/b\n"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
POLICY = (
    "policies:\n  P: {document: {Version: '2012-10-17', Statement: [{Effect: Allow, Action:"
    f" ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: '{TABLE}'}}]}}}}\n"
)
ROLES = """roles:
  R: {trust: [{service: ec2}], attach: [aws:AmazonS3FullAccess]}
  S: {trust: [{service: ec2}]}
"""
TRUST = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}}'
)
SEVERAL = """policies:
  B: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}]}
groups:
  G: {attach: B}
users:
  u: {groups: [G]}
roles:
  R: {trust: [{role: S}], boundary: B}
  S: {trust: [{service: ec2}]}
"""


def lines(text: str, *names: str) -> list[str]:
    """The lines that have one of these in them, without what stands at the right."""
    return [re.sub(r"  +", "  ", line) for line in text.splitlines() if any(name in line for name in names)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spec.yaml"


def test_of_a_statement_the_actions_that_come_and_go(cli: Cli, path: Path) -> None:
    path.write_text(NAME + POLICY)
    cli("apply", path, "--yes")
    path.write_text(NAME + POLICY.replace("PutItem", "DeleteItem"))
    assert lines(cli("plan", path).out, "document") == [
        f"  document  ~ allow  dynamodb  write  +DeleteItem, -PutItem, UpdateItem  {TABLE}"
    ]
    (finding,) = lines(cli("drift", path, code=2).out, "document:")
    assert finding == (
        f"  document: lacks allow dynamodb DeleteItem on {TABLE} · has beyond the spec allow dynamodb PutItem"
        f" on {TABLE}"
    )


def test_of_a_trust_the_statement_that_comes(cli: Cli, path: Path) -> None:
    path.write_text(NAME + ROLES)
    cli("apply", path, "--yes")
    path.write_text(NAME + ROLES.replace("{service: ec2}", "{service: ec2}, {service: lambda}", 1))
    assert lines(cli("plan", path).out, "  trust ") == [
        "  trust  + allow  Service lambda.amazonaws.com: sts:AssumeRole"
    ]


def test_what_is_left_of_a_service_is_no_loss(cli: Cli, path: Path) -> None:
    path.write_text(NAME + ROLES)
    cli("apply", path, "--yes")
    path.write_text(NAME + ROLES.replace("AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"))
    assert lines(cli("plan", path).out, "all of", "everything of") == [
        "  access  - all of s3 but Describe*, Get*, List* on everything",
        "  - all of s3-object-lambda but Get*, List* on everything",
    ]
    path.write_text(NAME + ROLES.replace("[aws:AmazonS3FullAccess]", "[]"))
    assert lines(cli("plan", path).out, "all of", "everything of") == [
        "  access  - everything of s3 on everything",
        "  - everything of s3-object-lambda on everything",
    ]


def test_a_denial_may_take_what_seems_to_be_left(cli: Cli, path: Path) -> None:
    deny = "inline: {D: {deny: [{service: s3, actions: '*', resources: 'b/*'}]}}"
    path.write_text(NAME + ROLES)
    cli("apply", path, "--yes")
    path.write_text(
        NAME
        + ROLES.replace("attach: [aws:AmazonS3FullAccess]", f"attach: [aws:AmazonS3ReadOnlyAccess], {deny}")
    )
    assert "all of s3 but" not in cli("plan", path).out


def test_the_first_line_names_three_specs(cli: Cli, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.yaml").write_text(f"version: 1\nname: a/n{number}\n")
    files = sorted(tmp_path.glob("*.yaml"))
    assert cli("plan", *files[:3]).out.startswith("a/n0, a/n1, a/n2 · account ")
    assert cli("plan", *files).out.startswith("a/n0, a/n1, a/n2 and 2 more · account ")


def test_what_is_to_be_adopted_is_one_list(cli: Cli, sandbox: Server, path: Path) -> None:
    for name in "RS":
        sandbox.iam().create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    path.write_text(NAME + "roles: {R: {trust: {service: ec2}}, S: {trust: {service: ec2}}}\n")
    planned = cli("plan", path).out
    assert (
        "! refused, exists and is owned by no spec (consent with --adopt):\n    role.R\n    role.S\n\n"
        in planned
    )
    assert planned.endswith(" · 2 refused without --adopt\n")
    assert "  if that is what you want: --adopt\n" in cli("apply", path, "--yes", code=1).err


def test_missing_permissions_are_one_list(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(NAME + POLICY + ROLES)
    cli("apply", path, "--yes")
    for operation in ("GetRole", "GetPolicy"):
        sandbox.control("fail", operation=operation, code="AccessDenied", status=403)
    wanted = "missing permissions: iam:GetPolicy, iam:GetRole\n"
    assert f"\n! {wanted}" in cli("plan", path, code=1).out
    assert f"\n{wanted}" in cli("drift", path, code=3).out
    assert f"\n{wanted}" in cli("verify", path, code=3).out
    err = cli("apply", path, "--yes", code=1).err
    assert (
        "3 resources could not be read, so nothing is changed\n  allow iam:GetPolicy, iam:GetRole to" in err
    )


def test_only_says_what_it_leaves_out(cli: Cli, path: Path) -> None:
    path.write_text(NAME + SEVERAL)
    for chosen, needed in (("role.R", "--only policy.B --only role.S"), ("user.u", "--only group.G")):
        note = f"i {chosen} can't be without what --only leaves out: add {needed}\n"
        assert note in cli("plan", path, "--only", chosen, code=1).out
    assert "leaves out" not in cli("plan", path, "--only", "role.S").out


def test_verify_says_what_groups_give_and_counts_patterns(cli: Cli, path: Path) -> None:
    path.write_text(NAME + SEVERAL.replace("read: GetObject", "actions: ['Get*', PutObject]"))
    cli("apply", path, "--yes")
    checked = cli("verify", path).out
    assert lines(checked, "through", "pattern") == [
        "ok  policy.B  says what the spec says (1 action and 1 pattern of actions)",
        "  through group G: holds policy/B",
    ]


def test_a_first_run_is_said_to_be_one(cli: Cli, sandbox: Server, path: Path, tmp_path: Path) -> None:
    job = ("drift", path, "--history", tmp_path / "h.json", "--changed-only")
    path.write_text(NAME + ROLES)
    assert cli(*job, code=2).out.startswith("first run\n")
    assert cli(*job, code=2).out == ""
    cli("apply", path, "--yes")
    assert cli(*job).out.startswith("recovered\n")
    sandbox.iam().update_role(RoleName="S", Description="other")
    assert cli(*job, code=2).out.startswith("clean → drift\n")


def test_the_last_line_of_drift_counts_resources_too(cli: Cli, sandbox: Server, path: Path) -> None:
    path.write_text(NAME + ROLES)
    cli("apply", path, "--yes")
    sandbox.iam().update_role(RoleName="S", Description="other")
    sandbox.iam().tag_role(RoleName="S", Tags=[{"Key": "a", "Value": "b"}])
    assert cli("drift", path, code=2).out.splitlines()[-1] == (
        "result: drift · 2 findings (2 metadata) · 1 of 2 resources in sync, 1 differs · resources in no"
        " spec: not looked for (--unmanaged)"
    )


def test_a_role_that_was_never_used_is_said_to_be_so(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.iam().create_role(RoleName="Old", AssumeRolePolicyDocument=TRUST)
    path.write_text(NAME)
    out = cli("drift", path, "--unmanaged").out
    (remark,) = lines(out, "never used")
    assert re.fullmatch(
        r"  never used since it was created on \d{4}-\d\d-\d\d, as far as IAM's last 400 days show", remark
    )


def test_the_editor_line_fits_the_folder(tmp_path: Path) -> None:
    def line(*args: str) -> str:
        with (tmp_path / "s.json").open("w") as out:
            done = subprocess.run(
                [RECONCILE, "schema", *args],
                cwd=tmp_path,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                check=True,
            )
        return done.stderr

    assert line() == "begin a spec with: # yaml-language-server: $schema=s.json\n"
    assert line("--project") == "begin reconcile.yaml with: # yaml-language-server: $schema=s.json\n"
    assert line("--plan") == line("--report") == ""
    (tmp_path / "specs").mkdir()
    assert line() == "begin a spec in specs/ with: # yaml-language-server: $schema=../s.json\n"
    piped = subprocess.run([RECONCILE, "schema"], cwd=ROOT, capture_output=True, check=True)
    assert piped.stderr == b""


def test_a_short_interval_is_warned_of(cli: Cli, path: Path) -> None:
    path.write_text(NAME + ROLES)
    process = subprocess.Popen(
        [RECONCILE, "watch", path, "--every", "20s", "--listen", "127.0.0.1:0"],
        env=cli.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    warning = next(line for line in process.stderr if line.startswith("warning"))
    process.terminate()
    process.communicate(timeout=PATIENCE)
    number = re.fullmatch(
        r"warning: a run makes (\d+) calls, so --every 20s makes about (\d+) an hour, of a budget that the"
        r" account shares\n",
        warning,
    )
    assert number is not None
    assert int(number[2]) == int(number[1]) * 180
