"""What a good reviewer would say of a policy document: grants that do nothing, are repeated, or do too much.

Every finding has the code of a rule. Each check has its rules beside it, and `rules` has them all.
"""

from collections.abc import Callable, Iterator

from reconciler.policy.document.document import Document
from reconciler.policy.lint import (
    actions,
    breadth,
    escalations,
    impossible_arns,
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
from reconciler.policy.lint.subject import LintFinding, Surroundings, subject

_Check = Callable[..., Iterator[LintFinding]]
_IDENTITY: tuple[_Check, ...] = (
    actions.check,
    impossible_arns.check,
    resources.check,
    keys.check,
    operators.check,
    values.check,
    variables.check,
    redundant_entries.check,
    redundant_statements.check,
    breadth.check,
    open_resources.check,
    escalations.check,
    size.check,
)
_TRUST: tuple[_Check, ...] = (
    keys.check,
    operators.check,
    values.check,
    variables.check,
    redundant_entries.check,
    redundant_statements.check,
    trust_providers.check,
    trust.check,
    size.check,
)


def lint(document: Document, surroundings: Surroundings) -> tuple[LintFinding, ...]:
    """All findings, in the order of their places. The document must be one that IAM takes."""
    seen = subject(document, surroundings)
    checks = _TRUST if surroundings.is_trust else _IDENTITY
    findings = {finding: None for check in checks for finding in check(seen)}
    return tuple(sorted(findings, key=lambda finding: [(str(type(s)), s) for s in finding.path]))
