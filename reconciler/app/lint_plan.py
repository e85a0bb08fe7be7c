"""Warnings and notes on the specs beside a plan, with those of lint on the resources that change."""

from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.policy.lint_codes import SUBJECT_WITHOUT_IDS
from reconciler.spec.resolve import Specs

# Linting takes about a millisecond a document, and nobody reads more.
_MOST = 200


# Advice about what a spec may want some day, which validate gives.
_VALIDATES = frozenset({SUBJECT_WITHOUT_IDS})


def without_advice(warnings: tuple[Located, ...]) -> tuple[Located, ...]:
    """The warnings beside a plan or a drift run, without advice that only authors of specs need."""
    return tuple(entry for entry in warnings if entry.code not in _VALIDATES)


def lint_messages(specs: Specs, plan: Plan) -> tuple[Located, ...]:
    """The specs' own warnings and notes, and those of lint on what is new or differs."""
    changing = [change.address for change in plan.changes if change.differs]
    messages = without_advice((*specs.warnings, *specs.lint(frozenset(changing[:_MOST]))))
    if len(changing) <= _MOST:
        return messages
    first = min(specs.files.values(), default="")
    words = (
        f"{len(changing)} resources change, and lint has checked {_MOST} of them: reconcile validate looks"
        " at all"
    )
    return (*messages, Located(first, 0, 0, "", words, "note"))
