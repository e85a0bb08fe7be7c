"""What a terminal gets and a pipe doesn't: a pager, links; and what shells complete."""

import fcntl
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from reconciler.cli import pager, terminal
from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli

LINK = re.compile(
    r"\x1b\]8;;file://[^/]*(\S+)/specs/ecr\.yaml#(\d+)\x1b\\\x1b\[2mspecs/ecr\.yaml:"
    r"(\d+)\x1b\[0m\x1b\]8;;\x1b\\"
)
PAGER = "sed s/^/paged:/"


def shown(cli: Cli, *args: str, rows: int = 20, **env: str) -> str:
    """What the command writes on a terminal of so many rows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 200, 0, 0))
    environment = cli.environment(TERM="xterm-256color", **env)
    process = subprocess.Popen(
        [RECONCILE, *args],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.STDOUT,
    )
    os.close(theirs)
    output = b""
    try:
        while part := os.read(ours, 65536):
            output += part
    except OSError:
        pass
    os.close(ours)
    assert process.wait(timeout=PATIENCE) == 0, output
    return output.decode().replace("\r\n", "\n")


def test_long_results_are_paged_on_a_terminal_alone(offline: Cli) -> None:
    render = ("render", "specs/ecr.yaml", "--account", "123456789012", "--no-color")
    whole = offline(*render, RECONCILE_PAGER=PAGER).out
    assert not whole.startswith("paged:")
    paged = shown(offline, *render, RECONCILE_PAGER=PAGER, PAGER="false")
    assert [line.removeprefix("paged:") for line in paged.splitlines()] == whole.splitlines()
    assert paged.count("paged:") == len(whole.splitlines()) > 20
    assert shown(offline, *render, rows=1000, PAGER=PAGER) == whole
    assert shown(offline, *render, "--no-pager", PAGER=PAGER) == whole
    # A pager that isn't there costs nothing but the shell's complaint.
    assert shown(offline, *render, PAGER="no-such-pager").endswith(whole)


@pytest.mark.parametrize(
    ("text", "is_longer"),
    [
        ("a\n" * 9, False),
        ("a\n" * 10, True),
        ("a" * 81 + "\n" + "a\n" * 7, False),
        ("a" * 81 + "\n" + "a\n" * 8, True),
        ("\x1b[2m" * 40 + "\n", False),
    ],
)
def test_what_is_longer_than_a_screen(text: str, is_longer: bool) -> None:
    assert pager.is_longer(text, 80, 10) is is_longer


def test_places_in_specs_are_links(cli: Cli) -> None:
    plan = ("plan", "specs/ecr.yaml", "--no-pager")
    links = LINK.findall(shown(cli, *plan, TERM_PROGRAM="WezTerm"))
    assert len(links) == 4
    assert {(path, line == at) for path, line, at in links} == {(str(ROOT), True)}
    assert "\x1b]8" not in shown(cli, *plan, TERM_PROGRAM="WezTerm", NO_COLOR="1")
    assert "\x1b" not in cli(*plan, TERM_PROGRAM="WezTerm").out


@pytest.mark.parametrize(
    ("env", "ends"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, "{path}#{line}"),
        ({"WT_SESSION": "1"}, "{path}#{line}"),
        ({"KITTY_WINDOW_ID": "1"}, "{path}#{line}"),
        ({"VTE_VERSION": "7006"}, "{path}"),
        ({"VTE_VERSION": "5000"}, None),
        ({"VTE_VERSION": "7006", "TMUX": "/tmp/x"}, None),
        ({"TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM_PROGRAM": "WezTerm", "TERM": "screen-256color"}, None),
        ({"TERM_PROGRAM": "WezTerm", "TERM": "dumb"}, None),
        ({}, None),
    ],
)
def test_links_only_where_they_are_known_to_work(env: dict[str, str], ends: str | None) -> None:
    link_form = terminal._links({"TERM": "xterm-256color", **env})
    assert link_form.endswith(f"{ends}") if ends else link_form == ""


def test_bash_completes_with_the_script(offline: Cli) -> None:
    asks = (
        "COMP_WORDS=(reconcile render specs/ecr.yaml --only role.) COMP_CWORD=4\n_reconcile_completion"
        " reconcile\nprintf '%s\\n' \"${COMPREPLY[@]}\""
    )
    path = f"{RECONCILE.parent}:/usr/bin:/bin"
    script = offline("completion", "bash").out
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script}\n{asks}"],
        env={**offline.environment(), "PATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.split(), done.stderr) == (["role.CustomRWECRRole"], "")


def completed(cli: Cli, *words: str, shell: str = "bash") -> list[str]:
    """What is offered for the last of these words."""
    at = words[-1] if shell == "fish" else str(len(words))
    line = shlex.join(("reconcile", *words[: -1 if shell == "fish" else None]))
    ran = cli(_RECONCILE_COMPLETE=f"{shell}_complete", COMP_WORDS=line, COMP_CWORD=at)
    assert ran.err == ""
    return re.findall(r"[\w.-]{3,}", ran.out)


def test_commands_options_and_addresses_are_completed(offline: Cli, tmp_path: Path) -> None:
    assert completed(offline, "ver") == ["plain", "verify"]
    assert completed(offline, "validate", "--str") == ["plain", "--strict"]
    assert "CustomRWECRRole" in completed(offline, "can", "Custom")
    assert completed(offline, "export", "saml") == ["plain", "saml-provider."]
    assert completed(offline, "apply", "--allow", "admin,l") == ["plain", "admin", "lockout"]
    assert completed(offline, "drift", "--report", "sar") == ["plain", "sarif"]
    (tmp_path / "last.json").touch()
    assert "last.json" in completed(offline, "drift", "--report", f"json={tmp_path}/la", shell="zsh")
    broken, other = tmp_path / "broken.yaml", tmp_path / "other.yaml"
    broken.write_text("version: [")
    other.write_text("version: 1\nname: a/b\nroles: {Other: {trust: nobody}}\n")
    assert completed(offline, "plan", str(broken), "--only", "r") == []
    assert completed(offline, "plan", str(broken), str(other), "--only", "r") == ["plain", "role.Other"]
    for shell, says in (("zsh", "#compdef reconcile"), ("fish", "complete --no-files --command reconcile")):
        assert says in offline("completion", shell).out
        assert "CustomRWECRRole" in completed(offline, "can", "Custom", shell=shell)


def test_nothing_is_completed_that_a_shell_could_run(offline: Cli, tmp_path: Path) -> None:
    spec = tmp_path / "evil.yaml"
    names = ("plain", "x;$(touch pwned)", "`id`", "a b", "tab\there", "nl\nrole.INJECTED", "esc\x1b[31m")
    roles = "".join(f"  {json.dumps(name)}: {{trust: [{{service: ec2}}]}}\n" for name in names)
    spec.write_text(f"version: 1\nname: x/y\nroles:\n{roles}")
    assert completed(offline, "plan", str(spec), "--only", "role.") == ["plain", "role.plain"]


def test_a_pager_that_fails_loses_nothing(offline: Cli) -> None:
    output = shown(offline, "render", "specs/ecr.yaml", "--account", "123456789012", PAGER="false")
    assert "the pager failed (false)" in output
    assert "trust" in output
