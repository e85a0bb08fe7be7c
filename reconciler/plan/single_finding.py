"""A plan narrowed to one finding: the resource as it is, but for that one difference."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.core.change import FieldChange
from reconciler.core.desired import Desired
from reconciler.core.results.finding import finding_id
from reconciler.facets import tags
from reconciler.plan.comparison import Comparison
from reconciler.plan.ignore import with_live

_ADDRESS = re.compile(r"[a-z]+(-[a-z]+)*\..+")


def differences(drafts: tuple[Comparison, ...]) -> Iterator[tuple[str, Comparison, FieldChange | None]]:
    """Each difference of what specs describe under its finding's id.

    None where the resource is not there at all.
    """
    for draft in drafts:
        address = draft.change.address
        if draft.have is None:
            yield finding_id(address, "absent"), draft, None
            continue
        for field in draft.change.fields:
            yield finding_id(address, field.field, field.item), draft, field


def narrow_to_finding(drafts: tuple[Comparison, ...], wanted: str) -> Desired | None:
    """What is desired where only the finding of this id is mended; None where no difference has it."""
    for id_, draft, field in differences(drafts):
        if id_ == wanted:
            desired = draft.seen.desired
            return desired if field is None else replace(desired, state=_only(draft, field))
    for draft in drafts:
        if draft.change.action == "adopt" and finding_id(draft.change.address, "not-owned") == wanted:
            return draft.seen.desired
    return None


def of_address(drafts: tuple[Comparison, ...], wanted: str) -> str:
    """What to say where an address was given in place of an id, "" where it is none."""
    its = tuple(draft for draft in drafts if str(draft.change.address) == wanted)
    ids = [
        f"{id_} ({f'{field.field} {field.item}'.strip() if field else 'absent'})"
        for id_, _, field in differences(its)
    ]
    ids += [
        f"{finding_id(d.change.address, 'not-owned')} (not-owned)" for d in its if d.change.action == "adopt"
    ]
    if not its and not _ADDRESS.fullmatch(wanted):
        return ""
    if ids:
        return f"{wanted} is an address and no id; its differences are {', '.join(ids)}"
    return (
        f"{wanted} is an address and no id, and {'is as its spec says' if its else 'no loaded spec has it'}"
    )


def _only(draft: Comparison, kept: FieldChange) -> Any:
    want = draft.want
    for field in draft.change.fields:
        if field is not kept:
            want = with_live(want, draft.have, field)
    return replace(want, applied=_applied(draft, kept.field))


def _applied(draft: Comparison, field: str) -> str:
    """The live tag with the digest of this one field, so that the others stay what they are.

    Drift, or pending.
    """
    present = tags.applied_fields(draft.have.applied)
    new = draft.seen.desired.kind.fingerprints(draft.want)
    return tags.applied_value({**present, field: new[field]}) if present and field in new else ""
