"""Runs `reconcile` in processes forked from one that has imported it already.

Each command has its own environment, directory and streams, and some run one after the other in one fork; the
imports, most of what a short command does, are not made again. What is about start-up, crashes and the
installed command itself runs that; with FRESH=1 everything does.
"""

import gc
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
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
from reconciler.app import origin
from reconciler.app.request import SpecSelection
from reconciler.app.validate import validate
from reconciler.aws import client, rate_limit
from reconciler.kinds import KINDS
from reconciler.spec import streams

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
    workers: dict[bool, Worker] = {}
    for line in requests:
        is_hasty = HASTY.keys() <= json.loads(line)["env"].keys()
        if is_hasty not in workers:
            workers[is_hasty] = Worker(is_hasty)
        os.write(replies, workers[is_hasty].run(line))
        if workers[is_hasty].is_spent:
            del workers[is_hasty]


class Worker:
    """A fork that runs some commands, one after the other.

    Most of what a short command takes is what a fork does not share: pages that are copied when they are
    first written to. The next command of the same fork finds them there.
    """

    # So many, then a new fork.
    COMMANDS = 50

    def __init__(self, is_hasty: bool) -> None:
        self.is_spent = False
        read, self._requests = os.pipe()
        self._answers, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._requests)
            os.close(self._answers)
            if is_hasty:
                _shorten_pauses()
            _serve(os.fdopen(read, "r", encoding="utf-8"), write)
        os.close(read)
        os.close(write)
        self._out = os.fdopen(self._answers, "rb")

    def run(self, line: str) -> bytes:
        """Exit code and seconds of work, as a line."""
        os.write(self._requests, line.encode())
        answer = self._out.readline()
        code, work, more = answer.split() if answer else (b"", b"", b"0")
        if more == b"1":
            return code + b" " + work + b"\n"
        self.is_spent = True
        os.close(self._requests)
        self._out.close()
        _, status, used = os.wait4(self._pid, 0)
        if answer:
            return code + b" " + work + b"\n"
        return f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime}\n".encode()


def _serve(requests: IO[str], answers: int) -> NoReturn:
    pools = _Pools()
    for number, line in enumerate(requests, 1):
        before = resource.getrusage(resource.RUSAGE_SELF)
        code = _become(json.loads(line))
        pools.wait()
        after = resource.getrusage(resource.RUSAGE_SELF)
        work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        # Apprise keeps its pools for as long as a process lives.
        is_clean = threading.active_count() == 1 and "apprise" not in sys.modules
        goes_on = is_clean and number < Worker.COMMANDS
        os.write(answers, f"{code} {work} {int(goes_on)}\n".encode())
        if not goes_on:
            break
        for cache in (origin._place_in_repository, origin._first_commit):
            cache.cache_clear()
        streams._KEPT.clear()
    os._exit(0)


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


class _Pools:
    """The pools of threads of a command, which Python waits for where the process ends with it."""

    def __init__(self) -> None:
        self._pools: list[ThreadPoolExecutor] = []
        make = ThreadPoolExecutor.__init__

        def noting(pool: ThreadPoolExecutor, *args: Any, **named: Any) -> None:
            make(pool, *args, **named)
            self._pools.append(pool)

        patch.object(ThreadPoolExecutor, "__init__", noting).start()

    def wait(self) -> None:
        while self._pools:
            self._pools.pop().shutdown()


def _become(request: dict[str, Any]) -> int:
    """Run the command here; its exit code."""
    from reconciler.__main__ import main as reconcile

    modes = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (name, mode) in enumerate(zip(request["streams"], modes, strict=True)):
        stream = os.open(name, mode)
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = ["reconcile", *request["args"]]
    # What the command before has read is not in its buffer.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
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
    return code if isinstance(code, int) else 1


if __name__ == "__main__":
    main()
