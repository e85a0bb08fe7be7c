"""What IAM refuses and moto takes: one small rule each. `RULES` lists them in the order in which they are asked.

A rule gets the world (moto's backend) and the parameters of a call, and raises `Refusal` with AWS's code and
message. It may also complete parameters where IAM treats a missing one otherwise than moto does.
"""

from reconciler.sandbox.rules import characters, conflicts, documents, names, quotas, tagging, updates
from reconciler.sandbox.rules.base import Refusal, Rule

RULES: tuple[Rule, ...] = (
    *characters.RULES,
    *tagging.RULES,
    *names.RULES,
    *documents.RULES,
    *quotas.RULES,
    *conflicts.RULES,
    *updates.RULES,
)

__all__ = ["RULES", "Refusal", "Rule"]
