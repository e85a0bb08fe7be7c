"""Statements that allow everything, all of a service, or whatever they don't name.

The rules IAM301, 302, 307, 308 and 311.
"""

import re
from collections.abc import Iterator

from reconciler.policy import globs, lint_codes
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject
from reconciler.policy.risk import broad

RULES = (
    LintRule(
        "IAM301",
        "Everything on everything",
        why="Whoever holds it is the account's administrator.",
        source="UG best-practices, least privilege",
        parliament=("RESOURCE_STAR", "RESOURCE_EFFECTIVELY_STAR"),
    ),
    LintRule(
        "IAM302",
        "All of a service",
        why="Every action of a service on everything includes its policies, its deletion, and what the"
        " service learns tomorrow.",
        source="UG best-practices, least privilege; cloudsplaining, ServiceWildcard",
        parliament=("RESOURCE_STAR",),
    ),
    LintRule(
        "IAM307",
        "NotAction in an Allow",
        why="It allows whatever is not named, in every service there is and will be.",
        source="UG reference_policies_elements_notaction",
        analyzer=(
            "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
            "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        ),
    ),
    LintRule(
        lint_codes.NOT_RESOURCE_IN_ALLOW,
        "NotResource in an Allow",
        why="It allows the action on whatever is not named, also on what is made tomorrow.",
        source="UG reference_policies_elements_notresource",
        analyzer=("PASS_ROLE_WITH_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_RESOURCE"),
        parliament=("NOTRESOURCE_WITH_ALLOW",),
    ),
    LintRule(
        "IAM311",
        "A role of any account",
        why="sts:AssumeRole goes across accounts: whoever makes a role of that name elsewhere is handed"
        " this principal's session.",
        source="UG id_roles_create_for-user, confused deputy",
    ),
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each allowing statement."""
    admins = administrators(subject)
    for part in admins:
        held = " under a condition" if part.tests else ""
        what = "every action but a few, IAM's among the rest," if "NotAction" in part.raw else "every action"
        yield LintFinding("IAM301", part.path, f"this allows {what} on everything{held}: name the services")
    for part in subject.parts:
        if part.allows and part not in admins and not part.is_about_nothing:
            yield from _whatever_is_not_named(part)
            yield from _any_account(part)
    for part in limited(subject):
        yield from _whole_services(part)


def administrators(subject: Subject) -> list[StatementPart]:
    """The statements that allow every action on everything, under a condition perhaps."""
    return [part for part in subject.parts if broad.admin_level_of(part.raw) != broad.NOT]


def limited(subject: Subject) -> list[StatementPart]:
    """The statements that allow what they name: not everything, and without NotAction and NotResource."""
    admins = administrators(subject)
    return [
        part
        for part in subject.parts
        if part.allows
        and part not in admins
        and "NotAction" not in part.raw
        and "NotResource" not in part.raw
    ]


def _whatever_is_not_named(part: StatementPart) -> Iterator[LintFinding]:
    if "NotAction" in part.raw:
        yield LintFinding(
            "IAM307",
            (*part.path, "NotAction"),
            "NotAction in an Allow grants all other actions of all services, those of tomorrow included: list"
            " what is needed",
            on_key=True,
        )
    if "NotResource" in part.raw:
        yield LintFinding(
            lint_codes.NOT_RESOURCE_IN_ALLOW,
            (*part.path, "NotResource"),
            "NotResource in an Allow grants everything else, also what is made tomorrow: list what is needed",
            on_key=True,
        )


def _whole_services(part: StatementPart) -> Iterator[LintFinding]:
    arns = arns_of(part)
    for action in part.actions:
        if is_whole_service(part, action):
            yield LintFinding(
                "IAM302",
                action.path,
                f"{action.text} on {shown(arns)} is all of {action.service}, its administration included:"
                " name the actions, or the resources",
            )


def is_whole_service(part: StatementPart, action: ListedAction) -> bool:
    """Whether the statement grants every action of the action's service on every resource of it."""
    is_all = action.name.strip("*?") == "" and len(action.meant) > 1
    return (
        is_all
        and any(_is_all_of(action.service, text) for text in arns_of(part))
        and not names_resources(part, ())
    )


def names_resources(part: StatementPart, more: tuple[str, ...]) -> bool:
    """Whether a test says which resources: by their tags, or by what only theirs have."""
    return any(
        test.narrows and ("resourcetag/" in test.folded or test.folded.startswith(("aws:calledvia", *more)))
        for test in part.tests
    )


def arns_of(part: StatementPart) -> list[str]:
    """The statement's resources, with variables as names: the caller's own resource is not any resource."""
    return [
        _VARIABLE.sub(lambda match: match[0].replace("*", "").replace("?", ""), text)
        for _, text in part.resources
    ]


def shown(arns: list[str]) -> str:
    """These resources as a finding names them."""
    return '"*"' if "*" in arns else arns[0]


def _is_all_of(service: str, text: str) -> bool:
    """Whether the ARN is every resource of the service, in one region or in all."""
    if text.strip("*") == "":
        return True
    _, _, own, region, _, tail = (*text.split(":", 5), "", "", "", "", "", "")[:6]
    return own == service and region in ("", "*") and tail.replace("/", "").strip("*") == "" and tail != ""


def _any_account(part: StatementPart) -> Iterator[LintFinding]:
    if not any(_grants(action, "sts:assumerole") for action in part.actions):
        return  # all else that is done with a role is done in one's own account
    if any(
        test.folded.startswith(("aws:resourceaccount", "aws:resourceorg")) and test.narrows
        for test in part.tests
    ):
        return
    for path, text in part.resources:
        parts = text.split(":", 5)
        if (
            len(parts) == 6
            and parts[2] == "iam"
            and globs.is_pattern(parts[4])
            and parts[5].startswith("role")
        ):
            yield LintFinding(
                "IAM311",
                path,
                f"{text} is a role of this name in any account, also one that somebody makes for it: write"
                " the account",
            )


def _grants(action: ListedAction, name: str) -> bool:
    return any(meant.full.lower() == name for meant in action.meant)
