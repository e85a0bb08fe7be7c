"""Actions that must not be allowed on any resource of their type (IAM303, 305, 306, 312)."""

from collections.abc import Iterator
from functools import lru_cache

from reconciler.policy import globs
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action
from reconciler.policy.lint import breadth
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject, Surroundings

RULES = (
    LintRule(
        "IAM303",
        "PassRole on any role",
        why="Who may hand any role to a service that runs code for them has the permissions of the"
        " strongest.",
        source="UG id_roles_use_passrole",
        analyzer=("PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
    ),
    LintRule(
        "IAM305",
        "Credentials of anybody",
        why="The answer is a credential, or turns into one, and the resource is left open.",
        source="cloudsplaining, CredentialsExposure",
        parliament=("CREDENTIALS_EXPOSURE",),
    ),
    LintRule(
        "IAM306",
        "Data of anybody",
        why="Secrets, parameters, objects or keys, all of the account's.",
        source="cloudsplaining, DataExfiltration",
        parliament=("SENSITIVE_ACCESS",),
    ),
    LintRule(
        "IAM312",
        "Permissions of anything",
        why="Whoever writes the policies of buckets, keys or functions opens them to anybody, other"
        " accounts included.",
        source="SAR, access level Permissions management; cloudsplaining, ResourceExposure",
        parliament=("PERMISSIONS_MANAGEMENT_ACTIONS",),
    ),
)
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
    """Each action of each statement that allows what it names."""
    for part in breadth.limited(subject):
        arns = breadth.arns_of(part)
        for action in part.actions:
            if not breadth.is_whole_service(part, action):
                yield from _of_action(part, action, arns, subject.surroundings)


def _of_action(
    part: StatementPart, action: ListedAction, arns: list[str], surroundings: Surroundings
) -> Iterator[LintFinding]:
    if any(
        meant.full.lower() == _HANDS_OVER and _is_on_any(meant, arns, surroundings) for meant in action.meant
    ):
        yield from _passes(part, action)
    yield from _permissions(part, action, arns, surroundings)
    for code, listed, what in (
        ("IAM305", _CREDENTIALS, "gives out credentials for whatever there is"),
        ("IAM306", _DATA, "gives out whatever is stored in the account"),
    ):
        open_ = (meant for meant in action.meant if meant.full.lower() in listed and meant.resources)
        names = sorted(meant.full for meant in open_ if _is_on_any(meant, arns, surroundings))
        if names and not breadth.names_resources(part, _SAY_WHICH):
            named = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
            where = f"{action.text} on {breadth.shown(arns)}"
            is_it = where if names == [action.text] else f"{where} holds {named}, and"
            yield LintFinding(code, action.path, f"{is_it} {what}: name the resources")


def _permissions(
    part: StatementPart, action: ListedAction, arns: list[str], surroundings: Surroundings
) -> Iterator[LintFinding]:
    """Actions that open resources to others: policies of buckets, keys, functions. IAM has its own rule."""
    if action.service == "iam" or breadth.names_resources(part, _SAY_WHICH):
        return
    granting = (
        meant
        for meant in action.meant
        if "permissions_management" in meant.levels and meant.name.startswith(_GIVES)
    )
    open_ = (meant for meant in granting if _is_on_any(meant, arns, surroundings))
    names = sorted(meant.full for meant in open_)
    if names:
        named = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
        holds = "" if names == [action.text] else f" holds {named}, and"
        yield LintFinding(
            "IAM312",
            action.path,
            f"{action.text} on {breadth.shown(arns)}{holds} says who may use any of them: name the resources",
        )


def _passes(part: StatementPart, action: ListedAction) -> Iterator[LintFinding]:
    if any(test.folded in _HANDED_TO and test.narrows for test in part.tests):
        return
    yield LintFinding(
        "IAM303",
        action.path,
        f"{action.text} on any role hands every role of the account to whatever service will run it: name the"
        " roles, and the service in iam:PassedToService",
    )


def _is_on_any(action: Action, arns: list[str], surroundings: Surroundings) -> bool:
    """Whether an ARN fits resources of this account that it does not name."""
    return any(
        globs.matches(text, arn)
        for text in arns
        for arn in _unnamed(action, surroundings.account, surroundings.partition)
    )


@lru_cache(maxsize=1024)
def _unnamed(action: Action, account: str, partition: str) -> tuple[str, ...]:
    filled = (t.replace("${Partition}", partition).replace("${Account}", account) for t in action.resources)
    return tuple(PLACEHOLDER.sub(_NAMED_BY_NONE, template) for template in filled)
