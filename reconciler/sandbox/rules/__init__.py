"""The differences between IAM and moto: one small rule each. `RULES` has them in the order of the questions.

The order is IAM's as far as it is known: the form of the call, what it names, what may be touched, names,
documents, numbers, what is in the way. Of several refusals the first is the answer.
"""

from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, SandboxRule
from reconciler.sandbox.rules import (
    account,
    answers,
    conflicts,
    credentials,
    documents,
    entities,
    fields,
    listing,
    names,
    protected,
    providers,
    quotas,
    saml,
    service_linked,
    tagging,
    updates,
)

FORM: tuple[SandboxRule, ...] = (*fields.RULES, *listing.FIRST)
RULES: tuple[SandboxRule, ...] = (
    *FORM,
    *entities.RULES,
    *providers.RULES,
    *saml.RULES,
    *account.RULES,
    *protected.RULES,
    *names.RULES,
    *quotas.RULES,
    *tagging.RULES,
    *conflicts.RULES,
    *credentials.RULES,
    *service_linked.RULES,
    *documents.RULES,
    *updates.RULES,
    *answers.RULES,
    *listing.RULES,
    *listing.LAST,
)

__all__ = ["FORM", "RULES", "ApiRefusal", "ReceivedCall", "SandboxRule"]
