"""Actions that are not there, that are on their way out, or whose service is left open (IAM101, 102, 114, 310)."""

from collections.abc import Iterator

from reconciler.policy.grants.actions import unknown
from reconciler.policy.lint.subject import LintFinding, ListedAction, Subject

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
    elif action.meant and all(one.notice for one in action.meant):
        yield LintFinding("IAM114", action.path, f"{action.text} is deprecated: {action.meant[0].notice}")
    elif retired := _retired(action):
        yield LintFinding("IAM114", action.path, f"{action.text} is deprecated: {retired}")


def _retired(action: ListedAction) -> str:
    """What to write instead of actions that the list still has and AWS retired.

    "" where none of them is meant.
    """
    names = {one.name.lower() for one in action.meant} - _KEPT
    return _INSTEAD if names and names <= _RETIRED.get(action.service, frozenset()) else ""
