"""Whose a live resource is, and who caused a difference. Labels only: they never hide a difference."""

from dataclasses import dataclass

from reconciler.core.change import FieldChange, Origin
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind, State
from reconciler.facets import tags
from reconciler.facets.foreign_tools import foreign_owner
from reconciler.facets.mark import SpecMarks


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a live resource belongs to: ours, another spec (`owner`), another tool (`foreign`), or nobody."""

    ours: bool
    owner: str = ""
    foreign: str = ""


def claim(desired: Desired, have: State, all_tags: frozenset[tuple[str, str]]) -> Claim:
    """Where nothing is tagged, naming a resource in the spec is the claim."""
    foreign = foreign_owner(all_tags, getattr(desired.state, "tags", frozenset()))
    if desired.untagged:
        ours = have.owner in ("", desired.spec) and not foreign
        return Claim(ours, have.owner, foreign)
    if have.owner == desired.spec:
        return Claim(ours=True, owner=have.owner)
    return Claim(ours=False, owner=have.owner, foreign=foreign)


def of_others(have: State, marks: SpecMarks) -> str:
    """Whose a live resource is by its mark, if not the spec's that may bear `marks`; "" where it is."""
    return marks.whose_else(tags.mark_of(have.applied))


def bears_tag_alone(applied: str) -> str:
    """Why the text of its other tag can't prove that a spec made it, or ""."""
    if tags.applied_fields(applied) is not None:
        return ""
    return (
        f"bears the tag {tags.SPEC} alone: what an apply leaves beside it, {tags.APPLIED}, is missing or"
        " not ours"
    )


# The digests of what decides access; a user's groups are not always managed.
_ACCESS = ("attached", "boundary", "document", "inline", "trust")


def other_access(kind: AnyKind, have: State) -> str:
    """Why its tags don't prove that a spec made what it may do, or ""."""
    applied = tags.applied_fields(have.applied)
    if applied is None:
        return bears_tag_alone(have.applied)
    there = kind.fingerprints(have)
    other = [name for name in _ACCESS if name in there and applied.get(name) != there[name]]
    if not other:
        return ""
    return f"is not as was last applied ({', '.join(other)}): somebody changed it, or put the tags there"


def unproven(kind: AnyKind, have: State) -> str:
    """Why its tags don't prove that a spec made it as it is, or "".

    Anybody who may tag can write a spec's name on it.
    """
    alone = bears_tag_alone(have.applied)
    if alone:
        return alone
    applied = tags.applied_fields(have.applied) or {}
    there = kind.fingerprints(have)
    if not any(there.get(name) == digest for name, digest in applied.items()):
        return (
            f"is in no setting what was last applied, as its tag {tags.APPLIED} says: somebody may have put"
            " the tags there"
        )
    return ""


def origins(
    kind: AnyKind, specified: State, want: State, have: State, fields: tuple[FieldChange, ...]
) -> tuple[tuple[str, Origin], ...]:
    """For each field that differs.

    Changed outside (drift), in the spec (pending), both, or not to be told. `specified` is what the spec
    says, `want` the same with what it leaves alone as it is: what was applied last may have been either.
    """
    if not fields:
        return ()
    applied = tags.applied_fields(have.applied)
    every_want, live = (kind.fingerprints(specified), kind.fingerprints(want)), kind.fingerprints(have)
    labels: dict[str, Origin] = {}
    for change in fields:
        name = change.field
        wanted = {digests.get(name) for digests in every_want}
        labels[name] = _origin(applied.get(name) if applied else None, wanted, live.get(name))
    return tuple(sorted(labels.items()))


def _origin(applied: str | None, wanted: set[str | None], live: str | None) -> Origin:
    if applied is None:
        return "unknown"
    if applied in wanted:
        return "drift"
    return "pending" if applied == live else "both"
