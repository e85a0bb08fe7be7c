"""All rules by their codes; `docs/lint.md` is made from these."""

from reconciler.policy.lint import (
    actions,
    breadth,
    disputed_grants,
    escalations,
    impossible_arns,
    language_rules,
    open_resources,
    redundant_entries,
    redundant_statements,
    resources,
    size,
    trust,
    trust_providers,
    variables,
)
from reconciler.policy.lint.conditions import keys, operators, values
from reconciler.policy.lint.rule import LintRule

__all__ = ["GROUPS", "RULES", "LintRule"]

GROUPS = {
    "1": "Does nothing",
    "2": "Says it twice",
    "3": "Gives too much",
    "4": "Who may assume a role",
    "5": "Quotas",
    "6": "The spec",
}

_EVERY: tuple[LintRule, ...] = (
    *actions.RULES,
    *resources.RULES,
    *impossible_arns.RULES,
    *disputed_grants.RULES,
    *keys.RULES,
    *operators.RULES,
    *values.RULES,
    *variables.RULES,
    *redundant_entries.RULES,
    *redundant_statements.RULES,
    *breadth.RULES,
    *open_resources.RULES,
    *escalations.RULES,
    *trust.RULES,
    *trust_providers.RULES,
    *size.RULES,
    *language_rules.RULES,
)

RULES = {rule.code: rule for rule in sorted(_EVERY, key=lambda rule: rule.code)}
