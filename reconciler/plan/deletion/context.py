"""Deletions as they are observed, and what they are judged by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.core.call import Answers, Call
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.observed import Observed
from reconciler.core.plan import Unread
from reconciler.core.text import owned_by, owner_words
from reconciler.core.usage import Usage, Who
from reconciler.facets.mark import NO_MARKS, SpecMarks
from reconciler.plan import ownership
from reconciler.plan.comparison import Comparison
from reconciler.policy.document.document import Document


@dataclass(frozen=True, slots=True)
class Deletion(Desired):
    """A resource that its spec owns and no longer wants; `state` is a stub. It is deleted, or only let go of.

    An orphan is no longer described; `want` is how another one is described, if it is marked by no tag.
    `marks` are those that it may bear; with another one it stays.
    """

    deletes: bool = True
    is_orphan: bool = False
    want: Any = None
    marks: SpecMarks = NO_MARKS


@dataclass(frozen=True, slots=True)
class DeletionContext:
    """What the leaving resources are judged by.

    Who is calling (`role/NAME`) and in which groups, and what day it is.

    `groups` is None where they could not be read. `kept` is all that the specs describe and that stays, also
    where the plan leaves it out; `drafts` is what it has. `trusts` are the trust policies of the account's
    roles, None where they could not be read; `documents` those of managed policies that leaving groups hold,
    as far as they could be read.
    """

    caller: str
    today: date
    groups: frozenset[str] | None = frozenset()
    kept: tuple[Desired, ...] = ()
    drafts: tuple[Comparison, ...] = ()
    trusts: Mapping[str, Document] | None = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def caller_is(self) -> frozenset[str]:
        """The caller and its groups, as `kind/NAME`."""
        own = {self.caller} if self.caller else set()
        return frozenset(own | {f"group/{name}" for name in self.groups or ()})


@dataclass(frozen=True, slots=True)
class ObservedDeletion:
    """A leaving resource as it is, with the answers about what hangs on it."""

    leaving: Deletion
    have: Any
    answers: Answers

    @property
    def who(self) -> Who:
        """Its kind and name."""
        return self.leaving.kind.KIND, self.have.name

    @property
    def calls(self) -> tuple[Call, ...]:
        """What deletes it; nothing where nothing is there, of what can't be without."""
        return self.leaving.kind.delete(self.have, self.answers)

    @property
    def usage(self) -> Usage:
        """Who would feel it."""
        return self.leaving.kind.usage(self.have, self.answers)


@dataclass(frozen=True, slots=True)
class Departures:
    """What leaves: as it was read, as far as it exists and is its spec's, and what could not be read."""

    seen: tuple[Observed, ...]
    observed: tuple[ObservedDeletion, ...]
    unread: tuple[Unread, ...]


def present(seen: tuple[Observed, ...]) -> tuple[tuple[Deletion, Any], ...]:
    """Those that are there and are their spec's indeed, with their states.

    Lists may be late, the resource is not.
    """
    return tuple(
        (leaving, have)
        for leaving, have in _there(seen)
        if ownership.claim(leaving, have, have.all_tags).ours and not ownership.of_others(have, leaving.marks)
    )


def staying(seen: tuple[Observed, ...]) -> tuple[Change, ...]:
    """Those that specs describe and that are somebody else's by their tags, each with whose it is."""
    changes = []
    for leaving, have in _there(seen):
        claim = ownership.claim(leaving, have, have.all_tags)
        if not (claim.ours or leaving.is_orphan):
            note = f"is {owner_words(claim.owner, claim.foreign)}, and stays"
            changes.append(Change(leaving.address, "none", notes=(note,), source=leaving.source))
    return tuple(changes)


def left_to_others(seen: tuple[Observed, ...]) -> tuple[tuple[Deletion, str], ...]:
    """Those that are the specs' by their tags and somebody else's by their marks, each with whose it is."""
    return tuple(
        (leaving, owned_by(leaving.spec, others))
        for leaving, have in _there(seen)
        if (others := ownership.of_others(have, leaving.marks))
        and ownership.claim(leaving, have, have.all_tags).ours
    )


def _there(seen: tuple[Observed, ...]) -> Iterator[tuple[Deletion, Any]]:
    for observed in seen:
        leaving = observed.desired
        if observed.error is None and isinstance(leaving, Deletion):
            have = leaving.kind.from_answers(leaving.state, observed.answers)
            if have is not None:
                yield leaving, have
