"""A plan narrowed to one finding: the resource as it is, but for that one difference."""

from dataclasses import replace
from typing import Any

from reconciler.core.change import FieldChange
from reconciler.core.finding import finding_id
from reconciler.parts import tags
from reconciler.plan.desired import Desired
from reconciler.plan.ignoring import with_live
from reconciler.plan.planner import Draft


def narrowed(drafts: tuple[Draft, ...], wanted: str) -> Desired | None:
    """What is desired where only the finding of this id is mended; None where no difference has it."""
    for draft in drafts:
        address, desired = draft.change.address, draft.seen.desired
        if draft.have is None:
            if finding_id(address, "absent") == wanted:
                return desired
            continue
        if draft.change.action == "adopt" and finding_id(address, "not-owned") == wanted:
            return desired
        for field in draft.change.fields:
            if finding_id(address, field.field, field.item) == wanted:
                return replace(desired, state=_only(draft, field))
    return None


def _only(draft: Draft, kept: FieldChange) -> Any:
    want = draft.want
    for field in draft.change.fields:
        if field is not kept:
            want = with_live(want, draft.have, field)
    return replace(want, applied=_applied(draft, kept.field))


def _applied(draft: Draft, field: str) -> str:
    """The live tag with the digest of this one field, so that the others stay what they are: drift, or pending."""
    present = tags.applied_fields(draft.have.applied)
    new = draft.seen.desired.kind.fingerprints(draft.want)
    return tags.applied_value({**present, field: new[field]}) if present and field in new else ""
