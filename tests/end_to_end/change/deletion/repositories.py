"""Repositories with a commit, specs of a few roles in them, and what tags say afterwards."""

import os
import subprocess
from pathlib import Path

from tests.conftest import Server

NOBODY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": os.devnull}
WHO = {f"GIT_{who}_{what}": "x@y.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ELSEWHERE = "is owned by spec a/b of another repository or path"
STAYS = f"{ELSEWHERE}, and stays: --take-over deletes it all the same"


SETTINGS = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")


def git(folder: Path, *words: str | Path) -> None:
    environment = {"PATH": os.environ["PATH"], **NOBODY, **WHO}
    subprocess.run(["git", "-C", folder, *SETTINGS, *words], env=environment, check=True, capture_output=True)


def repository(folder: Path, first: str) -> Path:
    """With a first commit of its own."""
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "README").write_text(first)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", first)
    return folder


def write(folder: Path, *roles: str, file: str = "s.yaml", name: str = "a/b") -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = "".join(f"  {role}: {{trust: [{{service: ec2}}]}}\n" for role in roles)
    path.write_text(f"version: 1\nname: {name}\n" + (f"roles:\n{entries}" if roles else ""))


def live(sandbox: Server) -> str:
    return "".join(sorted(role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]))


def applied(sandbox: Server, role: str) -> dict[str, str]:
    tags = {tag["Key"]: tag["Value"] for tag in sandbox.iam().get_role(RoleName=role)["Role"]["Tags"]}
    return dict(pair.split("=") for pair in tags["reconciler:applied"].split(" ")[1:])
