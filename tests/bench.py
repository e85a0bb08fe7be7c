"""`make bench`: what is measured, as counts and as ratios within one run. Prints; asserts nothing."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from reconciler.sandbox import server
from tests.conftest import RECONCILE, ROOT, Cli, Server

SPEC = "specs/ecr.yaml"
RUNS = 11


def seconds(command: list[str]) -> float:
    """The time of one run."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - began


def start_up() -> None:
    """Validate against importing what it is made of, taken in turns so that load hits both alike."""
    base = [sys.executable, "-c", "import pydantic, yaml, click"]
    commands = {"validate": [str(RECONCILE), "validate", SPEC], "--help": [str(RECONCILE), "--help"]}
    times: dict[str, list[float]] = {name: [] for name in ("imports", *commands)}
    for _ in range(RUNS):
        times["imports"].append(seconds(base))
        for name, command in commands.items():
            times[name].append(seconds(command))
    floor = median(times["imports"])
    print(f"importing pydantic, yaml, click   {floor * 1000:6.0f} ms")
    for name in commands:
        print(
            f"reconcile {name:<22}  {median(times[name]) * 1000:6.0f} ms   ratio {median(times[name]) / floor:.2f}"
        )


def calls() -> None:
    """Requests counted at the server."""
    sandbox = server.start()
    served = Server(sandbox.url)
    with tempfile.TemporaryDirectory() as home:
        cli = Cli(served, Path(home))
        for name, command in (
            ("plan of nothing there", ("plan", SPEC)),
            ("first apply", ("apply", SPEC, "--yes")),
            ("converged plan", ("plan", SPEC)),
            ("second apply", ("apply", SPEC, "--yes")),
            ("verify", ("verify", SPEC)),
            ("drift", ("drift", SPEC)),
        ):
            before = served.log()
            cli(*command)
            new = served.log()[len(before) :]
            writes = sum(1 for entry in new if entry["write"])
            print(f"{name:<22} {len(new) - writes:3} reads {writes:3} writes")
    sandbox.stop()


if __name__ == "__main__":
    start_up()
    print()
    calls()
