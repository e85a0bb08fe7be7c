"""Everything, and the known ways from some permissions to it. One table, for guards and lint.

Sources: Rhino Security Labs, "AWS IAM Privilege Escalation: Methods and Mitigation" (2018, with its later parts), and the
paths of pathfinding.cloud. Each line is enough by itself where its actions may be used on anything in the account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from reconciler.policy import actions as catalogue
from reconciler.policy import globs
from reconciler.policy.actions import PLACEHOLDER
from reconciler.policy.delta import of_principal
from reconciler.policy.document import document
from reconciler.policy.evaluate import Request, decide, includes
from reconciler.policy.search import Sides
from reconciler.policy.statements import Element, Statement, statements


@dataclass(frozen=True, slots=True)
class Escalation:
    """Actions that together lead to all permissions; `passed_to` is the service that a role is handed to.

    `indirect` leads only as far as what is already there has permissions of its own.
    """

    how: str
    actions: tuple[str, ...]
    passed_to: str = ""
    indirect: bool = False


_HANDS_OVER = "iam:PassRole"

ESCALATIONS = (
    Escalation("rewrites any policy", ("iam:CreatePolicyVersion",)),
    Escalation("goes back to any version of a policy", ("iam:SetDefaultPolicyVersion",)),
    Escalation("attaches any policy to any user", ("iam:AttachUserPolicy",)),
    Escalation("attaches any policy to any group", ("iam:AttachGroupPolicy",)),
    Escalation("attaches any policy to any role", ("iam:AttachRolePolicy",)),
    Escalation("writes policies into any user", ("iam:PutUserPolicy",)),
    Escalation("writes policies into any group", ("iam:PutGroupPolicy",)),
    Escalation("writes policies into any role", ("iam:PutRolePolicy",)),
    Escalation("puts users into any group", ("iam:AddUserToGroup",)),
    Escalation("lets anyone assume any role", ("iam:UpdateAssumeRolePolicy",)),
    Escalation("makes access keys of any user", ("iam:CreateAccessKey",)),
    Escalation("sets a first password of any user", ("iam:CreateLoginProfile",)),
    Escalation("changes the password of any user", ("iam:UpdateLoginProfile",)),
    Escalation("takes the boundary off any role", ("iam:DeleteRolePermissionsBoundary",)),
    Escalation("takes the boundary off any user", ("iam:DeleteUserPermissionsBoundary",)),
    Escalation("runs an instance with any role", (_HANDS_OVER, "ec2:RunInstances"), "ec2.amazonaws.com"),
    Escalation("gives an instance any role", (_HANDS_OVER, "ec2:AssociateIamInstanceProfile"), "ec2.amazonaws.com"),
    Escalation("runs a function with any role", (_HANDS_OVER, "lambda:CreateFunction", "lambda:InvokeFunction"), "lambda.amazonaws.com"),
    Escalation("runs a function with any role by an event source", (_HANDS_OVER, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"), "lambda.amazonaws.com"),
    Escalation("replaces the code of any function", ("lambda:UpdateFunctionCode",), indirect=True),
    Escalation("runs a stack with any role", (_HANDS_OVER, "cloudformation:CreateStack"), "cloudformation.amazonaws.com"),
    Escalation("runs a build with any role", (_HANDS_OVER, "codebuild:CreateProject", "codebuild:StartBuild"), "codebuild.amazonaws.com"),
    Escalation("runs a pipeline of data with any role", (_HANDS_OVER, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"), "datapipeline.amazonaws.com"),
    Escalation("runs a Glue endpoint with any role", (_HANDS_OVER, "glue:CreateDevEndpoint"), "glue.amazonaws.com"),
    Escalation("runs a Glue job with any role", (_HANDS_OVER, "glue:CreateJob", "glue:StartJobRun"), "glue.amazonaws.com"),
    Escalation("runs a notebook with any role", (_HANDS_OVER, "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"), "sagemaker.amazonaws.com"),
    Escalation("runs commands on any instance", ("ssm:SendCommand",), indirect=True),
    Escalation("signs in to any instance", ("ssm:StartSession",), indirect=True),
    Escalation("signs in to any Glue endpoint", ("glue:UpdateDevEndpoint",), indirect=True),
    Escalation("runs a task with any role", (_HANDS_OVER, "ecs:RegisterTaskDefinition", "ecs:RunTask"), "ecs-tasks.amazonaws.com"),
)  # fmt: skip

_EVERYTHING = document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_UNHEARD_OF = Request("unheard:Of", "arn:aws:unheard:::of")


def allows_everything(held: tuple[Statement, ...], *, bounded: bool) -> bool:
    """Whether statements together allow every request, what they deny left aside: an admin with exceptions is one."""
    allowing = tuple(s for s in held if s.allows)
    if decide(allowing, _UNHEARD_OF, bounded=bounded) != "allowed":
        return False
    gained, _ = of_principal(Sides(allowing, statements(_EVERYTHING), (bounded, False)))
    return gained.answer == "no"


_NAMES = ("anything", "Qx7", "zz-9")


def reachable(held: Iterable[Statement], account: str, partition: str, *, bounded: bool = False, own: tuple[str, ...] = ()) -> frozenset[Escalation]:  # fmt: skip
    """The escalations that these statements allow on anything in the account, or on anything but a few names.

    And on what is the principal's own: `own` are the ARNs of itself first, then of its groups and the policies that it
    holds. Conditions count where they say what is acted on; of others it is taken that they can be met.
    """
    every = tuple(made for statement in held if (made := _as_far_as_it_limits(statement)) is not None)
    granting = [statement.actions for statement in every if statement.allows and not statement.limits]
    services = _services(granting)

    @cache
    def is_granted(action: str) -> bool:
        is_near = services is None or action.partition(":")[0] in services
        return is_near and any(includes(actions, action.lower(), {}) for actions in granting)

    def may(action: str, resource: str, context: dict[str, str]) -> bool:
        if action.startswith("iam:Attach"):
            context = {**context, "iam:PolicyARN": f"arn:{partition}:iam::aws:policy/AdministratorAccess"}
        return decide(every, Request(action, resource, None, context), bounded=bounded) == "allowed"

    def may_anywhere(action: str, passed_to: str) -> bool:
        context = {"iam:PassedToService": passed_to} if passed_to and action == _HANDS_OVER else {}
        return any(may(action, resource, context) for resource in _anything(action, account, partition))

    asked = (e for e in ESCALATIONS if all(map(is_granted, e.actions)))
    found = {e for e in asked if all(may_anywhere(action, e.passed_to) for action in e.actions)}
    known = {action for escalation in found for action in escalation.actions}
    for arn, context in _own(own, account, partition):
        for action, how in _ON_ITSELF.get(arn.split(":")[5].partition("/")[0], ()):
            if action not in known and is_granted(action) and may(action, arn, context):
                known.add(action)
                found.add(Escalation(how, (action,)))
    return frozenset(found)


# What leads to all permissions on the principal itself, on a group that it is in, on a policy that it holds.
_ON_ITSELF = {
    "user": (("iam:PutUserPolicy", "writes policies into itself"), ("iam:AttachUserPolicy", "attaches any policy to itself")),
    "role": (("iam:PutRolePolicy", "writes policies into itself"), ("iam:AttachRolePolicy", "attaches any policy to itself")),
    "group": (("iam:PutGroupPolicy", "writes policies into its own group"), ("iam:AttachGroupPolicy", "attaches any policy to its own group")),
    "policy": (("iam:CreatePolicyVersion", "rewrites a policy that it holds"),),
}  # fmt: skip


def _own(own: tuple[str, ...], account: str, partition: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The principal's own ARNs, each with what is known of the caller; for what is no role, also some user's by its name."""
    for arn in own:
        is_user = ":user/" in arn
        yield arn, {"aws:username": arn.rpartition("/")[2]} if is_user else {}
    if own and ":role/" not in own[0] and ":user/" not in own[0]:
        yield f"arn:{partition}:iam::{account}:user/{_NAMES[1]}", {"aws:username": _NAMES[1]}


def _services(granting: list[Element]) -> frozenset[str] | None:
    """The services that actions are granted of; None where that is left open."""
    found = {text.partition(":")[0] for element in granting for text in element.patterns}
    is_open = any(element.negated for element in granting) or any(map(globs.is_pattern, found))
    return None if is_open else frozenset(found)


# Keys that say what is acted on, or what may be done with it, and so do stand in the way.
_LIMITING = ("iam:permissionsboundary", "iam:policyarn", "iam:passedtoservice", "iam:associatedresourcearn", "aws:resourcetag/", "iam:resourcetag/")  # fmt: skip


def _as_far_as_it_limits(statement: Statement) -> Statement | None:
    """The statement without the tests that a caller can meet; None for a deny that such a test can keep away."""
    limiting = frozenset(test for test in statement.tests if test.key.startswith(_LIMITING))
    if not statement.allows and limiting != statement.tests:
        return None
    return replace(statement, tests=limiting)


@lru_cache(maxsize=256)
def _anything(action: str, account: str, partition: str) -> tuple[str, ...]:
    """Resources that no policy names, unlike each other."""
    service, _, name = action.partition(":")
    found = catalogue.actions_of(service).get(name.lower())
    if found is None or not found.resources:
        return ("*",)
    template = found.resources[0].replace("${Partition}", partition).replace("${Account}", account)
    return tuple(PLACEHOLDER.sub(name, template) for name in _NAMES)
