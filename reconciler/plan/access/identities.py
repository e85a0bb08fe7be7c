"""Those who hold policies, in states and in drafts."""

from reconciler.plan.comparison import Comparison


def is_settled(draft: Comparison) -> bool:
    """Whether the plan brings it about: what can't be leaves things as they are."""
    return not draft.change.obstacles


def changed_policies(drafts: tuple[Comparison, ...]) -> frozenset[str]:
    """The ARNs of managed policies that say something else afterwards."""
    return frozenset(d.want.arn for d in drafts if any(f.field == "document" for f in d.change.fields))
