"""Actions that are not there, that are on their way out, or whose service is left open (IAM101, 102, 114, 310)."""

from collections.abc import Iterator

from reconciler.policy.grant_actions import unknown
from reconciler.policy.lint.subject import Finding, Listed, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Each listed action by itself."""
    for part in subject.parts:
        for action in part.actions:
            yield from _check(action)


def _check(action: Listed) -> Iterator[Finding]:
    code, why = unknown(action.text)
    if why:
        yield Finding(code, action.path, why)
    elif action.is_of_any_service and action.text.strip("*:"):
        yield Finding("IAM310", action.path, f'"{action.text}" means actions of any service, and of those that come: name the services')  # fmt: skip
    elif action.meant and all(one.notice for one in action.meant):
        yield Finding("IAM114", action.path, f"{action.text} is deprecated: {action.meant[0].notice}")
