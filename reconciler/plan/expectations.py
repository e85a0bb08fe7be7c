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
    decision = _ruling(expectation, role)
    if decision.answer == "unknown":
        return Judged(expectation, "unknown", decision.why)
    return Judged(expectation, "yes" if decision.answer == expectation.wanted else "no", _reason(decision))


def _reason(decision: IdentityDecision) -> str:
    return (
        f"{decision.why}, by {decision.document}"
        if decision.document and decision.document not in decision.why
        else decision.why
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
        return IdentityDecision("unknown", "its documents distinguish too many resources: name one")
    order = (
        ("denied", "unknown", "allowed")
        if expectation.wanted == "allowed"
        else ("allowed", "unknown", "denied")
    )
    return min(rulings, key=lambda decision: order.index(decision.answer))


def _request(expectation: Expectation, resource: str) -> AccessRequest:
    values = {key: texts[0] if len(texts) == 1 else texts for key, texts in expectation.context}
    return AccessRequest(expectation.action, resource, None, values)
