"""A real `reconcile`, killed at a write."""

import os
import signal
import subprocess
from pathlib import Path

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server


def kill_at(write: int, when: str, cli: Cli, sandbox: Server, *args: str | Path) -> None:
    """Run this and kill it at the write of this number: before it, with its answer lost, or after it."""
    sandbox.control("hold", write=write, when=when)
    process = subprocess.Popen(
        [RECONCILE, *args],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert sandbox.is_held(process), "the write was never reached"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=PATIENCE)
    sandbox.control("release")
