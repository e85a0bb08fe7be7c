"""`expect:` judged: requests that a role must be allowed, or must be denied, by its documents together."""

from dataclasses import dataclass

from reconciler.core.expectation import Expectation, Judged
from reconciler.policy.compare.identity import (
    IdentityDecision,
    IdentityPolicies,
    resources_told_apart,
    ruling,
)
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.policy.meaning.patterns import TooMuch


@dataclass(frozen=True, slots=True)
class Absent:
    """The role does not exist, or could not be read; why."""

    why: str
    is_unread: bool = False


def check_expectation(expectation: Expectation, role: IdentityPolicies | Absent) -> Judged:
    """Whether the role's documents do as expected; what hangs on something not known is unknown."""
    if isinstance(role, Absent):
        return Judged(expectation, "unknown" if role.is_unread else "no", role.why)
    found = _ruling(expectation, role)
    if found.answer == "unknown":
        return Judged(expectation, "unknown", found.why)
    return Judged(expectation, "yes" if found.answer == expectation.wanted else "no", _reason(found))


def _reason(found: IdentityDecision) -> str:
    return (
        f"{found.why}, by {found.document}"
        if found.document and found.document not in found.why
        else found.why
    )


def _ruling(expectation: Expectation, role: IdentityPolicies) -> IdentityDecision:
    """Without a resource, "allowed" means on any, whatever its name, and "denied" means on none."""
    if expectation.resource is not None:
        return ruling(role, _request(expectation, expectation.resource))
    try:
        rulings = [
            ruling(role, _request(expectation, r))
            for r in resources_told_apart(role, _request(expectation, "*"))
        ]
    except TooMuch:
        return IdentityDecision("unknown", "its documents tell too many resources apart: name one")
    order = (
        ("denied", "unknown", "allowed")
        if expectation.wanted == "allowed"
        else ("allowed", "unknown", "denied")
    )
    return min(rulings, key=lambda found: order.index(found.answer))


def _request(expectation: Expectation, resource: str) -> AccessRequest:
    values = {key: found[0] if len(found) == 1 else found for key, found in expectation.context}
    return AccessRequest(expectation.action, resource, None, values)
