"""Differences that the spec says to leave alone: shown, never acted on, part of no verdict."""

from dataclasses import replace
from typing import Any

from reconciler.core.change import FieldChange
from reconciler.core.desired import Ignore
from reconciler.core.kind import AnyKind

Ignored = tuple[tuple[FieldChange, str], ...]


def leave_alone(kind: AnyKind, want: Any, have: Any, ignores: tuple[Ignore, ...]) -> tuple[Any, Ignored]:
    """The desired state with the live value wherever an entry says so; and what is ignored, and why."""
    ignored: list[tuple[FieldChange, str]] = []
    for change in kind.diff(want, have) if ignores else ():
        for part in _parts(change):
            reason = left_alone(part, ignores)
            if reason:
                ignored.append((part, reason))
                want = with_live(want, have, part)
    return want, tuple(ignored)


def _parts(change: FieldChange) -> tuple[FieldChange, ...]:
    """A set's difference value by value, so that one can be left alone and another not."""
    if change.shape != "set":
        return (change,)
    gone = {_key(change, value): value for value in change.removed}
    new = {_key(change, value): value for value in change.added}
    return tuple(
        replace(
            change,
            before=tuple(v for v in (gone.get(key),) if v),
            after=tuple(v for v in (new.get(key),) if v),
        )
        for key in sorted(gone.keys() | new.keys())
    )


def _key(change: FieldChange, value: str) -> str:
    """What belongs together: the old and the new value of one tag or rule, else each value by itself."""
    return value.partition("=")[0] if change.field in ("tags", "password_policy") else value


def with_live(want: Any, have: Any, change: FieldChange) -> Any:
    """The desired state with live's value for this one difference."""
    field = change.field
    wanted, live = getattr(want, field), getattr(have, field)
    if change.shape == "set":
        lines = {_line(member): member for member in (*wanted, *live)}
        gone = {lines[line] for line in change.removed}
        new = {lines[line] for line in change.added}
        kept = (set(wanted) | gone) - new
        return replace(want, **{field: type(wanted)(sorted(kept) if isinstance(wanted, tuple) else kept)})
    if change.item:
        items = {**dict(wanted), **{k: v for k, v in live if k == change.item}}
        if change.before is None:
            items.pop(change.item)
        return replace(want, **{field: tuple(sorted(items.items(), key=lambda pair: pair[0]))})
    return replace(want, **{field: live})


def _line(member: Any) -> str:
    return member if isinstance(member, str) else "=".join(member)


def left_alone(change: FieldChange, ignores: tuple[Ignore, ...]) -> str:
    """The reason why a whole difference is to be left alone, or "".

    A set is left alone only when every value in which it differs is.
    """
    is_live, values = _values(change)
    reasons = [
        next((i.reason for i in ignores if i.fits(change.field, value, is_live=is_live)), "")
        for value in values
    ]
    return reasons[0] if reasons and all(reasons) else ""


def _values(change: FieldChange) -> tuple[bool, tuple[str, ...]]:
    """The values in which live differs, or where it only lacks something, what it lacks."""
    if change.shape == "set":
        return bool(change.removed), change.removed or change.added
    is_live = change.before is not None
    return is_live, (change.item or (change.before if isinstance(change.before, str) else ""),)
