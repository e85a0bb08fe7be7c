"""`ignore:` entries: differences that are known, shown, and left alone; and what lint says of what is meant so."""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.change import FieldChange
from reconciler.language.fields import Day, Reason
from reconciler.language.section import Section, listed


class IgnoreSection(Section):
    """A difference to leave alone, or a rule of lint: which, why, and until when."""

    ELSEWHERE: ClassVar[dict[str, str]] = {"at": "ignore: at the top of the spec, which takes at:"}
    facet: str | None = Field(
        None,
        description="The field that may differ, as `reconcile render` names it: attached, tags, trust, document.",
    )
    rule: str | None = Field(None, description="Instead of facet: the code of a rule of docs/lint.md.")
    match: str | None = Field(None, description="A pattern for the live value; * stands for any text.")
    reason: Reason = Field(description="Why.")
    until: Day | None = Field(None, description="The last day, YYYY-MM-DD.")


Ignores = Annotated[tuple[IgnoreSection, ...], BeforeValidator(listed)]


class TopIgnoreSection(IgnoreSection):
    """The same for all resources of the spec, or for those that `at` fits."""

    at: str | None = Field(None, description="Which resources, e.g. role.*; all where left out.")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry in force: a whole field, or where `match` is given the live values of it that fit."""

    facet: str
    match: str
    reason: str

    def fits(self, field: str, value: str, *, is_live: bool) -> bool:
        """Whether this value of this field is to be left alone. A pattern is for what is live, never for what is wanted."""
        if field != self.facet:
            return False
        if not self.match:
            return True
        return is_live and fnmatchcase(value, self.match.replace("[", "[[]").replace("?", "[?]"))


def in_force(sections: tuple[IgnoreSection, ...], today: date) -> tuple[Ignore, ...]:
    """The entries that have not run out; `until` names the last day."""
    return tuple(
        Ignore(s.facet, s.match or "", s.reason)
        for s in sections
        if s.facet is not None and (s.until is None or today <= s.until)
    )


def left_alone(change: FieldChange, ignores: tuple[Ignore, ...]) -> str:
    """The reason why a whole difference is to be left alone, or "".

    A set is left alone only when every value in which it differs is.
    """
    is_live, values = _values(change)
    reasons = [
        next((i.reason for i in ignores if i.fits(change.field, value, is_live=is_live)), "")
        for value in values
    ]
    return reasons[0] if reasons and all(reasons) else ""


def _values(change: FieldChange) -> tuple[bool, tuple[str, ...]]:
    """The values in which live differs, or where it only lacks something, what it lacks."""
    if change.shape == "set":
        return bool(change.removed), change.removed or change.added
    is_live = change.before is not None
    return is_live, (change.item or (change.before if isinstance(change.before, str) else ""),)
