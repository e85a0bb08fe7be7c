"""`ignore:` entries: differences that are known and left alone, and findings of lint that are meant so."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.desired import Ignore
from reconciler.language.fields import Day, Reason
from reconciler.language.section import Section, listed


class IgnoreSection(Section):
    """A difference to leave alone, or a rule of lint: which, why, and until when."""

    ELSEWHERE: ClassVar[dict[str, str]] = {"at": "ignore: at the top of the spec, which takes at:"}
    facet: str | None = Field(
        None,
        description=(
            "The field that may differ, as `reconcile render` names it: attached, tags, trust, document."
        ),
    )
    rule: str | None = Field(None, description="Instead of facet: the code of a rule of docs/lint.md.")
    match: str | None = Field(None, description="A pattern for the live value; * stands for any text.")
    reason: Reason = Field(description="Why.")
    until: Day | None = Field(None, description="The last day, YYYY-MM-DD.")


Ignores = Annotated[tuple[IgnoreSection, ...], BeforeValidator(listed)]


class TopIgnoreSection(IgnoreSection):
    """The same for all resources of the spec, or for those that `at` fits."""

    at: str | None = Field(None, description="Which resources, e.g. role.*; all where left out.")


def in_force(sections: tuple[IgnoreSection, ...], today: date) -> tuple[Ignore, ...]:
    """The entries that have not run out; `until` names the last day."""
    return tuple(
        Ignore(s.facet, s.match or "", s.reason)
        for s in sections
        if s.facet is not None and (s.until is None or today <= s.until)
    )
