"""Those who hold policies, in states and in drafts."""

from typing import Any

from reconciler.plan.comparison import Comparison


def is_settled(draft: Comparison) -> bool:
    """Whether the plan brings it about: what can't be leaves things as they are."""
    return not draft.change.obstacles


def is_identity(state: Any) -> bool:
    """Whether a state is of a principal that holds policies within a boundary."""
    return hasattr(state, "attached") and hasattr(state, "boundary")


def arns_of(state: Any) -> frozenset[str]:
    """The managed policies that a principal holds, its boundary among them."""
    limit = {state.boundary} if state.boundary else set()
    return frozenset(state.attached | limit)


def changed_policies(drafts: tuple[Comparison, ...]) -> frozenset[str]:
    """The ARNs of managed policies that say something else afterwards."""
    return frozenset(d.want.arn for d in drafts if any(f.field == "document" for f in d.change.fields))
