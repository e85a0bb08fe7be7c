"""Everything, and the known ways from some permissions to it. One table, for guards and lint.

The table is `escalations.json`, which `make data` writes from `tools/escalation_paths.tsv`; sources and dates
stand there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from reconciler.policy import globs
from reconciler.policy.catalogue import known_names
from reconciler.policy.compare.compared_statements import ComparedStatements
from reconciler.policy.compare.delta import of_principal
from reconciler.policy.document.document import document
from reconciler.policy.meaning.evaluate import AccessRequest, decide
from reconciler.policy.meaning.statements import Statement, statements
from reconciler.policy.risk import caller_variables
from reconciler.policy.risk.abilities import Abilities
from reconciler.policy.risk.caller_keys import CallerFacts


@dataclass(frozen=True, slots=True)
class Escalation:
    """Actions that together lead to all permissions.

    `passed_to` are the services to which a role can be passed. `indirect` leads only as far as the
    permissions of what exists already. `by_name` does so too, unless a statement names the actions'
    service.
    """

    how: str
    actions: tuple[str, ...]
    passed_to: tuple[str, ...] = ()
    indirect: bool = False
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """All that a principal holds, and who it is; `bounded` where a boundary is among it.

    `unbounded` are the statements without those of the boundary.
    """

    statements: tuple[Statement, ...]
    who: CallerFacts
    bounded: bool = False
    unbounded: tuple[Statement, ...] = field(default=())


_HANDS_OVER = "iam:PassRole"


@cache
def ways() -> tuple[Escalation, ...]:
    """The table."""
    return tuple(
        Escalation(
            line["how"],
            tuple(line["actions"]),
            tuple(line["passed_to"]),
            indirect=line["kind"] == "told",
            by_name=line["kind"] == "named",
        )
        for line in known_names.escalations()
    )


@cache
def wide_policies(partition: str) -> tuple[str, ...]:
    """The ARNs of AWS's own policies that allow everything, or lead there."""
    return tuple(f"arn:{partition}:iam::aws:policy/{name}" for name in known_names.leading_policies())


_EVERYTHING = document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_UNHEARD_OF = AccessRequest("unheard:Of", "arn:aws:unheard:::of")


def allows_everything(held: tuple[Statement, ...], *, bounded: bool) -> bool:
    """Whether statements together allow every request, apart from what they deny.

    So an admin with exceptions counts.
    """
    allowing = tuple(s for s in held if s.allows)
    if decide(allowing, _UNHEARD_OF, bounded=bounded) != "allowed":
        return False
    gained, _ = of_principal(ComparedStatements(allowing, statements(_EVERYTHING), (bounded, False)))
    return gained.answer == "no"


@lru_cache(maxsize=4096)
def reachable(held: JudgedBy) -> frozenset[Escalation]:
    """The escalations that a principal's statements allow on anything in the account, or on its own entities.

    "Anything" is whatever no statement names (`unnamed`). Conditions count as met where the principal can
    choose so (`abilities`).
    """
    held = _open(held)
    who = held.who
    if not who.wide:
        who = replace(who, wide=wide_policies(who.partition))
    granting = tuple(s for s in held.statements if s.allows and not s.limits)
    services = _services(granting)
    able = Abilities(held.statements, who, held.bounded)
    reached = {w for w in ways() if _may_be_granted(w, services) and _is_open(w, able)}
    reached = {replace(w, indirect=True) if w.by_name and not _names(granting, w) else w for w in reached}
    known = {action for escalation in reached for action in escalation.actions}
    for escalation in _on_what_is_its_own(held, able, services):
        if known.isdisjoint(escalation.actions):
            reached.add(escalation)
    if all(escalation.indirect for escalation in reached):
        reached.update(_without_what_denies(held, able, services))
    return frozenset(reached)


def _open(held: JudgedBy) -> JudgedBy:
    """The same with variables that the caller fills in filled in."""
    number = len(held.unbounded) if held.bounded else len(held.statements)
    own = tuple(caller_variables.open_to_the_caller(held.statements[:number]))
    return replace(
        held, statements=(*own, *caller_variables.open_to_the_caller(held.statements[number:])), unbounded=own
    )


def least(reached: frozenset[Escalation]) -> tuple[Escalation, ...]:
    """In the order of the table, without ways that take more actions than another that leads as far."""
    return tuple(
        escalation
        for escalation in sorted(reached, key=lambda w: (_rank(w), w.how))
        if not any(
            set(other.actions) < set(escalation.actions) and other.indirect <= escalation.indirect
            for other in reached
        )
    )


def _rank(escalation: Escalation) -> int:
    return next((n for n, known in enumerate(ways()) if known.actions == escalation.actions), len(ways()))


def _services(granting: tuple[Statement, ...]) -> frozenset[str] | None:
    """The services that actions are granted of; None where that is left open."""
    named = {text.partition(":")[0] for s in granting for text in s.actions.patterns}
    is_open = any(s.actions.negated for s in granting) or any(map(globs.is_pattern, named))
    return None if is_open else frozenset(named)


def _may_be_granted(escalation: Escalation, services: frozenset[str] | None) -> bool:
    return services is None or all(action.partition(":")[0] in services for action in escalation.actions)


def _is_open(escalation: Escalation, able: Abilities) -> bool:
    """Whether all of it is allowed.

    Where a role is passed, on any role; else on any resource of the action.
    """
    if escalation.actions[0] != _HANDS_OVER:
        return all(map(able.to_anything, escalation.actions))
    return all(map(able.to_something, escalation.actions[1:])) and able.to_anything(
        _HANDS_OVER, escalation.passed_to
    )


def _names(granting: tuple[Statement, ...], escalation: Escalation) -> bool:
    """Whether a statement grants one of its actions by the name of the service."""
    return any(
        text.startswith(f"{action.partition(':')[0]}:") and globs.matches(text, action.lower())
        for s in granting
        if not s.actions.negated
        for text in s.actions.patterns
        for action in escalation.actions
    )


# What leads to all permissions on the principal itself, on a group that it is in, on a policy that it holds.
_ON_ITSELF = {
    "user": (
        ("iam:PutUserPolicy", "writes policies into itself"),
        ("iam:AttachUserPolicy", "attaches any policy to itself"),
    ),
    "role": (
        ("iam:PutRolePolicy", "writes policies into itself"),
        ("iam:AttachRolePolicy", "attaches any policy to itself"),
    ),
    "group": (
        ("iam:PutGroupPolicy", "writes policies into its own group"),
        ("iam:AttachGroupPolicy", "attaches any policy to its own group"),
    ),
    "policy": (
        ("iam:CreatePolicyVersion", "rewrites a policy that is attached to it"),
        ("iam:SetDefaultPolicyVersion", "restores any version of a policy that is attached to it"),
    ),
}
_SOMEBODY = "some-user-that-nobody-named"


def _on_what_is_its_own(
    held: JudgedBy, able: Abilities, services: frozenset[str] | None
) -> Iterator[Escalation]:
    if services is not None and "iam" not in services:
        return
    who = able.who
    for arn in who.own:
        yield from _on(arn, able)
    if who.own and ":role/" not in who.own[0] and ":user/" not in who.own[0]:
        # Whoever holds it may be a user, who is named by a variable.
        me = f"arn:{who.partition}:iam::{who.account}:user/{_SOMEBODY}"
        yield from _on(me, Abilities(held.statements, replace(who, own=(me,)), held.bounded))
    if held.bounded:
        yield from _out_of_its_boundary(held, able)


def _on(arn: str, able: Abilities) -> Iterator[Escalation]:
    for action, how in _ON_ITSELF.get(_noun(arn), ()):
        if able.to(action, arn):
            yield Escalation(how, (action,))


def _out_of_its_boundary(held: JudgedBy, able: Abilities) -> Iterator[Escalation]:
    """Ways out of the boundary, where the other policies allow everything or lead there."""
    who = able.who
    me = who.own[0] if who.own else ""
    noun = "Role" if ":role/" in me else "User" if ":user/" in me else ""
    asked = (
        (f"iam:Delete{noun}PermissionsBoundary", me, "takes off its own boundary"),
        (f"iam:Put{noun}PermissionsBoundary", me, "replaces its own boundary"),
        ("iam:CreatePolicyVersion", who.boundary, "rewrites its own boundary"),
        ("iam:SetDefaultPolicyVersion", who.boundary, "restores any version of its own boundary"),
    )
    out = [
        Escalation(how, (action,))
        for action, arn, how in asked
        if arn and (noun or arn != me) and arn.split(":")[4] != "aws" and able.to(action, arn)
    ]
    if out:
        without = replace(held, statements=held.unbounded, bounded=False, who=replace(who, boundary=""))
        if allows_everything(held.unbounded, bounded=False) or any(
            not w.indirect for w in reachable(without)
        ):
            yield from out


# What takes a policy, and its denies, away from the principal itself.
_TAKES_AWAY = {
    "user": ("iam:DetachUserPolicy", "iam:DeleteUserPolicy"),
    "role": ("iam:DetachRolePolicy", "iam:DeleteRolePolicy"),
    "group": ("iam:RemoveUserFromGroup", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy"),
}


def _without_what_denies(
    held: JudgedBy, able: Abilities, services: frozenset[str] | None
) -> Iterator[Escalation]:
    """A way to remove what denies the principal something, where that keeps it from everything."""
    own = held.unbounded
    if all(s.allows for s in own) or (services is not None and "iam" not in services):
        return
    asked = ((action, arn) for arn in held.who.own for action in _TAKES_AWAY.get(_noun(arn), ()))
    taking = next((action for action, arn in asked if able.to(action, arn)), "")
    if not taking:
        return
    allowing = tuple(s for s in own if s.allows)
    bounding = held.statements[len(own) :]
    if any(
        not w.indirect
        for w in reachable(replace(held, statements=(*allowing, *bounding), unbounded=allowing))
    ):
        yield Escalation("takes off a policy that denies it the rest", (taking,))


def _noun(arn: str) -> str:
    return arn.split(":")[5].partition("/")[0]
