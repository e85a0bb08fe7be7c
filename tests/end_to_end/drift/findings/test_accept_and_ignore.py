"""What can be done about one finding.

The spec accepts it, one apply corrects it alone, or it is ignored.
"""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import ADMIN, HEAD, TAMPERINGS, applied_once, document, drifted

SPEC = """# The job's own spec.
version: 1
name: a/job   # owner and name

policies:
  # What may be read.
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], tags: {team: x}}   # short
  L:
    allow:
      - {service: s3, actions: "*", resources: "*"}   # wide, and a limit only
      - {service: sqs, actions: "*", resources: "*"}

roles:
  R:
    trust: [{service: ec2}]
    attach: [P]   # and nothing else
    inline:
      # Kept here: nobody else needs it.
      own: {allow: [{service: sqs, read: GetQueueUrl, resources: q}]}
    boundary: L
    description: "text"
    tags: {team: x}
    instance_profile: true
"""
ACCEPTED = (
    "attached",
    "detached",
    "new default version",
    "trust",
    "tags",
    "description",
    "session length",
    "boundary set",
    "inline policy added",
    "inline policy changed",
    "inline policy removed",
)


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    return applied_once(SPEC, cli, sandbox, tmp_path)


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str, path: Path, cli: Cli, sandbox: Server) -> None:
    TAMPERINGS[name].act(sandbox.iam())
    (finding,) = drifted(cli, path)
    output = cli("drift", path, "--accept", finding["id"]).out
    assert "says now what is live\n    @@" in output
    assert drifted(cli, path, code=0) == []
    text = path.read_text()
    # Nothing but the lines that say it.
    assert sum(1 for line in SPEC.splitlines() if line not in text.splitlines()) <= 3, text
    assert set(comments(SPEC)) - set(comments(text)) <= {
        " Kept here: nobody else needs it.",
        " short",
        " and nothing else",
    }


def test_what_is_gone_is_taken_out(path: Path, cli: Cli, sandbox: Server) -> None:
    path.write_text(SPEC + "  Extra:   # for a while\n    trust: [{service: ec2}]\n")
    (finding,) = drifted(cli, path)
    cli("drift", path, "--accept", finding["id"])
    assert path.read_text().splitlines() == SPEC.splitlines()


def test_what_can_not_be_written_leaves_the_file_alone(path: Path, cli: Cli, sandbox: Server) -> None:
    sandbox.iam().remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    (finding,) = drifted(cli, path)
    assert "change the spec by hand" in cli("drift", path, "--accept", finding["id"], code=1).err
    # The policy that the role holds is described here and there: without it the spec would be wrong.
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    sandbox.iam().delete_policy(PolicyArn=HEAD + "P")
    absent = next(f for f in drifted(cli, path) if f["rule"] == "absent")
    assert "the spec would be wrong" in cli("drift", path, "--accept", absent["id"], code=1).err
    assert path.read_text() == SPEC
    assert "no difference with the id" in cli("drift", path, "--accept", "0123456789ab", code=1).err


def test_one_is_mended_and_the_others_stay(path: Path, cli: Cli, sandbox: Server) -> None:
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    iam.update_role(RoleName="R", MaxSessionDuration=7200)
    iam.put_role_policy(RoleName="R", PolicyName="n", PolicyDocument=document())
    path.write_text(SPEC.replace('"text"', '"new"'))
    findings = {f["rule"]: f for f in drifted(cli, path)}
    its = f"{findings['attached']['id']} (attached)"
    for command in (("drift", "--revert"), ("drift", "--accept"), ("plan", "--finding")):
        errors = cli(command[0], path, command[1], "role.R", code=1).err
        assert "role.R is an address and no id; its differences are " in errors
        assert its in errors
    assert "no loaded spec has it" in cli("plan", path, "--finding", "role.Nobody", code=1).err
    written = len(sandbox.writes())
    ran = cli("drift", path, "--revert", findings["attached"]["id"])
    assert ("AdministratorAccess" in ran.out, "max_session" in ran.out, "inline" in ran.out) == (
        True,
        False,
        False,
    )
    assert f"reconcile apply {path} --finding {findings['attached']['id']}" in ran.err
    assert len(sandbox.writes()) == written
    saved = path.parent / "one.plan.json"
    cli("plan", path, "--finding", findings["attached"]["id"], "--out", saved)
    cli("apply", saved)
    assert [e["operation"] for e in sandbox.writes()[written:]] == ["DetachRolePolicy"]
    left = {f["rule"]: f for f in drifted(cli, path)}
    assert left.keys() == findings.keys() - {"attached"}
    assert [left[rule]["origin"] for rule in ("description", "max_session_duration", "inline")] == [
        "pending",
        "drift",
        "drift",
    ]
    cli("apply", path, "--yes", "--finding", left["description"]["id"])
    last = {f["rule"]: f["origin"] for f in drifted(cli, path)}
    assert last == {"max_session_duration": "drift", "inline": "drift"}
    assert "no difference with the id" in cli("plan", path, "--finding", "0123456789ab", code=1).err


@pytest.mark.parametrize("name", ["attached", "trust", "detached"])
def test_left_alone(name: str, path: Path, cli: Cli, sandbox: Server) -> None:
    TAMPERINGS[name].act(sandbox.iam())
    (finding,) = drifted(cli, path)
    cli("drift", path, "--ignore", finding["id"], "--reason", "known: INC-1 # yes", "--until", "2999-01-31")
    assert drifted(cli, path, code=0) == []
    ran = cli("drift", path)
    assert "left alone (known: INC-1 # yes): " in ran.out
    assert "1 difference left alone" in ran.out.splitlines()[-1]
    assert set(comments(SPEC)) <= set(comments(path.read_text()))
    # Something else on the same field is seen all the same.
    if name == "attached":
        sandbox.iam().attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        assert len(drifted(cli, path)) == 1


def test_what_does_not_go_together(path: Path, cli: Cli) -> None:
    assert "one at a time" in cli("drift", path, "--accept", "a", "--revert", "b", code=1).err
    assert (
        "YYYY-MM-DD"
        in cli("drift", path, "--ignore", "a", "--reason", "b", "--until", "31.12.2026", code=1).err
    )
    assert "needs --reason" in cli("drift", path, "--ignore", "a", code=1).err
    assert "go with --ignore" in cli("drift", path, "--accept", "a", "--reason", "x", code=1).err


AROUND = """# {id: first}
version: 1
name: a/b
policies:
    P:
        allow:
        - {service: s3,   read: GetObject,
           resources: b/*}   # wide
roles:
    Q:   # for a while
        trust: [ {service: ec2}, # first
          ]
        # About the end of Q.

    # About Z: keep out, see INC-77.
    Z:
        trust:   {service: ec2}
        description: >-
            one
            two
        attach: [ "P" ]   # why
        tags: {a: x,
               b: y}
    # About Y.
    Y: {trust: {service: ec2}}
...
# tail
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_about_something_else_stay_to_the_byte(
    newline: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    real, path = tmp_path / "real.yaml", tmp_path / "s.yaml"
    before = "\ufeff" + AROUND.replace("\n", newline)
    real.write_bytes(before.encode())
    real.chmod(0o600)
    path.symlink_to(real)
    cli("apply", path, "--yes")
    sandbox.iam().update_role(RoleName="Y", MaxSessionDuration=7200)
    sandbox.iam().delete_role(RoleName="Q")
    for _ in range(2):
        finding, *_ = drifted(cli, path)
        cli("drift", path, "--accept", finding["id"])
    assert drifted(cli, path, code=0) == []
    after = real.read_bytes().decode()
    deleted = {
        "    Q:   # for a while",
        "        trust: [ {service: ec2}, # first",
        "          ]",
        "    Y: {trust: {service: ec2}}",
    }
    kept = [line for line in before.split(newline) if line not in deleted]
    assert [line for line in after.split(newline) if line in kept] == kept, after
    assert "    Y: {trust: {service: ec2}, max_session_duration: 2h}" in after.split(newline)
    assert (path.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o600)
    sandbox.iam().attach_role_policy(RoleName="Z", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    (finding,) = drifted(cli, path)
    cli("drift", path, "--ignore", finding["id"], "--reason", "x")
    assert drifted(cli, path, code=0) == []
    assert "    # About Y." in real.read_text().splitlines()


def test_what_another_resource_shares_is_not_changed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    text = (
        'version: 1\nname: a/b\nroles:\n  R: {trust: {service: ec2}, attach: &c ["aws:ReadOnlyAccess"]}\n  S:'
        " {trust: {service: ec2}, attach: *c}\n"
    )
    path.write_text(text)
    cli("apply", path, "--yes")
    for role in ("R", "S"):
        sandbox.iam().attach_role_policy(RoleName=role, PolicyArn=ADMIN)
        finding = next(f for f in drifted(cli, path) if f["address"] == f"role.{role}")
        assert "change the spec by hand" in cli("drift", path, "--accept", finding["id"], code=1).err
        assert path.read_text() == text


def test_another_wrong_spec_is_no_hindrance(cli: Cli, sandbox: Server, path: Path) -> None:
    (path.parent / "wrong.yaml").write_text("a: [")
    sandbox.iam().update_role(RoleName="R", MaxSessionDuration=7200)
    (finding,) = drifted(cli, path)
    cli("drift", path, path.parent / "wrong.yaml", "--accept", finding["id"])
    assert "max_session_duration: 2h" in path.read_text()


def test_a_spec_that_would_be_wrong_is_put_back_though_others_are_right(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path, other_path = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = "version: 1\nname: a/%s\nroles:\n  %s:\n    trust: {service: ec2}\n"
    path.write_text(text % ("one", "R"))
    other_path.write_text(text % ("other", "S"))
    cli("apply", path, other_path, "--yes")
    sandbox.iam().update_role(RoleName="R", Description="${nope}")
    (finding,) = drifted(cli, path)
    assert "the spec would be wrong" in cli("drift", path, other_path, "--accept", finding["id"], code=1).err
    assert path.read_text() == text % ("one", "R")
