"""`watch`: the drift job as a service, in a process of its own, over HTTP and by signals."""

import os
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Cli, Server, until
from tests.end_to_end.drift.listeners import Webhook, webhook
from tests.end_to_end.drift.watching import SPEC, Watching, overlaps, runs_in, titles, unlike, watching

ROUNDS = int(os.environ.get("WATCH_ROUNDS", "0"))


@pytest.fixture
def path(cli: Cli, tmp_path: Path) -> Path:
    spec_file = tmp_path / "job.yaml"
    spec_file.write_text(SPEC)
    cli("apply", spec_file, "--yes")
    return spec_file


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as heard:
        yield heard


DRIFT_OF_R = 'account="123456789012",address="role.R",severity="metadata",spec="a/job"'


def test_a_watch_says_what_changes_and_goes_on(
    cli: Cli, sandbox: Server, path: Path, hook: Webhook, tmp_path: Path
) -> None:
    before, report, history = len(sandbox.log()), tmp_path / "drift.prom", tmp_path / "history.json"
    flags = (
        "--notify",
        f"json://me:pass-WORD-1@127.0.0.1:{hook.port}/",
        "--report",
        f"prometheus={report}",
        "--history",
        history,
    )
    with watching(cli, path, *flags) as watch:
        watch.next_run()
        assert (
            watch.metric('reconciler_runs_total{result="drift"}'),
            watch.metric("reconciler_success"),
        ) == (0, 1)
        # Where a run takes as long as three intervals, it is not well while the next is under way.
        until(lambda: watch.get("healthz") == (200, "well\n"))
        # One truth: what the file says is among what is served, once both are of the same run.
        until(lambda: not unlike(report, watch))
        sandbox.iam().update_role(RoleName="R", Description="<c>")
        # One may have been under way when the role was changed.
        watch.next_run(2)
        status, page = watch.get("")
        assert (status, "&lt;c&gt;" in page, "<c>" in page) == (200, True, False)
        assert watch.metric(f"reconciler_drift{{{DRIFT_OF_R}}}") == 1
        # People are told once the run has ended.
        until(lambda: titles(hook) == ["clean → drift"])
        runs = runs_in([entry for entry in sandbox.log()[before:] if not entry["write"]])
        assert (len(runs) > 1, overlaps(runs)) == (True, [])
        check_broken_spec(watch, path, hook, report)
        # A run that is stopped is as if it had never begun.
        sandbox.control("fail", operation="GetRole", code="Throttling", status=400)
        path.write_text(SPEC)
        until(lambda: ("GetRole", 400) in [(entry["operation"], entry["status"]) for entry in sandbox.log()])
        kept = history.read_text()
        assert watch.stop() == 0
    output = "".join(watch.lines)
    assert history.read_text() == kept
    assert [title for title, _ in groupby(titles(hook))] == ["clean → drift", "job failed"]
    assert titles(hook).count("job failed") > 1
    assert output.count("clean → drift\n+ metadata · drift · role.R · description\n") == 1
    assert "error: notification 1 of 1 (json) failed: it answered 500\n" in output
    assert ("pass-WORD" in output, output.count("result: failed") > 1) == (False, True)


def check_broken_spec(watch: Watching, path: Path, hook: Webhook, report: Path) -> None:
    """A spec that is broken, and a message that does not arrive: the next run makes up for it."""
    hook.status, heard = 500, len(hook.got)
    path.write_text("version: 1\nname: [")
    watch.next_run(3)
    assert (watch.metric("reconciler_success"), watch.metric("reconciler_resources")) == (0, -1)
    # What nobody can see is not mended: an alert holds, and so does the last report, which says since
    # when.
    assert watch.metric(f"reconciler_drift{{{DRIFT_OF_R}}}") == 1
    page = watch.get("")[1]
    assert re.search(
        r"This report was made .* UTC\. The \d+ runs since could not look at anything; the last", page
    )
    assert "&lt;c&gt;" in page
    until(lambda: not unlike(report, watch))
    by_spec = 'account="123456789012",spec="a/job",address="role.R",severity="metadata"'
    assert f"reconciler_drift{{{by_spec}}} 1" in report.read_text()
    until(lambda: len(hook.got) > heard)
    hook.status = 200
    # People are told after a run has ended: with the end of the next, all is said.
    watch.next_run(2)
    status, health = watch.get("healthz")
    assert (status, health.endswith("runs could not look at everything\n")) == (503, True)
    assert (watch.get("", Host="evil.example.com")[0], watch.get("none")[0]) == (403, 404)


def test_health_is_what_it_sees() -> None:
    from reconciler.app.drift.job import RunResult
    from reconciler.app.watch.metrics import WatchMetrics
    from reconciler.core.errors import Unreachable
    from reconciler.core.results.drift import RunTimes

    blind = RunResult(None, Unreachable("no answer from AWS"), RunTimes(time.time(), 0.1))
    watched = WatchMetrics(900, "any")
    assert watched.health() == (True, "the first run is under way")
    for _ in range(2):
        watched.ended(blind)
    assert watched.health() == (True, "well")
    watched.ended(blind)
    assert watched.health() == (False, "the last 3 runs could not look at everything")
    assert "could not look at anything: no answer from AWS" in watched.page()
    late = WatchMetrics(0.01, "any")
    time.sleep(0.04)
    assert late.health()[0] is False


def test_what_a_watch_can_not_begin_with(cli: Cli, path: Path, hook: Webhook) -> None:
    taken = f"127.0.0.1:{hook.port}"
    assert (
        f"nothing can listen on 127.0.0.1 port {hook.port}"
        in cli("watch", path, "--listen", taken, code=1).err
    )
    for args, says in (
        (("--every", "0s"), "is no time"),
        (("--listen", "9469"), "write HOST:PORT"),
        (("--report", "github"), "write github=FILE"),
    ):
        assert says in cli("watch", path, *args, code=1).err


STORMS: tuple[dict[str, float], ...] = (
    {},
    {"error-500": 0.2, "error-503": 0.2},
    {"reset": 0.2, "lost-answer": 0.2},
    {"throttle-all": 4},
    {"latency": 0.3},
    {"truncated": 0.3},
)


@pytest.mark.skipif(not ROUNDS, reason="make soak")
def test_a_watch_of_many_runs(
    cli: Cli, sandbox: Server, path: Path, hook: Webhook, figure: Callable[[str], None]
) -> None:
    """Storms, broken specs, expired credentials and drift in turn.

    Each gives one message, runs never overlap, and memory does not grow.
    """
    wanted: list[str] = []
    with watching(cli, path, "--notify", f"json://127.0.0.1:{hook.port}/") as watch:
        watch.next_run(10)
        first = watch.memory()
        for number in range((ROUNDS - 10) // 5):
            sandbox.control("faults", seed=number, **STORMS[number % len(STORMS)])
            watch.next_run()
            wrong = number % 3
            if wrong == 0:
                path.write_text("version: 1\nname: [")
            elif wrong == 1:
                sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
            else:
                sandbox.iam().update_role(RoleName="R", Description=f"d{number}")
            watch.next_run(2)
            wanted += ["clean → drift", "recovered"] if wrong == 2 else ["job failed", "job working again"]
            assert watch.metric("reconciler_success") == float(wrong == 2)
            sandbox.control("calm")
            path.write_text(SPEC)
            sandbox.iam().update_role(RoleName="R", Description="")
            watch.next_run(2)
            assert watch.metric("reconciler_success") == 1
        last, runs = watch.memory(), watch.runs
        # Each takes longer than the interval.
        before = len(sandbox.log())
        sandbox.control("faults", latency=0.5)
        watch.next_run(5)
        sandbox.control("calm")
        slow = runs_in(sandbox.log()[before:])
        # The first may have been under way.
        assert (len(slow) >= 4, overlaps(slow)) == (True, [])
        assert watch.threads() < 60
        sandbox.control("faults", latency=60)
        time.sleep(2)
        began = time.monotonic()
        assert watch.stop() == 0
        left = time.monotonic() - began
    assert titles(hook) == wanted
    figure(
        f"{runs} runs: {first / 2**20:.1f} MiB after 10, {last / 2**20:.1f} MiB at the end; left in"
        f" {left:.1f} s while nothing answered"
    )
    assert last - first < 8 * 2**20


def test_a_password_in_the_endpoint_is_shown_nowhere(cli: Cli, path: Path, hook: Webhook) -> None:
    ran = cli(
        "drift",
        path,
        "--endpoint-url",
        "http://u:s3cr3t@127.0.0.1:1",
        "--notify",
        f"json://127.0.0.1:{hook.port}/",
        code=1,
    )
    assert "127.0.0.1:1" in ran.err
    assert "s3cr3t" not in ran.err + ran.out + str(hook.got)


def test_a_client_that_sends_a_letter_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.app.watch import server
    from reconciler.app.watch.metrics import WatchMetrics

    # What a whole request may take; a read of it may take as long as ever.
    monkeypatch.setattr(server, "_SECONDS_A_REQUEST", 0.5)
    with server.serving("127.0.0.1", 0, WatchMetrics(900, "any")) as url:
        host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            client.settimeout(0.05)
            until(lambda: is_cut_off(client))
        with urllib.request.urlopen(f"{url}healthz", timeout=PATIENCE) as answer:
            assert answer.status == 200


def is_cut_off(client: socket.socket) -> bool:
    """Whether the connection takes no other letter."""
    try:
        client.sendall(b"X: a\r\n")
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True
