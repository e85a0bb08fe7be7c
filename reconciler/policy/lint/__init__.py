"""What a good reviewer would say of a policy document: grants that do nothing, stand twice, or do too much.

Every finding has the code of a rule (`rules.py`), which says why it matters and where that is documented.
"""

from collections.abc import Callable, Iterator

from reconciler.policy.document.document import Document
from reconciler.policy.lint import actions, breadth, conditions, redundancy, resources, size, trust, variables
from reconciler.policy.lint.subject import LintFinding, Surroundings, subject

_Check = Callable[..., Iterator[LintFinding]]
_IDENTITY: tuple[_Check, ...] = (
    actions.check,
    resources.check,
    conditions.check,
    variables.check,
    redundancy.check,
    breadth.check,
    size.check,
)
_TRUST: tuple[_Check, ...] = (
    conditions.check,
    variables.check,
    redundancy.check,
    trust.check,
    size.check,
)


def lint(document: Document, around: Surroundings) -> tuple[LintFinding, ...]:
    """All findings, in the order of their places. The document must be one that IAM takes."""
    seen = subject(document, around)
    checks = _TRUST if around.is_trust else _IDENTITY
    found = {finding: None for check in checks for finding in check(seen)}
    return tuple(sorted(found, key=lambda finding: [(str(type(s)), s) for s in finding.path]))
