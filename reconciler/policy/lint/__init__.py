"""What a good reviewer would say of a policy document: grants that do nothing, stand twice, or do too much.

Every finding has the code of a rule (`rules.py`), which says why it matters and where that is documented.
"""

from collections.abc import Callable, Iterator

from reconciler.policy.document import Document
from reconciler.policy.lint import (  # fmt: skip
    about_actions,
    about_breadth,
    about_conditions,
    about_resources,
    about_size,
    about_trust,
    about_twice,
    about_variables,
)
from reconciler.policy.lint.subject import Finding, Surroundings, subject

_Check = Callable[..., Iterator[Finding]]
_IDENTITY: tuple[_Check, ...] = (
    about_actions.check,
    about_resources.check,
    about_conditions.check,
    about_variables.check,
    about_twice.check,
    about_breadth.check,
    about_size.check,
)
_TRUST: tuple[_Check, ...] = (
    about_conditions.check,
    about_variables.check,
    about_twice.check,
    about_trust.check,
    about_size.check,
)


def lint(document: Document, around: Surroundings) -> tuple[Finding, ...]:
    """All findings, in the order of their places. The document must be one that IAM takes."""
    seen = subject(document, around)
    checks = _TRUST if around.is_trust else _IDENTITY
    found = {finding: None for check in checks for finding in check(seen)}
    return tuple(sorted(found, key=lambda finding: [(str(type(s)), s) for s in finding.path]))
