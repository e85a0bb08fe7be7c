"""Desired states whose documents are wanted to the letter: for `--rewrite`."""

from dataclasses import fields, replace
from typing import Any

from reconciler.core.desired import Desired
from reconciler.policy.document.document import Document


def to_the_letter(desired: Desired) -> Desired:
    """The same resource, equal to live only where its documents are written the same."""
    changed = {f.name: _marked(getattr(desired.state, f.name)) for f in fields(desired.state)}
    return replace(desired, state=replace(desired.state, **changed))


def _marked(value: Any) -> Any:
    if isinstance(value, Document):
        return replace(value, to_the_letter=True)
    return tuple(_marked(item) for item in value) if isinstance(value, tuple) else value
