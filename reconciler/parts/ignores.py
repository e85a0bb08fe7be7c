"""`ignore:` entries: differences that are known, shown, and left alone."""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BeforeValidator, Field

from reconciler.core.change import FieldChange
from reconciler.parts.fields import Day, Reason
from reconciler.parts.section import Section, listed


class IgnoreSection(Section):
    """A difference to leave alone: which field, on which value, why, and until when."""

    facet: str = Field(
        description="The field, as `reconcile render` names it: attached, tags, trust, document."
    )
    match: str | None = Field(None, description="A pattern for the live value; * stands for any text.")
    reason: Reason = Field(description="Why.")
    until: Day | None = Field(None, description="The last day, YYYY-MM-DD.")


Ignores = Annotated[tuple[IgnoreSection, ...], BeforeValidator(listed)]


class TopIgnoreSection(IgnoreSection):
    """The same for all resources of the spec, or for those that `at` fits."""

    at: str | None = Field(None, description="Which resources, e.g. role.*; all where left out.")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry in force. It fits a field, and a value of it where `match` (a glob) is given."""

    facet: str
    match: str
    reason: str

    def fits(self, field: str, value: str) -> bool:
        """Whether this live value of this field is to be left alone."""
        return field == self.facet and fnmatchcase(value, self.match.replace("[", "[[]"))


def in_force(sections: tuple[IgnoreSection, ...], today: date) -> tuple[Ignore, ...]:
    """The entries that have not run out; `until` names the last day."""
    return tuple(
        Ignore(s.facet, s.match or "*", s.reason) for s in sections if s.until is None or today <= s.until
    )


def left_alone(change: FieldChange, ignores: tuple[Ignore, ...]) -> str:
    """The reason why a whole difference is to be left alone, or "".

    A set is left alone only when every value in which it differs is.
    """
    values = _live_values(change)
    reasons = [next((i.reason for i in ignores if i.fits(change.field, value)), "") for value in values]
    return reasons[0] if reasons and all(reasons) else ""


def _live_values(change: FieldChange) -> tuple[str, ...]:
    if change.shape == "set":
        return change.removed or change.added
    return (change.item or (change.before if isinstance(change.before, str) else ""),)
