"""Streams that are closed, Ctrl-C, errors that stay, addresses with passwords."""

import json
import os
import subprocess
import sys
from pathlib import Path

from reconciler.aws.client import ATTEMPTS
from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server, until
from tests.end_to_end.spec_files import spec


def test_apply_goes_on_when_nobody_listens(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = spec(
        tmp_path,
        "roles:\n"
        + "".join(
            f"  R{n}: {{trust: {{service: ec2}}, tags: {{a: b}}, attach: aws:ReadOnlyAccess}}\n"
            for n in range(6)
        ),
    )
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [RECONCILE, "apply", path, "--yes"],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=write,
        timeout=PATIENCE,
        check=False,
    )
    os.close(write)
    assert done.returncode == 0
    assert len(sandbox.writes()) == 12


def test_ctrl_c_while_reading_ends_at_once(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    import signal

    path = spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {{trust: {{service: ec2}}}}\n" for n in range(60)))
    asked = "GetAccountAuthorizationDetails"
    sandbox.control("fail", operation=asked, code="Throttling", status=400)
    # A run in the background ignores Ctrl-C, and hands that down.
    listening = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1],"
        " sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", listening, RECONCILE, "plan", path],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until(lambda: process.poll() is not None or asked in {entry["operation"] for entry in sandbox.log()})
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert b"Traceback" not in err
    # A read that is sent ahead, of which nobody waits for the answer yet, is not repeated to its end either.
    assert len(sandbox.log()) < ATTEMPTS


def test_a_permanent_refusal_is_not_waited_for(cli: Cli, tmp_path: Path, sandbox: Server) -> None:
    sandbox.control("fail", operation="PutRolePolicy", code="MalformedPolicyDocument", status=400)
    path = spec(
        tmp_path,
        "roles: {R: {trust: {service: ec2}, inline: {I: {document: {Statement: {Effect: Allow, Action:"
        " 's3:*', Resource: '*'}}}}}}\n",
    )
    cli("apply", path, "--yes", code=1)
    assert [e["operation"] for e in sandbox.writes()] == ["CreateRole", "PutRolePolicy"]


def test_a_pruned_version_is_kept_in_the_journal(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    text = "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:X%d', Resource: '*'}}}}\n"
    for number in range(6):
        cli("apply", spec(tmp_path, text % number), "--yes", "--journal", tmp_path / f"{number}.jsonl")
    assert "s3:X0" in (tmp_path / "5.jsonl").read_text()


def test_closed_and_full_streams(cli: Cli, tmp_path: Path) -> None:
    run = f"{RECONCILE} render specs/ecr.yaml"
    for command in (
        f"{run} >&-",
        f"{run} >/dev/full",
        f"{RECONCILE} apply specs/ecr.yaml <&-",
        f"{RECONCILE} apply specs/ecr.yaml --yes --journal /dev/full",
    ):
        done = subprocess.run(
            ["sh", "-c", command],
            env=cli.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 1
        assert "internal error" not in done.stderr
        assert "error:" in done.stderr
    assert "no path" in cli("validate", "x" * 5000, code=1).err


def test_no_password_of_a_url_and_no_raw_character_in_json(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    url = sandbox.url.replace("http://", "http://me:s3cr3t@")
    assert "s3cr3t" not in cli("plan", "specs/ecr.yaml", "--endpoint-url", url, code=None).out
    document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    sandbox.iam().create_policy(PolicyName="P", Description="a\x9b31m\u202e\x7f", PolicyDocument=document)
    path = spec(
        tmp_path, "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}}\n"
    )
    out = cli("plan", path, "--format", "json").out
    assert not {"\x9b", "\u202e", "\x7f"} & set(out)
    # The sandbox garbles what is outside Latin-1, as IAM does.
    assert json.loads(out)["changes"][0]["noted"][0]["before"] == "a\x9b31m?\x7f"
