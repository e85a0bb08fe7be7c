"""Reports as one HTML file that loads nothing: a pure function from a plan or a drift run to text.

Nothing from AWS or a spec gets in unescaped: the template engine escapes every value, after what might hide
or reorder text was written as an escape; and the page's own policy lets no other script or style run than the
two in this folder.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reconciler.core.plan import Plan
from reconciler.core.principal_view import PrincipalView
from reconciler.core.results.drift import Drift, FailOn
from reconciler.core.text import escaped
from reconciler.report.html.checks import check_page
from reconciler.report.html.findings import drift_page
from reconciler.report.html.page import SYMBOLS, Page
from reconciler.report.html.plans import plan_page
from reconciler.report.html.run import PageRun
from reconciler.report.verify import Held

_HERE = Path(__file__).parent
# Up to so many things of a kind are open from the start; more are opened by whoever wants to see them.
MOST_OPEN = 40


def drift_html(drift: Drift, fail_on: FailOn, run: PageRun) -> str:
    """A drift run."""
    return _rendered(drift_page(drift, fail_on, run))


def plan_html(plan: Plan, pictures: tuple[PrincipalView, ...], run: PageRun) -> str:
    """A plan, with what its principals hold."""
    return _rendered(plan_page(plan, pictures, run))


def check_html(plan: Plan, drift: Drift, held: Held, run: PageRun) -> str:
    """A check: its checklist with what users have beside, and the same as findings."""
    return _rendered(check_page(plan, drift, held, run))


def _rendered(page: Page) -> str:
    style, script = _own("page.css"), _own("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704 - files of this package, with nothing of anybody else in them
            script=Markup(script),  # noqa: S704
            security=_security(style, script),
            symbols=SYMBOLS,
            most_open=MOST_OPEN,
        )
        + "\n"
    )


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _security(style: str, script: str) -> str:
    """What a browser lets the page do: its own style and script, an empty icon, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
    )
    environment.filters["grouped"] = lambda number: f"{number:,}"
    environment.filters["breakable"] = breakable
    return environment


# What every box has room for.
_FITS = 20


def breakable(text: str) -> str:
    """Text of ARNs, paths and hosts, which lines break between their parts and not within a word."""
    if len(text) <= _FITS:
        return text
    return Markup("<wbr>").join(re.split(r"(?<=[/:.,@=])(?=\w)", escaped(text)))


def _visible(value: Any) -> Any:
    """Text with what might hide or reorder it written as an escape; markup of the template as it is."""
    return escaped(value) if type(value) is str else value
