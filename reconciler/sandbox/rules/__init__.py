"""What tells IAM from moto: one small rule each. `RULES` lists them in the order in which they are asked.

The order is IAM's as far as it is known: the form of the call, what it names, what may be touched, names,
documents, numbers, what is in the way. Of several refusals the first is the answer.
"""

from reconciler.sandbox.rules import (
    account,
    answers,
    conflicts,
    credential_report,
    credentials,
    documents,
    entities,
    fields,
    keys,
    listing,
    mfa,
    names,
    protected,
    providers,
    quotas,
    saml,
    service_linked,
    tagging,
    updates,
)
from reconciler.sandbox.rules.base import ApiRefusal, ReceivedCall, SandboxRule

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
    *credential_report.RULES,
    *keys.RULES,
    *mfa.RULES,
    *service_linked.RULES,
    *documents.RULES,
    *updates.RULES,
    *answers.RULES,
    *listing.RULES,
    *listing.LAST,
)

__all__ = ["FORM", "RULES", "ApiRefusal", "ReceivedCall", "SandboxRule"]
