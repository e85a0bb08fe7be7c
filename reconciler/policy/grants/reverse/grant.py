"""Statements as grants: for each the shortest that expands to it again, and one for several where possible.

Nothing is assumed: a grant is given only after `grants.expand` gave the statements back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from reconciler.core.problems import Problems
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.document.document import as_list
from reconciler.policy.grants import actions as grant_actions
from reconciler.policy.grants.actions import GrantEntry
from reconciler.policy.grants.conditions import ConditionTest
from reconciler.policy.grants.grant import Grant, expand
from reconciler.policy.grants.resources import ANY_IN_ACCOUNT, EVERY_RESOURCE
from reconciler.policy.grants.reverse import actions, conditions, resources
from reconciler.policy.grants.short_resources import Filling
from reconciler.policy.meaning.canonical import NormalStatement, normal_statement

_ELEMENTS = frozenset(("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"))
_RESOURCE_ACCOUNT = "aws:resourceaccount"
# Statements that one grant could have made are looked for among so many of each kind.
_MOST_TRIED = 6


class NoGrant(ValueError):
    """A statement that no grant makes; the message says which and why."""


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """The account whose documents are read, and the ARNs that have a name: those are never shortened."""

    account: str
    partition: str
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Live:
    """One statement as it is read. `own` are its tests without the one that any-in-account adds for S3."""

    index: int
    effect: str
    sid: str
    service: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    tests: tuple[ConditionTest, ...]
    own: tuple[ConditionTest, ...]
    normal: NormalStatement

    @property
    def may_be_any(self) -> bool:
        """Whether any-in-account could have made it, or part of it."""
        return bool(self.service and self.resources and not self.not_actions)

    @property
    def is_everywhere(self) -> bool:
        """Whether it is on all resources there are."""
        return self.resources == (EVERY_RESOURCE,)


def grants(statements: list[dict[str, Any]], scope: NamedAccount) -> tuple[Grant, ...]:
    """The grants that make these statements and no others, in the order of the first of each.

    Raises:
        NoGrant: a statement is none that grants make.
    """
    live = [_read(index, raw, scope) for index, raw in enumerate(statements)]
    by_index: dict[int, Grant] = {}
    joined: set[int] = set()
    for group, grant in _joined(live, scope):
        by_index[group[0].index] = grant
        joined |= {statement.index for statement in group}
    for statement in live:
        if statement.index not in joined:
            by_index[statement.index] = _alone(statement, scope)
    return tuple(by_index[index] for index in sorted(by_index))


def _read(index: int, raw: dict[str, Any], scope: NamedAccount) -> _Live:
    odd = sorted(set(raw) - _ELEMENTS)
    if (
        odd
        or not (("Action" in raw) ^ ("NotAction" in raw))
        or not (("Resource" in raw) ^ ("NotResource" in raw))
    ):
        raise NoGrant(
            f"{_place(index, raw)}: {', '.join(odd) or 'Action and Resource, one of each,'} can't be said in"
            " a grant"
        )
    texts = {
        key: tuple(dict.fromkeys(map(str, as_list(raw.get(key, [])))))
        for key in ("Action", "NotAction", "Resource", "NotResource")
    }
    named = tuple(dict.fromkeys(map(actions.spelled, texts["Action"])))
    if raw.get("Condition") == {} or {} in raw.get("Condition", {}).values():
        raise NoGrant(f"{_place(index, raw)}: an empty condition can't be said in a grant")
    tests = conditions.read(raw.get("Condition"))
    service = actions.service_of(named)
    return _Live(
        index=index,
        effect=str(raw.get("Effect")),
        sid=str(raw.get("Sid", "")),
        service=service,
        actions=named,
        not_actions=tuple(dict.fromkeys(map(actions.spelled, texts["NotAction"]))),
        resources=texts["Resource"],
        not_resources=texts["NotResource"],
        tests=tests,
        own=tuple(test for test in tests if not _is_added(service, test, scope)),
        normal=normal_statement(raw, scope.partition),
    )


def _place(index: int, raw: dict[str, Any]) -> str:
    return f"statement {index + 1}" + (f" ({raw['Sid']})" if raw.get("Sid") else "")


def _is_added(service: str, test: ConditionTest, scope: NamedAccount) -> bool:
    own = ("StringEquals", _RESOURCE_ACCOUNT, (scope.account,))
    return service == "s3" and (test.operator, test.key.lower(), test.values) == own


def _joined(live: list[_Live], scope: NamedAccount) -> Iterator[tuple[tuple[_Live, ...], Grant]]:
    """Statements that one any-in-account makes together, each in one group at most."""
    clusters: dict[tuple[Any, ...], list[_Live]] = {}
    for statement in live:
        if statement.may_be_any and not statement.sid and _could_be_part(statement, scope):
            tests = frozenset((t.operator, t.key.lower(), frozenset(t.values)) for t in statement.own)
            clusters.setdefault((statement.effect, statement.service, tests), []).append(statement)
    for cluster in clusters.values():
        taken: set[int] = set()
        for group in _combinations(cluster):
            if any(statement.index in taken for statement in group):
                continue
            grant = _verified(_candidates(group, scope, any_in_account=True), group, scope, [])
            if grant is not None:
                taken |= {statement.index for statement in group}
                yield group, grant


def _combinations(cluster: list[_Live]) -> Iterator[tuple[_Live, ...]]:
    """Two or three of different kinds: on `*`, on ARNs of the account, on S3's with its condition.

    Groups of three come first.
    """
    star = [
        statement for statement in cluster if statement.is_everywhere and statement.tests == statement.own
    ]
    buckets = [statement for statement in cluster if statement.tests != statement.own]
    own = [statement for statement in cluster if statement not in star and statement not in buckets]
    kinds = [kind[:_MOST_TRIED] for kind in (star, buckets, own)]
    for number in (3, 2):
        for group in product(*([None, *kind] for kind in kinds)):
            members = tuple(statement for statement in group if statement is not None)
            if len(members) == number:
                yield tuple(sorted(members, key=lambda statement: statement.index))


def _could_be_part(statement: _Live, scope: NamedAccount) -> bool:
    """Whether any-in-account could give such actions such resources: a quick look before a long one."""
    meant = [action for name in statement.actions for action in catalogue.matching(*name.split(":", 1))]
    if statement.is_everywhere:
        return not any(action.resources for action in meant)
    return resources.could_be_any(statement.resources, meant, Filling(scope.account, scope.partition))


def _alone(statement: _Live, scope: NamedAccount) -> Grant:
    why: list[str] = []
    group = (statement,)
    if statement.may_be_any and not statement.is_everywhere and _could_be_part(statement, scope):
        grant = _verified(_candidates(group, scope, any_in_account=True), group, scope, [])
        if grant is not None:
            return grant
    grant = _verified(_candidates(group, scope, any_in_account=False), group, scope, why)
    if grant is None:
        sid = f" ({statement.sid})" if statement.sid else ""
        raise NoGrant(
            f"statement {statement.index + 1}{sid}: {why[0] if why else 'no grant gives it back as it is'}"
        )
    return grant


def _verified(
    ways: Iterable[Grant], group: tuple[_Live, ...], scope: NamedAccount, why: list[str]
) -> Grant | None:
    """The first that expands to exactly these statements; the errors of the others are added to `why`."""
    wanted = {(statement.sid, statement.normal) for statement in group}
    for grant in ways:
        problems = Problems()
        expanded = expand(grant, scope.account, scope.partition, problems)
        why += [problem.message for problem in problems if problem.severity == "error"]
        if problems.has_errors:
            continue
        if {(str(m.get("Sid", "")), normal_statement(m, scope.partition)) for m in expanded} == wanted:
            return grant
    return None


def _candidates(group: tuple[_Live, ...], scope: NamedAccount, *, any_in_account: bool) -> Iterator[Grant]:
    """Grants that might give the statements, the shortest first."""
    first = group[0]
    named = tuple(dict.fromkeys(action for part in group for action in part.actions))
    tests = first.own if any_in_account else first.tests
    bare = Grant(
        effect=first.effect,
        service=first.service,
        levels=actions.by_level(first.service, named)
        if first.service
        else actions.whole(named)
        if named
        else (),
        not_actions=first.not_actions,
        resources=first.resources,
        not_resources=first.not_resources,
        tests=tuple(map(conditions.ending, tests)),
        sid=first.sid,
    )
    entries = _entries(bare)
    worded = _with_words(bare, tests, entries)
    if any_in_account:
        for region in dict.fromkeys(
            ("", *(resources.region_of(arn) for part in group for arn in part.resources))
        ):
            yield replace(worded, resources=(ANY_IN_ACCOUNT,), region=region)
        return
    shorter = _with_short_resources(worded, entries, scope)
    yield from _each_once((shorter, worded, bare))


def _each_once(ways: tuple[Grant, ...]) -> Iterator[Grant]:
    for index, way in enumerate(ways):
        if way not in ways[:index]:
            yield way


def _entries(grant: Grant) -> list[GrantEntry]:
    if grant.service:
        return grant_actions.of_service(grant.service, grant.levels, Problems())
    names = grant.not_actions or dict(grant.levels).get("actions", ())
    return grant_actions.full("actions", names, Problems())


def _with_words(grant: Grant, tests: tuple[ConditionTest, ...], entries: list[GrantEntry]) -> Grant:
    near = sorted({action.service for entry in entries for action in entry.meant})
    needed = entries if grant.effect == "Allow" and not grant.not_actions else []

    def may_say(key: str) -> bool:
        return all(
            entry.is_pattern or condition_keys.has(entry.meant[0], key) for entry in needed if entry.meant
        )

    def type_of(key: str) -> str:
        # A key of some other service stays under `condition:`: looking through all of them takes a second.
        return condition_keys.near_type_of(key, near)

    parted = conditions.parted(tests, type_of, may_say=may_say, denies=grant.effect == "Deny")
    return replace(grant, when=parted.when, unless=parted.unless, tests=parted.rest)


def _with_short_resources(grant: Grant, entries: list[GrantEntry], scope: NamedAccount) -> Grant:
    if not grant.service or grant.resources == (EVERY_RESOURCE,):
        return grant
    meant = [action for entry in entries for action in entry.meant]
    arns = grant.not_resources or grant.resources
    filling = Filling(scope.account, scope.partition)
    texts, region = resources.shortened(arns, meant, filling, scope.named)
    if grant.not_resources:
        return replace(grant, not_resources=texts, region=region)
    return replace(grant, resources=texts, region=region)
