"""Those outside the specs who would feel it if a resource were deleted: who trusts it, and whom it guards."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.core.usage import Usage, Who
from reconciler.facets.inline_policies import denies
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion import references
from reconciler.policy.document.document import Document, as_list

_SHOWN = 3


def trusting(who: Who, arn: str, trusts: Mapping[str, Document]) -> tuple[Who, ...]:
    """The roles whose trust policies name it."""
    names = references.names_of(*who, arn)
    return tuple(
        ("role", role) for role, trust in sorted(trusts.items()) if references.trusted(trust) & names
    )


def unjudged(usage: Usage, arn: str, drafts: tuple[Comparison, ...]) -> tuple[Who, ...]:
    """Those who lose access by the deletion without a change of their own, which a plan would judge."""
    # What is left alone there is no change either.
    judged = {
        (d.change.address.kind, d.change.address.name)
        for d in drafts
        if arn not in getattr(d.want, "attached", ())
    }
    return tuple(who for who in usage.used_by if who not in judged)


def policies_of(have: Any) -> frozenset[str]:
    """The managed policies whose documents tell what a resource that goes denies to those who hold it."""
    return frozenset(have.attached) if hasattr(have, "users") else frozenset()


def denied(have: Any, documents: Mapping[str, Document]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a deleted policy or group denies to those who hold it; and the policies where that is unknown."""
    held = [have.document] if hasattr(have, "document") else []
    if hasattr(have, "users"):
        held += [document for _, document in have.inline]
    managed = sorted(policies_of(have))
    held += [documents[arn] for arn in managed if arn in documents]
    denials = dict.fromkeys(what for document in held if denies(document) for what in _denied_by(document))
    return tuple(denials), tuple(arn for arn in managed if arn not in documents)


def _denied_by(document: Document) -> Iterator[str]:
    for statement in document.statements:
        if statement.get("Effect") == "Deny":
            for key, text in (("Action", "{}"), ("NotAction", "all but {}")):
                if key in statement:
                    yield text.format(_few(tuple(map(str, as_list(statement[key])))))


def _few(some: tuple[str, ...]) -> str:
    return ", ".join(some[:_SHOWN]) + (f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else "")
