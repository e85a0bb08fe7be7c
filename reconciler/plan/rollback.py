"""What an apply changed, taken back: the live state with the changed parts as they were before it.

Only what that apply changed is taken back. Of attachments, inline policies and tags each is a part of its
own, so that one which came since stays; every other setting is restored as a whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import Snapshot
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.core.plan import Refusal
from reconciler.facets import tags
from reconciler.facets.inline_policies import denies
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document, document
from reconciler.policy.document.grammar import SYNTAX
from reconciler.policy.document.readable import shape_verdicts

_IN_PARTS = ("attached", "inline", "tags")
_DOCUMENTS = ("document", "trust", "inline")
# An operation and its parameters.
Attempt = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What an apply set out to do to one resource; `before` is None where it created it.

    Where it deleted it, `after` is the resource with nothing in it. `attempts` are the calls on it that may
    have taken effect: what was not tried, or is known to have failed, was not changed by that apply.
    """

    address: Address
    kind: AnyKind
    facets: tuple[str, ...]
    before: Snapshot | None
    after: Snapshot
    attempts: tuple[Attempt, ...] = ()
    deletes: bool = False

    @property
    def touched(self) -> frozenset[tuple[str, str]]:
        """The settings that may have been changed, with the part of each, "" for the whole."""
        facets_touched: set[tuple[str, str]] = set()
        for operation, params in self.attempts:
            facets, parameter = self.kind.UPDATED_FACETS.get(operation, ((), ""))
            facets_touched |= {(facet, item) for facet in facets for item in _items(params.get(parameter))}
        return frozenset(facets_touched)


def _items(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (str(value or ""),)
    return tuple(str(member["Key"]) if isinstance(member, dict) else str(member) for member in value)


@dataclass(frozen=True, slots=True)
class Reverted:
    """The state to go back to, and the settings that someone changed since the apply."""

    state: Any
    changed_since: tuple[str, ...]


def as_state(kind: AnyKind, name: str, snapshot: Snapshot) -> Any:
    """The state that a snapshot is of.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is of none.
    """
    settings = json.loads(snapshot.settings)
    _check_documents(settings)
    state = kind.from_snapshot(name, snapshot.arn, settings)
    return replace(state, owner=snapshot.owner, applied=snapshot.applied)


def _check_documents(settings: Mapping[str, Any]) -> None:
    inline = settings.get("inline", {})
    for policy in (*inline.values(), *(settings[key] for key in ("document", "trust") if key in settings)):
        problems = shape_verdicts(policy, identity=policy is not settings.get("trust"))
        if any(verdict.message == SYNTAX for verdict in problems):
            raise ValueError


def revert(step: Step, before: Snapshot, have: Any) -> Reverted:
    """The live state with what the step may have changed as it was before."""
    was, became = json.loads(before.settings), json.loads(step.after.settings)
    live = step.kind.to_snapshot(have)
    since: list[str] = []
    touched = step.touched
    for facet in step.facets:
        parts = {item for touched_facet, item in touched if touched_facet == facet}
        if facet == "tags" and step.kind.FOLDS_TAG_KEYS:
            live[facet] = _respelt(live[facet], {*was[facet], *became[facet]})
        if parts:
            live[facet], changed = _merged(facet, parts, was[facet], became[facet], live[facet])
            since += changed
    state = step.kind.from_snapshot(have.name, have.arn, live)
    marked = {tag for tag in (tags.SPEC, tags.APPLIED) if ("tags", tag) in touched}
    owner = before.owner if tags.SPEC in marked else have.owner
    applied = before.applied if tags.APPLIED in marked else have.applied
    return Reverted(replace(state, owner=owner, applied=applied), tuple(since))


def _respelt(live: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """Live tags with their keys spelt as they are known."""
    spelling = {key.lower(): key for key in sorted(known)}
    return {key if key in known else spelling.get(key.lower(), key): value for key, value in live.items()}


def _merged(facet: str, parts: set[str], was: Any, became: Any, live: Any) -> tuple[Any, list[str]]:
    if facet not in _IN_PARTS:
        return was, [facet] if is_neither(facet, live, was, became) else []
    if isinstance(live, list):
        gone, new = set(was) - set(became), set(became) - set(was)
        return sorted((set(live) - (new & parts)) | (gone & parts)), []
    return _merged_map(facet, parts, was, became, live)


def _merged_map(
    facet: str, parts: set[str], was: Mapping[str, Any], became: Mapping[str, Any], live: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    merged, since = dict(live), []
    for key in sorted((was.keys() | became.keys()) & parts):
        if _same(facet, was.get(key), became.get(key)):
            continue
        if is_neither(facet, live.get(key), was.get(key), became.get(key)):
            since.append(f"{facet} {key}")
        merged.pop(key, None)
        if key in was:
            merged[key] = was[key]
    return merged, since


def is_neither(facet: str, live: Any, was: Any, became: Any) -> bool:
    """Whether a setting is neither as it was nor as it became; documents count by their meaning."""
    return not (_same(facet, live, was) or _same(facet, live, became))


def _same(facet: str, before: Any, after: Any) -> bool:
    if facet in _DOCUMENTS and isinstance(before, dict) and isinstance(after, dict):
        return same_meaning(document(before), document(after), trust=facet == "trust")
    return bool(before == after)


def with_limits_first(desired: tuple[Desired, ...], others: Mapping[str, Document]) -> tuple[Desired, ...]:
    """The same, told which policies deny: those are in force before, and longer than, what they limit.

    `others` are the documents of policies that are not restored, by ARN.
    """
    documents = {**others, **{d.state.arn: d.state.document for d in desired if hasattr(d.state, "document")}}
    denying = frozenset(arn for arn, document in documents.items() if denies(document))
    return tuple(
        replace(d, state=replace(d.state, denying=denying)) if hasattr(d.state, "denying") else d
        for d in desired
    )


def with_roles_where_they_are(desired: tuple[Desired, ...]) -> tuple[Desired, ...]:
    """The same, with the paths of roles that come back beside the instance profiles which they go into."""
    roles = {d.state.name: d.state.arn for d in desired if d.kind.KIND == "role"}
    return tuple(
        (
            replace(d, state=replace(d.state, role_arn=roles[d.state.roles[0]]))
            if getattr(d.state, "roles", ()) and d.state.roles[0] in roles
            else d
        )
        for d in desired
    )


def objections(address: Address, since: tuple[str, ...]) -> tuple[Refusal, ...]:
    """What someone else changed meanwhile is not undone unasked."""
    return tuple(
        Refusal(address, f"{what} was changed since that apply, and would be overwritten", "--force")
        for what in since
    )
