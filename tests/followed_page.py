"""Follows docs/environments.md from an empty folder: its files are written, its commands run, and compared.

`python -m tests.followed_page` writes the outputs anew.
"""

import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import RECONCILE, ROOT, Cli, Server

PAGE = ROOT / "docs" / "environments.md"
OTHER_ACCOUNT = "210987654321"
_BLOCK = re.compile(r"```(yaml title=(?P<file>\S+)|console)\n(?P<text>.*?)```", re.DOTALL)
_GIT = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}
# A command whose credentials are said beside it.
_OF_DEV = " # with the credentials of dev"


@contextmanager
def other_account() -> Iterator[Server]:
    """A sandbox of prod's account, in a process of its own: one process plays one account."""
    process = subprocess.Popen(
        [RECONCILE, "sandbox", "--account", OTHER_ACCOUNT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        url = next(line.partition("=")[2].strip().strip("'") for line in lines if "ENDPOINT_URL" in line)
        yield Server(url)
    finally:
        process.terminate()
        process.communicate()


def followed(text: str, folder: Path, dev: Cli, prod: Cli) -> str:
    """The page as its commands print it."""

    def run(block: re.Match[str]) -> str:
        if block["file"]:
            file = folder / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block["text"])
            return block[0]
        commands = [line[2:] for line in block["text"].splitlines() if line.startswith("$ ")]
        outputs = (output_of(command, folder, dev, prod) for command in commands)
        shown = "\n".join(f"$ {command}\n{output}" for command, output in zip(commands, outputs, strict=True))
        return f"```console\n{shown}```"

    return _BLOCK.sub(run, text)


def output_of(command: str, folder: Path, dev: Cli, prod: Cli) -> str:
    """What one command prints, without what differs from run to run."""
    words = shlex.split(command, comments=True)
    if words[0] != "reconcile":
        environment = {**dev.environment(), **_GIT}
        done = subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True, text=True)
        return done.stdout
    is_prod = "prod" in words and not command.endswith(_OF_DEV)
    ran = (prod if is_prod else dev)(*words[1:], code=None, cwd=folder)
    output = ran.out if ran.out and words[1] != "validate" else ran.err + ran.out
    output = re.sub(r" · endpoint http://[^ ]+", "", output)
    return re.sub(r"journal \S+", "journal ~/.local/state/reconcile/journal/….jsonl", output)


def in_fresh_sandboxes(act: Callable[[Path, Cli, Cli], None]) -> None:
    """Do something in an empty folder with two accounts."""
    from reconciler.sandbox import server

    with tempfile.TemporaryDirectory() as home, other_account() as other:
        running = server.start()
        folder = Path(home) / "acme"
        folder.mkdir()
        act(folder, Cli(Server(running.url), Path(home)), Cli(other, Path(home)))
        running.stop()


def main() -> None:
    """Write the page anew."""
    text = PAGE.read_text()
    in_fresh_sandboxes(lambda folder, dev, prod: _write(followed(text, folder, dev, prod)))


def _write(text: str) -> None:
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
