"""The harness: sandboxes served over HTTP, and the installed `reconcile` command in processes of its own."""

import atexit
import gc
import json
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pytest
from hypothesis import HealthCheck, settings
from mypy_boto3_iam import IAMClient
from mypy_boto3_iam.type_defs import PolicyDocumentTypeDef
from mypy_boto3_sts import STSClient

from tests.terminal import on_terminal
from tests.warm import Warm

ROOT = Path(__file__).parent.parent
RECONCILE = Path(sys.executable).parent / "reconcile"
ACCOUNT = "123456789012"
# In seconds: what only a hang exceeds, however busy the machine is.
PATIENCE = 600.0

# Nothing of the machine's own AWS set-up may be seen, by this process or by those it starts.
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ.update(
    AWS_ACCESS_KEY_ID="AKIATESTTESTTESTTEST",
    AWS_SECRET_ACCESS_KEY="test-secret-that-must-never-be-shown",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
)


@dataclass(frozen=True)
class FinishedCommand:
    """A finished command."""

    code: int
    out: str
    err: str
    # Seconds of a processor.
    work: float = 0.0

    @property
    def json(self) -> Any:
        return json.loads(self.out)


# An example may take what it takes.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def until(happened: Callable[[], object]) -> None:
    """Wait for this to be so."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


class AccessKeys(TypedDict, total=False):
    """What boto3 signs requests with."""

    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str


@cache
def _client(url: str) -> IAMClient:
    import boto3

    return boto3.client("iam", endpoint_url=url)


def parsed(document: PolicyDocumentTypeDef) -> dict[str, Any]:
    """A document of an answer: boto3 parses it, and its types say that it may be text."""
    assert isinstance(document, dict)
    return {**document}


@dataclass(frozen=True)
class Server:
    """A sandbox and its control address."""

    url: str

    def control(self, what: str, **settings: Any) -> Any:
        data = json.dumps(settings).encode()
        method = "GET" if what in ("log", "held") and not settings else "POST"
        json_ = {"Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{what}", data=data, method=method, headers=json_
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def log(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("log")
        return entries

    def writes(self) -> list[dict[str, Any]]:
        return [entry for entry in self.log() if entry["write"]]

    def is_held(self, process: "subprocess.Popen[Any]") -> bool:
        """Wait until the process has reached the write at which it is held; False if it ends before."""
        until(lambda: process.poll() is not None or self.control("held", seconds=0.2)["held"])
        return process.poll() is None

    def iam(self) -> IAMClient:
        return _client(self.url)

    def sts(self, **keys: Unpack[AccessKeys]) -> STSClient:
        import boto3

        return boto3.client("sts", endpoint_url=self.url, region_name="us-east-1", **keys)


@cache
def _warm() -> Warm:
    warm = Warm()
    atexit.register(warm.stop)
    return warm


@dataclass(frozen=True)
class Cli:
    """Runs the installed command."""

    server: Server | None
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            k: v
            for k, v in os.environ.items()
            if k.startswith("AWS_") or k in ("PATH", "LANG", "PYTHONPATH", "COVERAGE_PROCESS_START")
        }
        if self.server:
            kept["AWS_ENDPOINT_URL"] = self.server.url
        # Whether this project's own specs are in a clone, and in which, changes nothing.
        kept["GIT_CEILING_DIRECTORIES"] = str(ROOT)
        return {**kept, "HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"), **more}

    def __call__(
        self,
        *args: str | Path,
        code: int | None = 0,
        input_: str = "",
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        **more: str,
    ) -> FinishedCommand:
        """Run it; what is in `env`, and what else is named, is added to its environment."""
        changed = {**(env or {}), **more}
        argv, environment = [*map(str, args)], self.environment(**changed)
        # How streams are encoded is settled when Python starts.
        if os.environ.get("FRESH") or any(name.startswith(("PYTHON", "LC_", "LANG")) for name in changed):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [RECONCILE, *argv],
                env=environment,
                cwd=cwd,
                input=input_,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            ran = FinishedCommand(done.returncode, done.stdout, done.stderr, work)
        else:
            ran = FinishedCommand(*_warm().run(argv, environment, cwd, input_, timeout=PATIENCE))
        assert "Traceback" not in ran.err + ran.out, ran.err
        if code is not None:
            assert ran.code == code, f"exit {ran.code}, wanted {code}\n{ran.out}\n{ran.err}"
        return ran

    def typed(self, answer: str, *args: str | Path) -> FinishedCommand:
        """The command with a terminal on its standard input, on which this is typed."""
        with self.on_terminal(*args) as (process, terminal):
            os.write(terminal, f"{answer}\n".encode())
            out, err = process.communicate(timeout=PATIENCE)
        return FinishedCommand(process.returncode, out, err)

    def on_terminal(self, *args: str | Path) -> "AbstractContextManager[tuple[subprocess.Popen[str], int]]":
        """The running command, and the end of the terminal at which one types."""
        return on_terminal([RECONCILE, *args], self.environment(), ROOT)


@pytest.fixture(scope="session")
def _servers() -> Iterator[dict[bool, Server]]:
    from reconciler.sandbox import server

    environment = dict(os.environ)
    running = {strict: server.start(strict=strict) for strict in (True, False)}
    os.environ.update(environment)
    yield {strict: Server(sandbox.url) for strict, sandbox in running.items()}
    for sandbox in running.values():
        sandbox.stop()


@pytest.fixture
def sandbox(_servers: dict[bool, Server]) -> Server:
    """IAM as strict as we know it, empty."""
    _servers[True].control("reset")
    return _servers[True]


@pytest.fixture
def plain(_servers: dict[bool, Server]) -> Server:
    """moto's server as it is, empty."""
    _servers[False].control("reset")
    return _servers[False]


@pytest.fixture
def cli(sandbox: Server, tmp_path: Path) -> Cli:
    """The command, pointed at the strict sandbox."""
    return Cli(sandbox, tmp_path)


@pytest.fixture
def offline(tmp_path: Path) -> Cli:
    """The command with nothing to talk to."""
    return Cli(None, tmp_path)


_LONGEST = (
    "test_toy_kind.py",
    "test_storms.py",
    "test_concurrent_applies.py",
    "test_watch.py",
    "test_saved_plan_cuts.py",
    "test_two_people.py",
    "test_reference_disagreements.py",
    "test_plain.py",
    "test_survival.py",
    "test_laws.py",
    "test_answers.py",
    "test_concurrent_calls.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests start first.

    At the end, one of them would keep one worker busy and the others idle.
    """
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Prints something measured at the end of the run, also from a worker of xdist."""
    return lambda text: record_property("figure", text)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests measured."""
    for report in terminalreporter.stats.get("passed", []):
        for name, text in getattr(report, "user_properties", []):
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(text)
