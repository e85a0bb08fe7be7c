"""Actions that are unknown or deprecated, or whose service is left open (IAM101, 102, 114, 310)."""

from collections.abc import Iterator

from reconciler.policy import lint_codes
from reconciler.policy.grants.actions import unknown
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, Subject

RULES = (
    LintRule(
        lint_codes.UNKNOWN_SERVICE,
        "Unknown service",
        why="An action of a service that does not exist is never asked for, so it grants nothing. IAM"
        " takes it in silence.",
        source="SAR",
        analyzer=("INVALID_SERVICE_IN_ACTION",),
        parliament=("UNKNOWN_PREFIX",),
    ),
    LintRule(
        lint_codes.UNKNOWN_ACTION,
        "Unknown action",
        why="A name that no action has, or a pattern that fits none, grants nothing. IAM takes it in"
        " silence.",
        source="SAR",
        analyzer=("INVALID_ACTION",),
        parliament=("UNKNOWN_ACTION",),
    ),
    LintRule(
        "IAM114",
        "Deprecated action",
        why="The service says that the action is deprecated, and mostly which other one replaces it.",
        source="SAR, descriptions of actions",
    ),
    LintRule(
        "IAM310",
        "Wildcard in the service of an action",
        why="It means actions of services that nobody thought of.",
        source="UG reference_policies_elements_action",
        analyzer=("WILDCARD_IN_SERVICE_NAME",),
    ),
)
# Billing's actions of before 2023, whose support ended that July (Billing user guide,
# migrate-granularaccess). What switched an account over has kept its name.
_RETIRED = {
    "aws-portal": frozenset(
        {
            "viewaccount",
            "modifyaccount",
            "viewbilling",
            "modifybilling",
            "viewpaymentmethods",
            "modifypaymentmethods",
            "viewusage",
        }
    ),
    "purchase-orders": frozenset({"viewpurchaseorders", "modifypurchaseorders"}),
}
_KEPT = frozenset({"getconsoleactionsetenforced", "updateconsoleactionsetenforced"})
_INSTEAD = (
    "name the actions of account, billing, payments, invoicing, tax, consolidatedbilling, cur and"
    " purchase-orders that are meant"
)


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each listed action by itself."""
    for part in subject.parts:
        for action in part.actions:
            yield from _check(action)


def _check(action: ListedAction) -> Iterator[LintFinding]:
    code, why = unknown(action.text)
    if why:
        yield LintFinding(code, action.path, why)
    elif action.is_of_any_service and action.text.strip("*:"):
        yield LintFinding(
            "IAM310",
            action.path,
            f'"{action.text}" means actions of any service, and of those that come: name the services',
        )
    elif action.meant and all(meant.notice for meant in action.meant):
        yield LintFinding("IAM114", action.path, f"{action.text} is deprecated: {action.meant[0].notice}")
    elif retired := _retired(action):
        yield LintFinding("IAM114", action.path, f"{action.text} is deprecated: {retired}")


def _retired(action: ListedAction) -> str:
    """What to write instead of actions that the list still has and AWS retired.

    "" where none of them is meant.
    """
    names = {meant.name.lower() for meant in action.meant} - _KEPT
    return _INSTEAD if names and names <= _RETIRED.get(action.service, frozenset()) else ""
