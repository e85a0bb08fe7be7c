"""The HTML report of a thousand roles: its size, the time to write it, and the time to paint it."""

import os
import shutil
import tempfile
from pathlib import Path

from tests.bench import triples
from tests.bench.measured import sandbox
from tests.conftest import RECONCILE


def reporting() -> None:
    """The plan of as many new roles, with the report and without.

    The difference is what the report costs.
    """
    with tempfile.TemporaryDirectory() as folder, sandbox(latency=0) as server:
        specs, file = triples.written(Path(folder) / "specs", 1000), Path(folder) / "page.html"
        bare = server.run("plan", [RECONCILE, "plan", specs])
        full = server.run("plan with a report", [RECONCILE, "plan", specs, "--report", f"html={file}"])
        print(
            f"HTML report of 1,000 roles, 4,000 changes: {file.stat().st_size / 1e6:.1f} MB,"
            f" {full.seconds - bare.seconds:.1f} s to make, {_painted(file)}"
        )


def _painted(file: Path) -> str:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return "not opened: make test-browser installs a browser"
    if not chromium:
        return "not opened: there is no chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        page = browser.new_page()
        page.goto(file.as_uri())
        painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        loaded = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        browser.close()
    return f"painted after {painted:.0f} ms, all there after {loaded:.0f} ms"
