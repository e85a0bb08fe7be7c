"""Ready drift jobs for schedulers: a text file each, in which `@{name}` stands for a value of the job."""

import hashlib
import json
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.core.text import escaped
from reconciler.policy.document.document import Document
from reconciler.policy.grants.trust import oidc_audience
from reconciler.report.install_advice import WHEEL

KINDS = ("cron", "systemd", "github", "gitlab", "kubernetes", "eventbridge")
# Those that run `watch` all the time, in the place of a scheduler.
WATCHES = ("watch-systemd", "watch-container")
_IN_CONTAINER = ("--every", "15m", "--listen", "0.0.0.0:9469", "--history", "/state/watch.json")
_UNITS = ("systemd", "watch-systemd")
# Those whose jobs run where they were printed.
_HERE = ("cron", *_UNITS)
_NAME = re.compile(r"@\{(\w+)\}")
_LINE = re.compile(r"^(?P<head>.*)@\{permissions\}$", re.MULTILINE)
# The busiest minutes of schedulers: the hour, the half and the quarters.
_QUIET = tuple(minute for minute in range(3, 58) if minute % 5)


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """What a job needs: the specs as they are named, the folder to run in, the least policy, for whom."""

    paths: tuple[str, ...]
    folder: str
    account: str
    partition: str
    permissions: Document
    version: str
    does: str = "drift"
    # The files and folders among `paths`, which has options too; the project's folder where none is named.
    places: tuple[str, ...] = (".",)

    @property
    def command(self) -> str:
        """The command line, for a shell."""
        return shlex.join(self.words)

    @property
    def words(self) -> list[str]:
        """The same word by word."""
        return ["reconcile", self.does, *self.paths, "--unmanaged"]

    @property
    def id(self) -> str:
        """A few characters that tell it from other jobs."""
        return hashlib.sha256("\n".join((self.account, *self.paths)).encode()).hexdigest()[:8]


def scheduled(kind: str, job: ScheduledJob) -> str:
    """The whole job for one of KINDS or WATCHES."""
    job = replace(job, does="watch" if kind in WATCHES else "drift")
    text = (Path(__file__).parent / f"{kind}.txt").read_text(encoding="utf-8")
    policy = json.dumps(job.permissions.data, indent=2).splitlines()
    text = _LINE.sub(lambda match: "\n".join(f"{match['head']}{line}" for line in policy), text)
    values = {
        "paths": escaped(" ".join(job.paths)),
        "command": _command(kind, job),
        "command_in_quotes": job.command.replace("'", "''"),
        "folder": job.folder.replace("%", "%%") if kind in _UNITS else job.folder,
        "command_as_list": json.dumps([*job.words, *_IN_CONTAINER], ensure_ascii=False),
        "mount_path": json.dumps(str(Path("/work") / _folder_of(job.places[0]))),
        "minute": str(minute_of(job)),
        "account": job.account,
        "partition": job.partition,
        "audience": oidc_audience(job.partition),
        "version": job.version,
        "wheel": WHEEL,
        "id": job.id,
    }
    return _NAME.sub(lambda match: values[match[1]], text)


def unfit(kind: str, job: ScheduledJob) -> str:
    """Why no schedule can be made of these paths, or ""."""
    texts = (*job.paths, job.folder)
    if any(not text.isprintable() for text in texts):
        return "a path or variable has a control character in it"
    if any("${{" in text for text in texts):
        return "a path or variable has ${{ in it, which GitHub takes for an expression"
    if any(".." in Path(path).parts for path in job.places):
        return "a path leads out of this folder: name the specs from a folder above them"
    if kind not in _HERE and any(Path(path).is_absolute() for path in job.places):
        return (
            "an absolute path is of this machine, and the job runs on another: name the specs from a folder"
            " above them"
        )
    return ""


def _command(kind: str, job: ScheduledJob) -> str:
    """The command line as the scheduler's file has to say it."""
    if kind == "cron":
        return job.command.replace("%", "\\%")
    return " ".join(map(_in_unit, job.words)) if kind in _UNITS else job.command


def _in_unit(word: str) -> str:
    """A word of ExecStart= (systemd.service, command lines; systemd.unit, specifiers)."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return safe if re.fullmatch(r"[\w@+=:,./-]+", word, re.ASCII) else f'"{safe}"'


def minute_of(job: ScheduledJob) -> int:
    """A minute off the hour, the same for the same specs and account, and another for others."""
    return _QUIET[int(job.id, 16) % len(_QUIET)]


def _folder_of(path: str) -> str:
    """The folder that a path names, or in which its file is."""
    place = Path(path)
    return str(place.parent if place.suffix in (".yaml", ".yml") else place).strip("/")
