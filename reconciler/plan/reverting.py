"""What an apply changed, taken back: the live state with the changed parts as they were before it.

Only what that apply changed is taken back. Of attachments, inline policies and tags each is a part of its own, so
that one which came since stays; every other setting is restored as a whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import Snapshot
from reconciler.core.kind import Kind
from reconciler.core.plan import Refusal
from reconciler.parts.inline_policies import denies
from reconciler.plan.desired import Desired
from reconciler.policy.document import document
from reconciler.policy.equality import same_meaning

_IN_PARTS = ("attached", "inline", "tags")


@dataclass(frozen=True, slots=True)
class Step:
    """What an apply set out to do to one resource; `before` is None where it created it."""

    address: Address
    kind: Kind
    facets: tuple[str, ...]
    before: Snapshot | None
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Reverted:
    """The state to go back to, and the settings that someone changed since the apply."""

    state: Any
    changed_since: tuple[str, ...]


def as_state(kind: Kind, name: str, found: Snapshot) -> Any:
    """The state that a snapshot is of.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is of none.
    """
    state = kind.restored(name, found.arn, json.loads(found.settings))
    return replace(state, owner=found.owner, applied=found.applied)


def reverted(step: Step, before: Snapshot, have: Any) -> Reverted:
    """The live state with what the step changed as it was before, whether the step came to pass or not."""
    was, became = json.loads(before.settings), json.loads(step.after.settings)
    live = step.kind.render(have)
    since: list[str] = []
    for facet in step.facets:
        live[facet], changed = _merged(facet, was[facet], became[facet], live[facet])
        since += changed
    state = step.kind.restored(have.name, have.arn, live)
    return Reverted(replace(state, owner=before.owner), tuple(since))


def _merged(facet: str, was: Any, became: Any, live: Any) -> tuple[Any, list[str]]:
    if facet not in _IN_PARTS:
        return was, [facet] if _is_neither(facet, live, was, became) else []
    if isinstance(live, list):
        return sorted((set(live) - (set(became) - set(was))) | (set(was) - set(became))), []
    return _merged_map(facet, was, became, live)


def _merged_map(
    facet: str, was: Mapping[str, Any], became: Mapping[str, Any], live: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    merged, since = dict(live), []
    for key in sorted(was.keys() | became.keys()):
        if _same(facet, was.get(key), became.get(key)):
            continue
        if _is_neither(facet, live.get(key), was.get(key), became.get(key)):
            since.append(f"{facet} {key}")
        merged.pop(key, None)
        if key in was:
            merged[key] = was[key]
    return merged, since


def _is_neither(facet: str, live: Any, was: Any, became: Any) -> bool:
    return not (_same(facet, live, was) or _same(facet, live, became))


def _same(facet: str, one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return same_meaning(document(one), document(other), trust=facet == "trust")
    return bool(one == other)


def with_limits_first(desired: tuple[Desired, ...]) -> tuple[Desired, ...]:
    """The same, told which of the restored policies deny: those go into force before what they limit."""
    documents = {d.state.arn: d.state.document for d in desired if hasattr(d.state, "document")}
    denying = frozenset(arn for arn, made in documents.items() if denies(made))
    return tuple(
        replace(d, state=replace(d.state, denying=denying)) if hasattr(d.state, "denying") else d
        for d in desired
    )


def objections(address: Address, since: tuple[str, ...]) -> tuple[Refusal, ...]:
    """What someone else changed meanwhile is not undone unasked."""
    return tuple(
        Refusal(address, f"{what} was changed since that apply, and would be overwritten", "--force")
        for what in since
    )
