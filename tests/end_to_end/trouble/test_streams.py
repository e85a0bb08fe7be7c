"""Specs that come through a pipe: /dev/stdin, a named pipe, `<(…)`; read once, their files in this folder."""

import os
import shlex
import subprocess
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import ACCOUNT, PATIENCE, RECONCILE, ROOT, Cli

HEAD = "version: 1\nname: a/b\n"
ECR = ROOT / "specs" / "ecr.yaml"


def ran(script: str, cli: Cli, cwd: Path = ROOT) -> str:
    """What a script of bash prints, in which `reconcile` is the command; it must do."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("reconcile ", f"{shlex.quote(str(RECONCILE))} ")],
        env=cli.environment(),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "script",
    [
        "cat specs/ecr.yaml | reconcile validate /dev/stdin",
        "reconcile validate /dev/stdin < specs/ecr.yaml",
        "cat specs/ecr.yaml | reconcile validate /dev/fd/0",
        "reconcile validate <(cat specs/ecr.yaml)",
    ],
)
def test_validate(script: str, offline: Cli) -> None:
    assert ran(script, offline) == "1 spec, 4 resources: ok\n"


def test_two_streams_are_two_specs(offline: Cli) -> None:
    other = HEAD + "roles:\n  R: {trust: {service: ec2}}\n"
    script = f"reconcile validate <(cat specs/ecr.yaml) <(printf %s {shlex.quote(other)})"
    assert ran(script, offline) == "2 specs, 5 resources: ok\n"


def test_a_stream_renders_as_its_file_does(offline: Cli) -> None:
    command = f"reconcile render /dev/stdin --account {ACCOUNT}"
    assert ran(f"cat specs/ecr.yaml | {command}", offline) == ran(
        command.replace("/dev/stdin", str(ECR)), offline
    )


def test_a_named_pipe(offline: Cli, tmp_path: Path) -> None:
    pipe = tmp_path / "spec.yaml"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(ECR.read_text(encoding="utf-8"),), daemon=True)
    writer.start()
    assert offline("validate", pipe).out == "1 spec, 4 resources: ok\n"
    writer.join(PATIENCE)
    # One that is only in the folder is no spec, and nobody may ever write to it.
    assert offline("validate", tmp_path, code=1).err.splitlines()[0] == f"{pipe}: is no ordinary file"


def test_files_that_a_stream_names_are_in_the_working_folder(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}'
    )
    (tmp_path / "roles.yaml").write_text("version: 1\nname: a/c\npolicies: {Q: {document_file: p.json}}\n")
    spec = "policies: {P: {document_file: p.json}}\nroles: {R: {trust: {service: ec2}, attach: [P, Q]}}\n"
    printed = ran(
        f"printf %s {shlex.quote(HEAD + spec)} | reconcile render /dev/stdin --account {ACCOUNT}",
        offline,
        tmp_path,
    )
    assert '"Action": "s3:GetObject"' in printed
    assert f"arn:aws:iam::{ACCOUNT}:policy/Q" in printed


def test_errors_name_the_stream(offline: Cli) -> None:
    text = "version: 1\nname: a/b\nroles:\n  R: {trust: {service: ec2}, atach: x}\n"
    script = f"(printf %s {shlex.quote(text)} | reconcile validate /dev/stdin 2>&1) || true"
    assert ran(script, offline).startswith("/dev/stdin:4:")
    assert (
        ran("(reconcile validate /dev/stdin < /dev/null 2>&1) || true", offline)
        == "/dev/stdin: is no ordinary file\n1 error\n"
    )
    assert "/dev/stdin: is larger than 2 MB" in ran(
        "(set +o pipefail; head -c 3000000 /dev/zero | reconcile validate /dev/stdin 2>&1) || true", offline
    )


def test_an_ignored_finding_stays_ignored(offline: Cli) -> None:
    text = 'policies:\n  P:\n    allow: [{actions: "s3:*", resources: "*"}]'
    loud = f"printf %s {shlex.quote(HEAD + text)} | reconcile validate /dev/stdin 2>&1"
    code = next(word for word in ran(loud, offline).split() if word.startswith("[IAM")).strip("[]\n")
    quiet = f"printf %s {shlex.quote(HEAD + text + f' # reconcile: ignore[{code}] meant so')}"
    assert f"[{code}]" not in ran(f"{quiet} | reconcile validate /dev/stdin 2>&1", offline)


def test_plan_apply_and_drift(cli: Cli) -> None:
    assert "4 to create" in ran("cat specs/ecr.yaml | reconcile plan /dev/stdin", cli)
    ran("cat specs/ecr.yaml | reconcile apply /dev/stdin --yes", cli)
    assert "nothing to change" in ran("reconcile plan <(cat specs/ecr.yaml)", cli)
    assert "nothing to change" in cli("plan", ECR).out
    assert "in sync" in ran("cat specs/ecr.yaml | reconcile drift /dev/stdin", cli)
    assert "4 of 4" in ran("cat specs/ecr.yaml | reconcile verify /dev/stdin", cli)
