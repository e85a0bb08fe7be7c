"""Grants that give more than anyone means to (IAM301 to 308, 311, 312)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject, Surroundings
from reconciler.policy.risk import broad

# Actions whose answers are credentials, or turn into some (cloudsplaining's list of credentials exposure, as
# far as they take a resource that could be named).
_CREDENTIALS = frozenset(
    {
        "codeartifact:getauthorizationtoken",
        "ec2:getpassworddata",
        "eks-auth:assumeroleforpodidentity",
        "iam:createservicespecificcredential",
        "iam:resetservicespecificcredential",
        "lightsail:getinstanceaccessdetails",
        "lightsail:getrelationaldatabasemasteruserpassword",
        "rds-db:connect",
        "redshift:getclustercredentials",
        "redshift:getclustercredentialswithiam",
        "redshift-serverless:getcredentials",
        "sts:assumerole",
        "sts:getfederationtoken",
    }
)
# Actions that hand out what is stored (cloudsplaining's data exfiltration, and the key that opens what is
# encrypted).
_DATA = frozenset(
    {
        "kms:decrypt",
        "s3:getobject",
        "s3:getobjectversion",
        "secretsmanager:batchgetsecretvalue",
        "secretsmanager:getsecretvalue",
        "ssm:getparameter",
        "ssm:getparameterhistory",
        "ssm:getparameters",
        "ssm:getparametersbypath",
    }
)
_HANDS_OVER = "iam:passrole"
_NAMED_BY_NONE = "\ue002"
_MOST_NAMED = 3
# How actions begin that give a permission; others of their level show or take one.
_GIVES = (
    "Add",
    "Associate",
    "Attach",
    "Authorize",
    "Create",
    "Enable",
    "Grant",
    "Modify",
    "Put",
    "Set",
    "Share",
    "Update",
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_HANDED_TO = ("iam:passedtoservice", "iam:associatedresourcearn")
# Keys whose values name resources, or the service that asks for them.
_SAY_WHICH = (
    "kms:",
    "secretsmanager:",
    "ssm:",
    "s3:existingobjecttag/",
    "s3:dataaccesspoint",
    "aws:viaawsservice",
)


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each allowing statement, and what all of them come to."""
    admins = [part for part in subject.parts if broad.admin_level_of(part.raw) != broad.NOT]
    for part in admins:
        held = " under a condition" if part.tests else ""
        what = "every action but a few, IAM's among the rest," if "NotAction" in part.raw else "every action"
        yield LintFinding("IAM301", part.path, f"this allows {what} on everything{held}: name the services")
    for part in subject.parts:
        if part.allows and part not in admins:
            yield from _of_statement(part, subject.around)
    if not admins:
        yield from _escalations(subject)


def _of_statement(part: StatementPart, around: Surroundings) -> Iterator[LintFinding]:
    if part.is_about_nothing:
        return
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
            "IAM308",
            (*part.path, "NotResource"),
            "NotResource in an Allow grants everything else, also what is made tomorrow: list what is needed",
            on_key=True,
        )
    yield from _any_account(part)
    if "NotAction" in part.raw or "NotResource" in part.raw:
        return
    texts = [_named(text) for _, text in part.resources]
    for action in part.actions:
        yield from _of_action(part, action, texts, around)


def _of_action(
    part: StatementPart, action: ListedAction, texts: list[str], around: Surroundings
) -> Iterator[LintFinding]:
    if _is_whole_service(part, action, texts):
        yield LintFinding(
            "IAM302",
            action.path,
            f"{action.text} on {_shown(texts)} is all of {action.service}, its administration included: name"
            " the actions, or the resources",
        )
        return
    if any(one.full.lower() == _HANDS_OVER and _is_on_any(one, texts, around) for one in action.meant):
        yield from _passes(part, action)
    yield from _permissions(part, action, texts, around)
    for code, those, what in (
        ("IAM305", _CREDENTIALS, "gives out credentials for whatever there is"),
        ("IAM306", _DATA, "gives out whatever is stored in the account"),
    ):
        open_ = (one for one in action.meant if one.full.lower() in those and one.resources)
        found = sorted(one.full for one in open_ if _is_on_any(one, texts, around))
        if found and not _names_resources(part, _SAY_WHICH):
            named = ", ".join(found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
            where = f"{action.text} on {_shown(texts)}"
            is_it = where if found == [action.text] else f"{where} holds {named}, and"
            yield LintFinding(code, action.path, f"{is_it} {what}: name the resources")


def _is_whole_service(part: StatementPart, action: ListedAction, texts: list[str]) -> bool:
    is_all = action.name.strip("*?") == "" and len(action.meant) > 1
    return (
        is_all and any(_is_all_of(action.service, text) for text in texts) and not _names_resources(part, ())
    )


def _names_resources(part: StatementPart, more: tuple[str, ...]) -> bool:
    """Whether a test says which resources: by their tags, or by what only theirs have."""
    return any(
        test.narrows and ("resourcetag/" in test.folded or test.folded.startswith(("aws:calledvia", *more)))
        for test in part.tests
    )


def _permissions(
    part: StatementPart, action: ListedAction, texts: list[str], around: Surroundings
) -> Iterator[LintFinding]:
    """What opens resources to others: policies of buckets, keys and functions. IAM's own are escalations."""
    if action.service == "iam" or _names_resources(part, _SAY_WHICH):
        return
    given = (
        one for one in action.meant if "permissions_management" in one.levels and one.name.startswith(_GIVES)
    )
    open_ = (one for one in given if _is_on_any(one, texts, around))
    found = sorted(one.full for one in open_)
    if found:
        named = ", ".join(found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
        holds = "" if found == [action.text] else f" holds {named}, and"
        yield LintFinding(
            "IAM312",
            action.path,
            f"{action.text} on {_shown(texts)}{holds} says who may use any of them: name the resources",
        )


def _named(text: str) -> str:
    """With what a variable stands for as a name: the caller's own is not anybody's."""
    return _VARIABLE.sub(lambda found: found[0].replace("*", "").replace("?", ""), text)


def _shown(texts: list[str]) -> str:
    return '"*"' if "*" in texts else texts[0]


def _is_all_of(service: str, text: str) -> bool:
    """Whether the ARN is every resource of the service, here or everywhere."""
    if text.strip("*") == "":
        return True
    _, _, own, region, _, tail = (*text.split(":", 5), "", "", "", "", "", "")[:6]
    return own == service and region in ("", "*") and tail.replace("/", "").strip("*") == "" and tail != ""


def _is_on_any(action: Action, texts: list[str], around: Surroundings) -> bool:
    """Whether an ARN fits resources of this account that nobody has named."""
    return any(
        globs.matches(text, arn)
        for text in texts
        for arn in _unnamed(action, around.account, around.partition)
    )


@lru_cache(maxsize=1024)
def _unnamed(action: Action, account: str, partition: str) -> tuple[str, ...]:
    filled = (t.replace("${Partition}", partition).replace("${Account}", account) for t in action.resources)
    return tuple(PLACEHOLDER.sub(_NAMED_BY_NONE, template) for template in filled)


def _grants(action: ListedAction, name: str) -> bool:
    return any(one.full.lower() == name for one in action.meant)


def _passes(part: StatementPart, action: ListedAction) -> Iterator[LintFinding]:
    if any(test.folded in _HANDED_TO and test.narrows for test in part.tests):
        return
    yield LintFinding(
        "IAM303",
        action.path,
        f"{action.text} on any role hands every role of the account to whatever service will run it: name the"
        " roles, and the service in iam:PassedToService",
    )


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


# Services of actions that lead somewhere by themselves; every other known way takes PassRole.
ESCALATING = frozenset(
    {
        "iam",
        "lambda",
        "ssm",
        "glue",
        "apprunner",
        "bedrock-agentcore",
        "cloudformation",
        "codebuild",
        "ec2",
        "ec2-instance-connect",
        "sagemaker",
        "sts",
        "sso",
        "sso-directory",
        "identitystore",
    }
)
_ASSUMES = ("sts:AssumeRole",)


def _may_escalate(subject: Subject) -> bool:
    granting = [part for part in subject.parts if part.allows]
    return any(
        "NotAction" in part.raw
        or not ESCALATING.isdisjoint(part.near)
        or any(action.is_of_any_service for action in part.actions)
        for part in granting
    )


def _escalations(subject: Subject) -> Iterator[LintFinding]:
    if not _may_escalate(subject):
        return
    # Start-up: it brings all of evaluation along.
    from reconciler.policy.risk import escalations  # noqa: PLC0415
    from reconciler.policy.risk.caller_keys import CallerFacts  # noqa: PLC0415

    statements = tuple(part.statement for part in subject.parts)
    who = CallerFacts(subject.around.account, subject.around.partition)
    reached = escalations.reachable(escalations.JudgedBy(statements, who))
    # All of IAM, and PassRole on anything, are said as such; so is AssumeRole (IAM305).
    whole = {
        action.service
        for part in subject.parts
        for action in part.actions
        if part.allows and _is_whole_service(part, action, [_named(text) for _, text in part.resources])
    }
    by_place: dict[Path, list[escalations.Escalation]] = {}
    for way in escalations.least(reached):
        if "iam" not in whole and way.actions != _ASSUMES:
            by_place.setdefault(_where(subject, way.actions[-1]), []).append(way)
    for path, ways in by_place.items():
        leads = (
            "which leads as far as their roles"
            if all(w.indirect for w in ways)
            else "which leads to all permissions"
        )
        shown = "; ".join(f"{' with '.join(way.actions)} {way.how}" for way in ways[:_MOST_NAMED])
        more = f"; and {len(ways) - _MOST_NAMED} ways more" if len(ways) > _MOST_NAMED else ""
        yield LintFinding("IAM304", path, f"{shown}{more}, {leads}: name the resources")


def _where(subject: Subject, action: str) -> Path:
    """The entry that grants the action."""
    service, _, name = action.lower().partition(":")
    for part in subject.parts:
        for listed in part.actions if part.allows else ():
            if any(one.full.lower() == action.lower() for one in listed.meant) or globs.matches(
                listed.text.lower(), f"{service}:{name}"
            ):
                return listed.path
    return ("Statement",)
