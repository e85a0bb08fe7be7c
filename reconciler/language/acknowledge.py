"""`acknowledge:` entries: consent to what a guard would refuse, written beside the resource with a reason."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.language.fields import Day, Reason
from reconciler.language.section import Schema, Section, fault, listed

WORDS = ("admin", "public", "escalation", "lockout", "replace")


def _word(value: Any) -> str:
    if value not in WORDS:
        raise fault(f"what is one of {', '.join(WORDS)}")
    return str(value)


class AcknowledgeSection(Section):
    """Consent, for this resource, to what is otherwise refused."""

    ELSEWHERE: ClassVar[dict[str, str]] = {"at": "acknowledge: at the top of the spec, which takes at:"}
    what: Annotated[str, BeforeValidator(_word), Schema(lambda _: {"enum": list(WORDS)})] = Field(
        description="admin, public, escalation, lockout or replace."
    )
    reason: Reason = Field(description="Why.")
    until: Day | None = Field(None, description="The last day, YYYY-MM-DD.")


class TopAcknowledgeSection(AcknowledgeSection):
    """The same for all resources of the spec, or for those that `at` fits."""

    at: str | None = Field(None, description="Which resources, e.g. role.*; all where left out.")


Acknowledgements = Annotated[tuple[AcknowledgeSection, ...], BeforeValidator(listed)]


def in_force(entries: Iterable[AcknowledgeSection], today: date) -> frozenset[str]:
    """What is consented to; `until` names the last day."""
    return frozenset(entry.what for entry in entries if entry.until is None or today <= entry.until)
