"""What is to be said of the specs beside a plan.

With what a reviewer would say of the resources that change.
"""

from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.spec.resolve import Specs

# Linting takes about a millisecond a document, and nobody reads more.
_MOST = 200


# Advice about what a spec may want some day, which validate gives.
_VALIDATES = frozenset({"IAM406"})


def without_advice(warnings: tuple[Located, ...]) -> tuple[Located, ...]:
    """What is to be said beside a plan or a drift: without what only who writes specs wants to know."""
    return tuple(entry for entry in warnings if entry.code not in _VALIDATES)


def lint_messages(specs: Specs, plan: Plan) -> tuple[Located, ...]:
    """The specs' own warnings and notes, and the findings of lint about what is new or differs."""
    changing = [change.address for change in plan.changes if change.differs]
    found = without_advice((*specs.warnings, *specs.lint(frozenset(changing[:_MOST]))))
    if len(changing) <= _MOST:
        return found
    first = min(specs.files.values(), default="")
    words = (
        f"{len(changing)} resources change, and lint has looked at {_MOST} of them: reconcile validate looks"
        " at all"
    )
    return (*found, Located(first, 0, 0, "", words, "note"))
