"""What somebody else has changed: between two looks at a resource, and after the calls of an apply."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.core.change import Change, FieldChange, Snapshot
from reconciler.core.kind import AnyKind
from reconciler.core.text import owned_by
from reconciler.plan.rollback import as_state, is_neither


def between(kind: AnyKind, name: str, first: Snapshot | None, second: Snapshot | None) -> tuple[str, ...]:
    """What is otherwise at the second look, in words; both are None where there was nothing."""
    if first is None or second is None:
        return () if first is second else ("was created",) if first is None else ("was deleted",)
    fields = kind.diff(as_state(kind, name, second), as_state(kind, name, first))
    return (*_owners(first, second), *map(_words, fields))


def _owners(first: Snapshot, second: Snapshot) -> Iterator[str]:
    if first.owner != second.owner:
        was, now = (owned_by(owner) if owner else "owned by nobody" for owner in (first.owner, second.owner))
        yield f"was {was}, is {now}"


def _words(field: FieldChange) -> str:
    name = f"{field.field} {field.item}".rstrip()
    if field.shape == "set":
        signs = [*(f"+ {text}" for text in field.added), *(f"- {text}" for text in field.removed)]
        return f"{name} {', '.join(signs)}"
    if field.before is None or field.after is None:
        return f"{name} {'added' if field.before is None else 'removed'}"
    return f"{name} changed" if field.shape == "document" else f"{name} {field.before} → {field.after}"


def since(change: Change, live: Snapshot | None) -> tuple[str, ...]:
    """The settings that are live neither as they were before an apply nor as it left them.

    What is as it was may only be late to be seen, so nothing is said of that.
    """
    if live is None or change.after is None:
        return ()
    before: Mapping[str, Any] = json.loads(change.before.settings) if change.before else {}
    after: Mapping[str, Any] = json.loads(change.after.settings)
    now: Mapping[str, Any] = json.loads(live.settings)
    return tuple(
        text for facet in now for text in _since(facet, before.get(facet), after.get(facet), now[facet])
    )


def _since(facet: str, before: Any, after: Any, live: Any) -> Iterator[str]:
    if isinstance(live, list):
        was, to_be = set(map(str, before or ())), set(map(str, after or ()))
        yield from (f"{facet} + {text}" for text in map(str, live) if text not in was | to_be)
        yield from (f"{facet} - {text}" for text in sorted((was & to_be) - set(map(str, live))))
    elif isinstance(live, dict) and facet in ("inline", "tags"):
        old, new = before or {}, after or {}
        for key in sorted({*live, *old, *new}):
            if is_neither(facet, live.get(key), old.get(key), new.get(key)):
                is_new = key not in old and key not in new
                yield f"{facet} {key} {'added' if is_new else 'changed' if key in live else 'removed'}"
    elif is_neither(facet, live, before, after):
        yield f"{facet} changed"
