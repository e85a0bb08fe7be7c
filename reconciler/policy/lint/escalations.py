"""Known ways from what a document allows to all permissions (IAM304)."""

from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.lint import breadth
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, Subject

RULES = (
    LintRule(
        "IAM304",
        "A known way to all permissions",
        why="Actions that together lead to permissions that nobody granted, found also where wildcards"
        " hide them.",
        source="Rhino Security Labs and pathfinding.cloud, as listed in `policy/risk/escalations.py`",
        parliament=("PRIVILEGE_ESCALATION", "RESOURCE_POLICY_PRIVILEGE_ESCALATION"),
    ),
)
_MOST_NAMED = 3
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


def check(subject: Subject) -> Iterator[LintFinding]:
    """What all statements come to together, where none allows everything already."""
    if not breadth.administrators(subject) and _may_escalate(subject):
        yield from _escalations(subject)


def _may_escalate(subject: Subject) -> bool:
    granting = [part for part in subject.parts if part.allows]
    return any(
        "NotAction" in part.raw
        or not ESCALATING.isdisjoint(part.near)
        or any(action.is_of_any_service for action in part.actions)
        for part in granting
    )


def _escalations(subject: Subject) -> Iterator[LintFinding]:
    # Start-up: it brings all of evaluation along.
    from reconciler.policy.risk import escalations  # noqa: PLC0415
    from reconciler.policy.risk.caller_keys import CallerFacts  # noqa: PLC0415

    statements = tuple(part.statement for part in subject.parts)
    caller = CallerFacts(subject.surroundings.account, subject.surroundings.partition)
    reached = escalations.reachable(escalations.JudgedBy(statements, caller))
    # All of IAM, and PassRole on anything, are said as such; so is AssumeRole (IAM305).
    whole_services = {
        action.service
        for part in subject.parts
        for action in part.actions
        if part.allows and breadth.is_whole_service(part, action)
    }
    by_place: dict[Path, list[escalations.Escalation]] = {}
    for escalation in escalations.least(reached):
        if "iam" not in whole_services and escalation.actions != _ASSUMES:
            by_place.setdefault(_where(subject, escalation.actions[-1]), []).append(escalation)
    for path, ways in by_place.items():
        leads = (
            "which leads as far as their roles"
            if all(w.indirect for w in ways)
            else "which leads to all permissions"
        )
        shown = "; ".join(
            f"{' with '.join(escalation.actions)} {escalation.how}" for escalation in ways[:_MOST_NAMED]
        )
        more = f"; and {len(ways) - _MOST_NAMED} ways more" if len(ways) > _MOST_NAMED else ""
        yield LintFinding("IAM304", path, f"{shown}{more}, {leads}: name the resources")


def _where(subject: Subject, action: str) -> Path:
    """The entry that grants the action."""
    service, _, name = action.lower().partition(":")
    for part in subject.parts:
        for listed in part.actions if part.allows else ():
            if any(meant.full.lower() == action.lower() for meant in listed.meant) or globs.matches(
                listed.text.lower(), f"{service}:{name}"
            ):
                return listed.path
    return ("Statement",)
