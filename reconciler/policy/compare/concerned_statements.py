"""What a change of a principal's documents is about.

It is about the statements that change, and those that may meet them.

A request by which two sides differ is one to which a statement applies that only one side has. A
statement of both sides that shares no action or no resource with any of these never applies to such a
request, so it decides nothing. So principals that have the same change next to other statements are
compared only once.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.compared_statements import GAINED, LOST, ComparedStatements
from reconciler.policy.compare.delta import of_principal
from reconciler.policy.compare.identity import IdentityPolicies, all_documents
from reconciler.policy.compare.overlap import can_meet, may_share
from reconciler.policy.compare.witness import as_spelled, better
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.statements import Statement, statements

Changed = frozenset[Statement]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The statements of a side that matter, and where each stands among all of the side."""

    statements: tuple[Statement, ...]
    numbers: tuple[int, ...]


def gained_and_lost(before: IdentityPolicies, after: IdentityPolicies) -> tuple[AccessVerdict, AccessVerdict]:
    """What a principal gains and loses by all its documents, with witnesses that people know.

    The statements of a verdict are numbered through the documents of its side, those of the boundary last.
    """
    changed = _changed(before, after)
    old, new = _kept(before, changed), _kept(after, changed)
    bounded = (before.boundary is not None, after.boundary is not None)
    gained, lost = _answers(ComparedStatements(old.statements, new.statements, bounded))
    documents = (*all_documents(before), *all_documents(after))
    return (
        as_spelled(replace(gained, by=_numbered(gained, new)), documents),
        as_spelled(replace(lost, by=_numbered(lost, old)), documents),
    )


@lru_cache(maxsize=4096)
def _answers(sides: ComparedStatements) -> tuple[AccessVerdict, AccessVerdict]:
    gained, lost = of_principal(sides)
    return better(gained, sides, GAINED, ()), better(lost, sides, LOST, ())


def _numbered(verdict: AccessVerdict, kept: _Kept) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((kept.numbers[index], texts) for index, texts in verdict.by)


def _changed(before: IdentityPolicies, after: IdentityPolicies) -> Changed | None:
    """The statements of documents that only one side has; None where everything may matter."""
    if (before.boundary is None) != (after.boundary is None):
        return None
    old, new = _documents(before), _documents(after)
    changed: Changed = frozenset()
    for document, limits in old ^ new:
        changed |= frozenset(_statements(document, limits=limits))
    return changed


def _documents(role: IdentityPolicies) -> frozenset[tuple[Document, bool]]:
    """Each document, and whether it is the boundary."""
    limit = [(role.boundary[1], True)] if role.boundary else []
    return frozenset([*((document, False) for _, document in role.identity), *limit])


@lru_cache(maxsize=4096)
def _statements(document: Document, *, limits: bool) -> tuple[Statement, ...]:
    parsed = statements(document)
    return tuple(replace(s, limits=s.allows) for s in parsed) if limits else parsed


def _kept(role: IdentityPolicies, changed: Changed | None) -> _Kept:
    """What matters of all statements, in the order in which the documents have them."""
    kept: list[Statement] = []
    numbers: list[int] = []
    first = 0
    limit = [(role.boundary[1], True)] if role.boundary else []
    for document, limits in (*((policy, False) for _, policy in role.identity), *limit):
        every = _statements(document, limits=limits)
        for index in range(len(every)) if changed is None else _that_matter(document, changed, limits=limits):
            kept.append(every[index])
            numbers.append(first + index)
        first += len(every)
    return _Kept(tuple(kept), tuple(numbers))


@lru_cache(maxsize=65536)
def _that_matter(document: Document, changed: Changed, *, limits: bool) -> tuple[int, ...]:
    """The statements of a document that change, or may meet one that does."""
    every = _statements(document, limits=limits)
    return tuple(i for i, s in enumerate(every) if s in changed or any(_may_meet(s, c) for c in changed))


def _may_meet(statement: Statement, other: Statement) -> bool:
    """Whether some request may be about both, as far as their actions and resources show."""
    return may_share(statement.actions, other.actions) and can_meet(statement, other)
