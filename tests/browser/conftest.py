"""A browser for the tests of this folder.

`make test-browser` installs what they need and runs them; all other runs leave them out.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import pages
from tests.conftest import Cli, Server

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
_HERE = Path(__file__).parent


def _missing() -> str:
    """Why these tests can't run, or ""."""
    if not os.environ.get("BROWSER_TESTS"):
        return "make test-browser runs what needs a browser"
    return "" if CHROMIUM else "no chromium: make test-browser says how to get it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    why = _missing()
    for item in items:
        if why and item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.skip(reason=why))


@dataclass
class OpenedPage:
    """A page, with its messages and the addresses that it asked for."""

    page: Any
    messages: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Any) -> None:
        """Close a dialog that the page opened, and keep what it said."""
        self.messages.append(dialog.message)
        dialog.dismiss()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # As root, as in containers, Chromium starts without its sandbox only; it opens files that these tests
    # made.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., OpenedPage]]:
    """Opens a file in a window of its own; further settings are the browser context's."""
    contexts = []

    def open_(file: Path, **settings: Any) -> OpenedPage:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        opened_page = OpenedPage(context.new_page())
        opened_page.page.on("console", lambda message: opened_page.messages.append(message.text))
        opened_page.page.on("pageerror", lambda error: opened_page.messages.append(str(error)))
        opened_page.page.on("dialog", opened_page.dismiss)
        opened_page.page.on("request", lambda request: opened_page.asked.append(request.url))
        opened_page.page.goto(file.as_uri())
        return opened_page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def reports(_servers: dict[bool, Server], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All reports that are opened here, each written once."""
    server = _servers[True]
    files: dict[str, Path] = {}
    for name in ("founding", "drift", "attacked", "thousand"):
        folder = tmp_path_factory.mktemp(name)
        server.control("reset")
        cli = Cli(server, folder)
        if name == "founding":
            files |= pages.founding(cli, folder)
        elif name == "thousand":
            files[name] = pages.thousand(cli, folder)
        else:
            files[name] = {"drift": pages.drifted, "attacked": pages.attacked}[name](cli, server, folder)
    return files
