"""Policies by which somebody may come to more.

Those who hold them live must be judged, also outside the plan.
"""

from reconciler.plan.access.identities import is_settled
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare.delta import delta
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts


def gaining(drafts: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """The policies that a plan makes allow more or deny less, and those of which that is not known."""
    return tuple(
        d for d in drafts if is_settled(d) and _differs(d) and _gives_more(d.have.document, d.want.document)
    )


def exceeding(drafts: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """The policies that are live with more than their specs say, and those of which that is not known."""
    return tuple(d for d in drafts if _differs(d) and _gives_more(d.want.document, d.have.document))


def _differs(draft: Comparison) -> bool:
    return draft.have is not None and any(field.field == "document" for field in draft.change.fields)


def _gives_more(old: Document, new: Document) -> bool:
    if any(shape_verdicts(document.data, identity=True) for document in (old, new)):
        return True
    change = delta(old, new)
    return change.gained.answer != "no" or change.denied_removed.answer != "no"
