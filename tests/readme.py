"""Runs the console examples of README in order, on one sandbox.

`python -m tests.readme` writes their output anew.
"""

import os
import re
import shlex
import tempfile
from pathlib import Path

from reconciler.sandbox import server
from tests.conftest import ROOT, Cli, Server

README = ROOT / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def regenerated(text: str, cli: Cli) -> str:
    """The text with every console block as the commands in it print it."""
    return _BLOCK.sub(lambda block: f"```console\n{_run(block[1], cli)}```", text)


def _run(block: str, cli: Cli) -> str:
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{_output(command, cli)}" for command in commands)


def _output(command: str, cli: Cli) -> str:
    words = shlex.split(command)
    if words[0] == "aws":
        assert words[1:3] == ["iam", "attach-role-policy"]
        assert cli.server
        cli.server.iam().attach_role_policy(RoleName=words[4], PolicyArn=words[6])
        return ""
    ran = cli(*words[1:], code=None)
    # What validate has to say is no result, and the point of the example.
    output = ran.err + ran.out if words[1] == "validate" else ran.out
    # What differs from run to run: the sandbox's port, and the journal's name.
    output = re.sub(r" · endpoint http://[^ ]+", "", output)
    return re.sub(r"journal \S+", "journal ~/.local/state/reconcile/journal/….jsonl", output)


def main() -> None:
    """Write README anew."""
    own = dict(os.environ)
    running = server.start()
    os.environ.update(own)
    with tempfile.TemporaryDirectory() as home:
        cli = Cli(Server(running.url), Path(home))
        README.write_text(regenerated(README.read_text(), cli))
    running.stop()


if __name__ == "__main__":
    main()
