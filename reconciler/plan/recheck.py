"""Which differences are asked about once more.

Account-wide answers may be later than those about one resource.
"""

from reconciler.plan.comparison import Comparison

# Many things that are not there at all are a spec that is new; a few may be lists that don't show them yet.
_MOST_NEW = 20


def doubtful(drafts: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """Those that lists show to differ, in whatever way that would be shown."""
    differing = [draft for draft in drafts if draft.seen.is_from_lists and not _is_settled(draft)]
    new = [draft for draft in differing if draft.have is None]
    return tuple(d for d in differing if d.have is not None or len(new) <= _MOST_NEW)


def _is_settled(draft: Comparison) -> bool:
    change = draft.change
    return change.action == "none" and not (change.calls or change.noted or change.ignored)
