"""What is shown on a page that is open in Chromium."""

from collections.abc import Callable
from typing import Any

from tests import conftest
from tests.browser.conftest import OpenedPage

Open = Callable[..., OpenedPage]
SMALL = ("plan", "verify", "drift", "attacked")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
# What is far away is laid out only when it comes near; tests that measure want all of it at once.
ALL_LAID_OUT = (
    "for (const one of document.querySelectorAll('.item, .role, .document, .listing li'))"
    " one.style.contentVisibility = 'visible'"
)


def until(page: Any, expression: str) -> None:
    conftest.until(lambda: page.evaluate(expression))


def shown(page: Any, selector: str) -> list[str]:
    texts: list[str] = page.evaluate(
        "selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility()).map(e =>"
        " e.textContent)",
        selector,
    )
    return texts
