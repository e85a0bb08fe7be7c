"""The allow and deny shorthand: what a grant becomes, statement by statement.

Levels (list, read, write, …) are there for the reader; they leave no trace in the document.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.core.problems import Problems
from reconciler.policy import lint_codes
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.catalogue.actions import data_date
from reconciler.policy.grants import actions, conditions
from reconciler.policy.grants import resources as grant_resources
from reconciler.policy.grants.actions import GrantEntry, Levels
from reconciler.policy.grants.conditions import Condition, ConditionTest, Values
from reconciler.policy.grants.resources import ANY_IN_ACCOUNT, ResourceGroup
from reconciler.policy.grants.short_resources import Filling

Statement = dict[str, Any]
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Grant:
    """One item of `allow:` or `deny:`.

    With a `service`, `levels` pairs a level (or "actions") with bare action names; without one, `actions` or
    `not_actions` are whole. `tests` are the conditions that need no catalogue (`condition:`, `expires:`).
    """

    effect: str
    service: str = ""
    levels: Levels = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    region: str = ""
    when: Mapping[str, Values] = field(default_factory=dict)
    unless: Mapping[str, Values] = field(default_factory=dict)
    tests: tuple[ConditionTest, ...] = ()
    sid: str = ""


def expand(grant: Grant, account: str, partition: str, problems: Problems) -> list[Statement]:
    """The statements of one grant. Errors are added to `problems`; the statements are then not for use."""
    entries = _entries(grant, problems)
    filling = Filling(account, partition, grant.region)
    groups = _groups(grant, entries, filling, problems) if entries and not problems.has_errors else []
    _check_region(grant, entries, groups, filling, problems)
    tests = [*_chosen(grant, entries, problems), *grant.tests]
    _check_keys(grant, groups, tests, problems)
    statements = [
        _statement(grant, group, [*tests, *_of_account(group, account)], problems) for group in groups
    ]
    if grant.sid and len(groups) > 1:
        problems.error(f"a sid can't stand here: the grant makes {len(groups)} statements; split it", "sid")
    return statements


def _entries(grant: Grant, problems: Problems) -> list[GrantEntry]:
    if grant.service:
        return actions.of_service(grant.service, grant.levels, problems)
    if grant.not_actions:
        return actions.full("not_actions", grant.not_actions, problems)
    return actions.full("actions", dict(grant.levels).get("actions", ()), problems)


def _groups(
    grant: Grant, entries: list[GrantEntry], filling: Filling, problems: Problems
) -> list[ResourceGroup]:
    if grant.resources == (ANY_IN_ACCOUNT,):
        if grant.service:
            return grant_resources.any_in_account(entries, filling, problems)
        problems.error('any-in-account needs "service": write it, or list ARNs', "resources")
        return []
    key, texts = (
        ("not_resources", grant.not_resources) if grant.not_resources else ("resources", grant.resources)
    )
    checked = [] if grant.not_actions else entries
    arns = grant_resources.listed(key, texts, checked, filling, problems, short=bool(grant.service))
    if problems.has_errors:
        return []
    if key == "resources":
        grant_resources.check_none_is_left_without(checked, arns, problems)
    elif grant.effect == "Allow":
        problems.warning(
            lint_codes.NOT_RESOURCE_IN_ALLOW,
            "not_resources in allow: everything but these is allowed, also what is made tomorrow",
            key,
            on_key=True,
        )
    return [ResourceGroup(tuple(entries), arns)]


def _check_region(
    grant: Grant, entries: list[GrantEntry], groups: list[ResourceGroup], filling: Filling, problems: Problems
) -> None:
    if not grant.region:
        return
    if not _REGION.fullmatch(grant.region):
        problems.error(f'"{grant.region[:40]}" is no region: write one, such as eu-west-1', "region")
    elif groups and not any(_has_region(arn, grant) for group in groups for arn in group.arns):
        anywhere = _groups(grant, entries, replace(filling, region=""), Problems())
        if [group.arns for group in groups] == [group.arns for group in anywhere]:
            problems.warning(
                "IAM603", "changes nothing: no resource of this grant is completed with a region", "region"
            )


def _has_region(arn: str, grant: Grant) -> bool:
    """Whether the grant's region stands in an ARN that was completed with it."""
    return arn.split(":")[3:4] == [grant.region] and arn not in grant.resources + grant.not_resources


def _chosen(grant: Grant, entries: list[GrantEntry], problems: Problems) -> tuple[ConditionTest, ...]:
    """The tests of `when:` and `unless:`, their operators chosen by the keys' types."""
    if not grant.when and not grant.unless:
        return ()
    near = sorted({action.service for entry in entries for action in entry.meant})

    def type_of(key: str) -> str:
        return condition_keys.type_of(key, near)

    def hint(key: str) -> str:
        return condition_keys.similar_key(key, near)

    tests = conditions.when(grant.when, type_of, hint, problems)
    _warn_of_missing_key(grant, tests, problems)
    if grant.unless and grant.effect == "Allow":
        problems.error(
            "unless is for deny: in allow write when:, or condition: with the negated operator",
            "unless",
            on_key=True,
        )
        return tests
    return tests + conditions.unless(grant.unless, type_of, hint, problems)


_MFA = "aws:multifactorauthpresent"


def _warn_of_missing_key(grant: Grant, tests: tuple[ConditionTest, ...], problems: Problems) -> None:
    """Warn of a plain Bool in a deny: requests with long-term access keys have no such key.

    Such requests are not denied (user guide, condition operators).
    """
    for test in tests:
        if grant.effect == "Deny" and test.key.lower() == _MFA and test.values == ("false",):
            problems.warning(
                lint_codes.MFA_SPARES_ACCESS_KEYS,
                "spares requests with access keys, which have no such key: write unless: with true",
                *test.path,
                on_key=True,
            )


def _check_keys(
    grant: Grant, groups: list[ResourceGroup], tests: list[ConditionTest], problems: Problems
) -> None:
    """In allow, every action must have the key, or it would never be allowed; wildcards may grow into it."""
    if grant.effect != "Allow" or grant.not_actions:
        return
    split = len(groups) > 1
    entries = [entry for group in groups for entry in group.entries if entry.meant]
    for test in tests:
        if test.by != "when" and not (split and test.by == "condition"):
            continue
        lacking = [entry.text for entry in dict.fromkeys(entries) if not _carries(entry, test.key)]
        if lacking:
            names = ", ".join(lacking[:4]) + (", …" if len(lacking) > 4 else "")
            verb = "has" if len(lacking) == 1 else "have"
            problems.error(
                f"{names} {verb} no condition key {test.key} in the list of {data_date()}, and so would not"
                " be allowed: split the grant, or write condition:",
                *test.path,
                on_key=True,
            )


def _carries(entry: GrantEntry, key: str) -> bool:
    return entry.is_pattern or condition_keys.has(entry.meant[0], key)


def _of_account(group: ResourceGroup, account: str) -> tuple[ConditionTest, ...]:
    """A bucket's ARN has no account: only this condition says "in this account"."""
    if not group.in_account:
        return ()
    return (ConditionTest("StringEquals", "aws:ResourceAccount", (account,), ("resources",), ANY_IN_ACCOUNT),)


def _statement(
    grant: Grant, group: ResourceGroup, tests: list[ConditionTest], problems: Problems
) -> Statement:
    statement: Statement = {"Sid": grant.sid} if grant.sid else {}
    statement["Effect"] = grant.effect
    action = "NotAction" if grant.not_actions else "Action"
    statement[action] = one_or_list(entry.text for entry in group.entries)
    statement["NotResource" if grant.not_resources else "Resource"] = one_or_list(group.arns)
    condition = conditions.combined(tests, problems)
    if condition:
        statement["Condition"] = condition_block(condition)
    return statement


def condition_block(condition: Condition) -> dict[str, Any]:
    """A condition as a document has it: operators and keys sorted, values sorted, one value as text."""
    return {
        op: {key: one_or_list(condition[op][key]) for key in sorted(condition[op])}
        for op in sorted(condition)
    }


def one_or_list(values: Iterable[str]) -> str | list[str]:
    """The values sorted, each once; one alone as text."""
    listed = sorted(set(values))
    return listed[0] if len(listed) == 1 else listed
