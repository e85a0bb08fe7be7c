"""Through what the access of those changes who have no change of their own."""

from dataclasses import replace

from reconciler.core.access_change import AccessChange
from reconciler.facets.identity_documents import arns_of, is_identity
from reconciler.plan.access.identities import is_settled
from reconciler.plan.access.memberships import Groups
from reconciler.plan.comparison import Comparison

# What changes what those hold who are in a group.
_HELD = frozenset({"attached", "inline"})


def with_through(
    access: tuple[AccessChange, ...], drafts: tuple[Comparison, ...], groups: Groups
) -> tuple[AccessChange, ...]:
    """The same, each with the addresses of the policies and groups through which it comes."""
    done = tuple(filter(is_settled, drafts))
    policies = {
        d.want.arn: str(d.change.address) for d in done if any(f.field == "document" for f in d.change.fields)
    }
    changed = {
        d.want.name
        for d in done
        if d.change.address.kind == "group" and any(f.field in _HELD for f in d.change.fields)
    }
    own = {d.change.address: d for d in drafts if is_identity(d.want) and not d.change.differs}
    return tuple(
        (
            replace(change, through=_through(own[change.holder], policies, changed, groups))
            if change.holder in own
            else change
        )
        for change in access
    )


def _through(
    draft: Comparison, policies: dict[str, str], changed: set[str], groups: Groups
) -> tuple[str, ...]:
    user = draft.want.name if draft.change.address.kind == "user" else ""
    before, after = groups.before.get(user, ()), groups.after.get(user, ())
    states = (draft.have, draft.want, *before, *after)
    held = {arn for state in states if state for arn in arns_of(state)}
    old, new = ({group.name for group in side} for side in (before, after))
    its = sorted((old ^ new) | ((old | new) & changed))
    return (
        *(address for arn, address in policies.items() if arn in held),
        *(f"group.{name}" for name in its),
    )
