"""What lint finds in a section's document, at the place in the spec that it comes from."""

from collections.abc import Callable

from reconciler.core.context import SpecContext
from reconciler.core.problems import Path, Problem, Problems
from reconciler.policy import lint_codes
from reconciler.policy.document.document import Document

# From a place in the document to the one in the section that made it.
Back = Callable[[Path], Path]


def review(
    document: Document,
    context: SpecContext,
    problems: Problems,
    back: Back,
    *,
    most: int = 0,
    is_trust: bool = False,
) -> None:
    """Report all findings where the run asks for them.

    `most` is the document's own quota of characters, if it has one.
    """
    if not context.lints:
        return
    from reconciler.policy.lint import lint  # noqa: PLC0415 - start-up: most commands lint nothing
    from reconciler.policy.lint.rules import RULES  # noqa: PLC0415
    from reconciler.policy.lint.subject import Surroundings  # noqa: PLC0415

    for finding in lint(
        document,
        Surroundings(
            context.account, context.partition, is_trust, most, context.today, context.account_is_known
        ),
    ):
        path = problems.prefix + back(finding.path)
        severity = RULES[finding.code].severity
        problems.found.append(Problem(severity, path, finding.message, finding.on_key, code=finding.code))


def review_total(total: int, most: int, what: str, context: SpecContext, problems: Problems) -> None:
    """Report that documents which share a quota have little of it left."""
    if not context.lints:
        return
    from reconciler.policy.lint.size import is_near  # noqa: PLC0415 - start-up: most commands lint nothing

    if is_near(total, most):
        problems.note(
            lint_codes.NEARLY_FULL_DOCUMENT,
            f"{total} of {most} characters of {what}: move one to a managed policy",
        )


def review_room(attached: int, most: int, problems: Problems, context: SpecContext) -> None:
    """Report that no further policy can be attached."""
    if context.lints and attached == most:
        problems.note(
            "IAM502", f"{attached} of {most} policies: none can be added; join those that belong together"
        )
