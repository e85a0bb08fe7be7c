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
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

import boto3
from botocore.loaders import JSONFileLoader, Loader

from reconciler import cli
from reconciler.app.request import SpecSelection
from reconciler.app.validate import validate
from reconciler.kinds import KINDS


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
    ) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one command."""
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
            code = int(self._process.stdout.readline())
            return code, *(stream.read_text(encoding="utf-8", errors="replace") for stream in streams[1:])

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
        _, status = os.waitpid(child, 0)
        os.write(replies, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _warm_up() -> None:
    """Read botocore's descriptions, the action data and the language once for all.

    The garbage collector leaves alone what the children share.
    """
    load = JSONFileLoader.load_file
    kept: dict[str, Any] = {}

    def load_once(loader: JSONFileLoader, path: str) -> Any:
        if path not in kept:
            kept[path] = load(loader, path)
        return kept[path]

    find_services = Loader.list_available_services
    services: dict[str, list[str]] = {}

    def find_once(loader: Loader, type_name: str) -> list[str]:
        if type_name not in services:
            services[type_name] = find_services(loader, type_name)
        return services[type_name]

    JSONFileLoader.load_file = load_once
    # It looks into four hundred folders, for each client anew.
    Loader.list_available_services = find_once
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    for service in ("iam", "sts", "resourcegroupstaggingapi"):
        session.client(service)
    root = Path(__file__).parent.parent / "specs"
    for spec in (root / "ecr.yaml", *sorted((root / "examples").glob("*.yaml"))):
        validate(SpecSelection((str(spec),)), "123456789012", strict=False)
    for kind in KINDS:
        assert kind.FACETS
    gc.collect()
    gc.freeze()


def _become(request: dict[str, Any], requests: IO[str]) -> NoReturn:
    from reconciler.__main__ import main as reconcile

    modes = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (name, mode) in enumerate(zip(request["streams"], modes, strict=True)):
        os.dup2(os.open(name, mode), number)
    del requests
    os.environ.clear()
    os.environ.update(request["env"])
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
