"""A drift run as a page for a browser."""

from html import escape

from reconciler.core.drift import Drift, FailOn
from reconciler.report.drift_text import drift_text
from reconciler.report.style import Style


def page(found: Drift | None, fail_on: FailOn, said: str) -> str:
    """The run, or what there is to say where there is none."""
    text = drift_text(found, Style(), fail_on) if found is not None else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>reconcile</title></head>'
        f"<body><p>{escape(said)}</p><pre>{escape(text)}</pre></body></html>\n"
    )
