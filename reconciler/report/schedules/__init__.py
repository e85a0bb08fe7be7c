"""Ready drift jobs for schedulers: a text file each, in which `@{name}` stands for what a job is told."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.text import escaped
from reconciler.policy.document import Document

KINDS = ("cron", "systemd", "github", "gitlab", "kubernetes", "eventbridge")
_NAME = re.compile(r"@\{(\w+)\}")
_LINE = re.compile(r"^(?P<head>.*)@\{permissions\}$", re.MULTILINE)
# The busiest minutes of schedulers: the hour, the half and the quarters.
_QUIET = tuple(minute for minute in range(3, 58) if minute % 5)


@dataclass(frozen=True, slots=True)
class Job:
    """What a job is told: the specs as they are named, the folder from which, the least policy, for whom."""

    paths: tuple[str, ...]
    folder: str
    account: str
    partition: str
    permissions: Document
    version: str

    @property
    def command(self) -> str:
        """The command line, for a shell."""
        return shlex.join(["reconcile", "drift", *self.paths])


def scheduled(kind: str, job: Job) -> str:
    """The whole job for one of KINDS."""
    text = (Path(__file__).parent / f"{kind}.txt").read_text(encoding="utf-8")
    policy = json.dumps(job.permissions.data, indent=2).splitlines()
    text = _LINE.sub(lambda found: "\n".join(f"{found['head']}{line}" for line in policy), text)
    values = {
        "paths": escaped(" ".join(job.paths)),
        "command": _ESCAPED.get(kind, str)(job.command),
        "command_in_quotes": job.command.replace("'", "''"),
        "folder": _ESCAPED.get(kind, str)(job.folder),
        "mount_path": json.dumps(f"/work/{_folder_of(job.paths[0])}"),
        "minute": str(minute_of(job)),
        "account": job.account,
        "partition": job.partition,
        "version": job.version,
    }
    return _NAME.sub(lambda found: values[found[1]], text)


# What a crontab and a unit file take for their own.
_ESCAPED: dict[str, Callable[[str], str]] = {
    "cron": lambda text: text.replace("%", "\\%"),
    "systemd": lambda text: text.replace("%", "%%").replace("$", "$$"),
}


def minute_of(job: Job) -> int:
    """A minute off the hour, the same for the same specs and account, and another for others."""
    named = "\n".join((job.account, *job.paths))
    return _QUIET[int(hashlib.sha256(named.encode()).hexdigest(), 16) % len(_QUIET)]


def _folder_of(path: str) -> str:
    """The folder that a path names, or in which its file is."""
    found = Path(path)
    return str(found.parent if found.suffix in (".yaml", ".yml") else found).strip("/")
