"""The differences of two normal forms, for people who want to see what a comparison looked at."""

from typing import Any

from deepdiff import DeepDiff

from reconciler.policy.document.document import Document
from reconciler.policy.meaning.canonical import Normal, normal

_KINDS = {
    "values_changed": "changed",
    "type_changes": "changed",
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "dictionary_item_removed": "removed",
    "iterable_item_removed": "removed",
}


def changes(old: Document, new: Document) -> list[dict[str, Any]]:
    """Each difference: what kind, where, the old and the new value."""
    differences = DeepDiff(_plain(normal(old)), _plain(normal(new)), ignore_order=True, view="tree")
    return [
        {
            "kind": _KINDS.get(kind, kind),
            "path": level.path(),
            "old": _shown(level.t1),
            "new": _shown(level.t2),
        }
        for kind, levels in sorted(differences.items())
        for level in sorted(levels, key=lambda level: str(level.path()))
    ]


def _plain(form: Normal) -> dict[str, Any]:
    return {
        "version": form.version,
        "statements": sorted(
            (
                {
                    "effect": s.effect,
                    "actions": _texts(s.actions),
                    "resources": _texts(s.resources),
                    "principals": {kind: sorted(values) for kind, values in sorted(s.principals)},
                    "conditions": {f"{o} {k}": sorted(v) for o, k, v in sorted(s.conditions, key=str)},
                }
                for s in form.statements
            ),
            key=str,
        ),
    }


def _texts(values: frozenset[str]) -> list[str]:
    return sorted(value.removeprefix("= ") for value in values)


def _shown(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict) else None
