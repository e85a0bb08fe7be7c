"""The documents that a role, user or group holds, from its state."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.risk.broad import ADMINISTRATOR, EVERYTHING


def is_identity(state: Any) -> bool:
    """Whether a state is of a principal that holds policies within a boundary."""
    return hasattr(state, "attached") and hasattr(state, "boundary")


def arns_of(state: Any) -> frozenset[str]:
    """The managed policies that a principal holds, its boundary among them."""
    limit = {state.boundary} if state.boundary else set()
    return frozenset(state.attached | limit)


def holdings(state: Any, documents: Mapping[str, Document], groups: Iterable[Any] = ()) -> IdentityPolicies:
    """A principal's documents, and those of its groups; what can't be read, or is no document, is unseen.

    `state` is None for one that is not there, or of which nothing is known.
    """
    own = _holdings(state, documents) if state else IdentityPolicies(())
    through = [(f"group {group.name}", _holdings(group, documents)) for group in groups]
    return replace(
        own,
        identity=(
            *own.identity,
            *((f"{where}, {name}", document) for where, held in through for name, document in held.identity),
        ),
        unseen=(*own.unseen, *(f"{name} of the {where}" for where, held in through for name in held.unseen)),
        own=tuple(dict.fromkeys((*own.own, *(arn for _, held in through for arn in held.own)))),
    )


def _holdings(state: Any, documents: Mapping[str, Document]) -> IdentityPolicies:
    account = state.arn.split(":")[4]
    attached = sorted(state.attached)
    limit = state.boundary
    known = {arn: EVERYTHING for arn in arns_of(state) if arn.endswith(ADMINISTRATOR)}
    held = {**known, **{arn: documents[arn] for arn in arns_of(state) if arn in documents}}
    usable = {arn: document for arn, document in held.items() if _is_usable(document)}
    return IdentityPolicies(
        identity=(
            *((arns.short(arn, account), usable[arn]) for arn in attached if arn in usable),
            *((f"inline policy {name}", document) for name, document in state.inline),
        ),
        boundary=(arns.short(limit, account), usable[limit]) if limit in usable else None,
        unseen=tuple(arns.short(arn, account) for arn in attached if arn not in usable),
        unseen_boundary=arns.short(limit, account) if limit and limit not in usable else "",
        own=(state.arn, *attached),
        limit=limit,
        tags=tuple(sorted(getattr(state, "tags", ()))),
    )


@lru_cache(maxsize=4096)
def _is_usable(document: Document) -> bool:
    """Whether it can be judged: it says nothing, or is a document that IAM takes."""
    return not (document.statements and shape_verdicts(document.data, identity=True))
