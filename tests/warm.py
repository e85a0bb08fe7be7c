"""Runs `reconcile` in processes forked from one that has imported it already.

Each command still has a process of its own, with its environment, its directory and its streams; only the
imports, most of what a short command does, are not made again. What is about start-up, crashes and the
installed command itself runs that; with FRESH=1 everything does.
"""

import gc
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn
from unittest.mock import patch

import boto3
from botocore.client import ClientCreator
from botocore.hooks import EventAliaser
from botocore.loaders import JSONFileLoader, Loader

from reconciler import cli
from reconciler.app import apply as applying
from reconciler.app.request import SpecSelection
from reconciler.app.validate import validate
from reconciler.aws import client, rate_limit
from reconciler.kinds import KINDS

# In the environment of a command that is not to wait as long as it would for AWS.
HASTY = {"TESTS_ARE_HASTY": "yes"}


class Warm:
    """The process that forks, from the side of the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )

    def run(
        self, args: list[str], env: Mapping[str, str], cwd: Path, given: str, timeout: float
    ) -> tuple[int, str, str, float]:
        """Exit code, standard output, standard error and seconds of work of one command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            streams = [Path(folder) / name for name in ("in", "out", "err")]
            streams[0].write_text(given, encoding="utf-8")
            request = {"args": args, "env": dict(env), "cwd": str(cwd), "streams": [str(s) for s in streams]}
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            if not select.select([self._process.stdout], [], [], timeout)[0]:
                self.stop()
                raise subprocess.TimeoutExpired(args, timeout)
            code, work = self._process.stdout.readline().split()
            out, err = (stream.read_text(encoding="utf-8", errors="replace") for stream in streams[1:])
            return int(code), out, err, float(work)

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Import everything, then fork for each line of standard input."""
    for name in cli._COMMANDS:
        if name != "sandbox":
            import_module(f"reconciler.cli.commands.{name}")
    _warm_up()
    requests, replies = os.fdopen(os.dup(0)), os.dup(1)
    for line in requests:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request, requests)
        _, status, used = os.wait4(child, 0)
        ended = f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime}"
        os.write(replies, f"{ended}\n".encode())


# What botocore reads or works out anew for each client, though it is always the same.
_SAME_FOR_ALL: tuple[tuple[type, str], ...] = (
    (JSONFileLoader, "load_file"),
    # It looks into four hundred folders.
    (Loader, "list_available_services"),
    (ClientCreator, "_load_service_model"),
    (EventAliaser, "_alias_event_name"),
)


def _kept(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method with each answer kept, whichever object is asked."""
    answers: dict[Any, Any] = {}

    def answer(of: Any, *args: Any, **named: Any) -> Any:
        key = (args, *sorted(named.items()))
        if key not in answers:
            answers[key] = method(of, *args, **named)
        return answers[key]

    return answer


def _warm_up() -> None:
    """Read botocore's descriptions, the action data and the language once for all.

    The garbage collector leaves alone what the children share.
    """
    for owner, name in _SAME_FOR_ALL:
        patch.object(owner, name, _kept(getattr(owner, name))).start()
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    for service in ("iam", "sts", "resourcegroupstaggingapi"):
        # What errors look like is worked out at the first.
        assert session.client(service).meta.service_model.error_shapes
    root = Path(__file__).parent.parent / "specs"
    for spec in (root / "ecr.yaml", *sorted((root / "examples").glob("*.yaml"))):
        validate(SpecSelection((str(spec),)), "123456789012", strict=False)
    for kind in KINDS:
        assert kind.FACETS
    gc.collect()
    gc.freeze()


def _shorten_pauses() -> None:
    """As many attempts as ever, with short pauses between them."""
    client._LONGEST_PAUSE, rate_limit._LEAST = 0.1, 60.0
    patch.object(applying, "_READ_BACK_PAUSES", (0.0, 0.05, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)).start()


def _become(request: dict[str, Any], requests: IO[str]) -> NoReturn:
    from reconciler.__main__ import main as reconcile

    modes = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (name, mode) in enumerate(zip(request["streams"], modes, strict=True)):
        os.dup2(os.open(name, mode), number)
    del requests
    os.environ.clear()
    os.environ.update(request["env"])
    if HASTY.keys() <= request["env"].keys():
        _shorten_pauses()
    os.chdir(request["cwd"])
    sys.argv = ["reconcile", *request["args"]]
    # click names the program after the module that was started.
    sys.modules["__main__"].__package__ = None
    code: Any = 0
    try:
        reconcile()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
