"""The allow and deny shorthand: what a grant becomes, statement by statement.

Levels (list, read, write, …) are there for the reader; they leave no trace in the document.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reconciler.core.problems import Problems
from reconciler.policy import actions as catalogue
from reconciler.policy import globs, resources
from reconciler.policy.actions import Action
from reconciler.policy.grammar import resource_complaint

ANY_IN_ACCOUNT = "any-in-account"
# Looking for what was meant takes milliseconds: not worth it where everything is wrong.
_GUESSES = 50
Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """One item of `allow:` or `deny:`. `levels` pairs a level (or "actions") with bare action names."""

    effect: str
    service: str
    levels: tuple[tuple[str, tuple[str, ...]], ...]
    resources: tuple[str, ...]
    condition: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    sid: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One action as written, where it stands, and the actions that it means today."""

    path: tuple[str | int, ...]
    text: str
    meant: tuple[Action, ...]


def expand(grant: Grant, account: str, partition: str, problems: Problems) -> list[Statement]:
    """The statements of one grant; what is wrong goes to `problems`, and the result is then not for use."""
    if grant.service not in catalogue.services():
        problems.error(f'there is no service "{grant.service}"{_perhaps(catalogue.similar_service(grant.service))}', "service")  # fmt: skip
        return []
    entries = _entries(grant, problems)
    if not entries or problems.has_errors:
        return []
    if grant.resources == (ANY_IN_ACCOUNT,):
        groups = _any_in_account(entries, account, partition, problems)
    else:
        groups = _on_resources(grant, entries, problems)
    if len(groups) > 1:
        _check_split(grant, groups, problems)
    if any(_adds_account(grant, arns) for _, arns in groups):
        _check_own_account(grant, problems)
    return [_statement(grant, group, arns, account) for group, arns in groups]


_Group = tuple[list[_Entry], tuple[str, ...]]


def _entries(grant: Grant, problems: Problems) -> list[_Entry]:
    found = []
    for level, names in grant.levels:
        for index, name in enumerate(names):
            entry = _entry(grant.service, level, index, name, problems)
            if entry:
                found.append(entry)
    return found


def _entry(service: str, level: str, index: int, name: str, problems: Problems) -> _Entry | None:
    path = (level, index)
    if ":" in name:
        bare = name.partition(":")[2]
        problems.error(f'with "service" an action is a bare name: write {bare}', *path)
        return None
    meant = catalogue.matching(service, name)
    if not meant:
        if globs.is_pattern(name):
            problems.error(f'"{name}" matches no action of {service}', *path)
        else:
            guess = catalogue.similar_action(service, name) if len(problems.found) < _GUESSES else ""
            problems.error(f'{service} has no action "{name}"{_perhaps(guess)}', *path)
        return None
    if not globs.is_pattern(name) and meant[0].name != name:
        problems.error(f"AWS spells it {meant[0].name}", *path)
        return None
    if level in catalogue.LEVELS:
        _check_level(level, name, meant, problems.under(*path))
    return _Entry(path, name, meant)


def _check_level(level: str, name: str, meant: tuple[Action, ...], problems: Problems) -> None:
    odd = [action for action in meant if level not in action.levels]
    if not odd:
        return
    right = " or ".join(sorted(odd[0].levels))
    if globs.is_pattern(name):
        problems.warning(f'"{name}" matches {odd[0].name} too, which is {right}, not {level}')
    else:
        problems.warning(f"{name} is {right}, not {level}")


def _perhaps(guess: str) -> str:
    return f"; did you mean {guess}?" if guess else ""


def _any_in_account(entries: list[_Entry], account: str, partition: str, problems: Problems) -> list[_Group]:
    """At most three groups: ARNs of this account, S3's ARNs without an account, and `*`."""
    own: _Group = ([], ())
    global_s3: _Group = ([], ())
    star: _Group = ([], ("*",))
    own_arns: set[str] = set()
    s3_arns: set[str] = set()
    for entry in entries:
        kinds = _kinds_of_arns(entry, account, partition, problems)
        if kinds is None:
            continue
        mine, buckets = kinds
        own_arns |= mine
        s3_arns |= buckets
        if mine:
            own[0].append(entry)
        if buckets:
            global_s3[0].append(entry)
        if not mine and not buckets:
            star[0].append(entry)
    for arn in sorted(own_arns):
        if resources.names_no_account(arn):
            problems.note(f"{arn} names no account: the words any-in-account promise more than IAM can say", "resources")  # fmt: skip
    groups = [
        (own[0], resources.without_covered(own_arns)),
        (global_s3[0], resources.without_covered(s3_arns)),
        star,
    ]
    return [group for group in groups if group[0]]


def _kinds_of_arns(
    entry: _Entry, account: str, partition: str, problems: Problems
) -> tuple[set[str], set[str]] | None:
    """The entry's own ARNs and its S3 ARNs without account; None where its matches don't agree."""
    sets: dict[tuple[bool, bool], list[Action]] = {}
    mine: set[str] = set()
    buckets: set[str] = set()
    for action in entry.meant:
        try:
            arns = set(resources.any_in_account(action, account, partition))
        except resources.OddTemplate as odd:
            problems.error(f"{action.full} has resources of the form {odd}: list them instead of any-in-account", *entry.path)  # fmt: skip
            return None
        of_s3 = {
            a for a in arns if action.service == "s3" and resources.is_s3(a) and resources.names_no_account(a)
        }
        sets.setdefault((bool(arns - of_s3), bool(of_s3)), []).append(action)
        mine |= arns - of_s3
        buckets |= of_s3
    if len(sets) == 1:
        return mine, buckets
    smallest = min(sets.values(), key=len)
    names = ", ".join(action.name for action in smallest[:3]) + (", …" if len(smallest) > 3 else "")
    problems.error(f'"{entry.text}" also matches {names}, which goes with other resources: list the actions, or split the grant', *entry.path)  # fmt: skip
    return None


def _on_resources(grant: Grant, entries: list[_Entry], problems: Problems) -> list[_Group]:
    if grant.resources == ("*",):
        return [(entries, ("*",))]
    for word in (ANY_IN_ACCOUNT, "*"):
        if word in grant.resources:
            problems.error(f'"{word}" stands alone in resources', "resources", grant.resources.index(word))
            return []
    for index, arn in enumerate(grant.resources):
        _check_arn(arn, entries, problems.under("resources", index))
    if problems.has_errors:
        return []
    for entry in entries:
        if not any(resources.takes(action, arn) for action in entry.meant for arn in grant.resources):
            problems.error(_left_without(entry), *entry.path)
    return [(entries, tuple(sorted(set(grant.resources))))]


def _check_arn(arn: str, entries: list[_Entry], problems: Problems) -> None:
    if not arn.startswith("arn:"):
        problems.error(
            'resources are "*", any-in-account or full ARNs (arn:…); short forms are not supported yet'
        )
        return
    complaint = resource_complaint(arn)
    if complaint:
        problems.error(f"IAM refuses this ARN: {complaint}")
        return
    actions = [action for entry in entries for action in entry.meant]
    if any(action.resources for action in actions) and not any(resources.takes(a, arn) for a in actions):
        forms = sorted({template for action in actions for template in action.resources})
        problems.error(f"no action of this grant takes this resource; they take {', '.join(forms[:4])}")


def _left_without(entry: _Entry) -> str:
    if not any(action.resources for action in entry.meant):
        return f'{entry.text} takes no resource and would never be allowed: give it a grant of its own with resources: "*"'  # fmt: skip
    forms = sorted({template for action in entry.meant for template in action.resources})
    return f"{entry.text} is left without a resource: it takes {', '.join(forms[:4])}"


def _check_split(grant: Grant, groups: list[_Group], problems: Problems) -> None:
    if grant.sid:
        problems.error(f"a sid can't stand here: the grant makes {len(groups)} statements; split it", "sid")
    for operator, keys in grant.condition.items():
        for key in keys:
            lacking = [
                action.name
                for group, _ in groups
                for entry in group
                for action in entry.meant
                if not catalogue.has_condition_key(action, key)
            ]
            if lacking:
                problems.error(f"{lacking[0]} has no condition key {key}: split the grant", "condition", operator, key, on_key=True)  # fmt: skip


def _adds_account(grant: Grant, arns: tuple[str, ...]) -> bool:
    """Whether the ARNs are S3's without an account, where only a condition can say "in this account"."""
    global_ = any(resources.is_s3(arn) and resources.names_no_account(arn) for arn in arns)
    return global_ and grant.resources == (ANY_IN_ACCOUNT,)


def _check_own_account(grant: Grant, problems: Problems) -> None:
    for key in grant.condition.get("StringEquals", {}):
        if key.lower() == "aws:resourceaccount":
            problems.error(
                "any-in-account adds StringEquals aws:ResourceAccount itself: leave this out, or list the ARNs",
                "condition", "StringEquals", key, on_key=True,
            )  # fmt: skip


def _statement(grant: Grant, group: list[_Entry], arns: tuple[str, ...], account: str) -> Statement:
    condition = {op: dict(keys) for op, keys in grant.condition.items()}
    if _adds_account(grant, arns):
        # A bucket's ARN has no account: only this condition says "in this account".
        condition.setdefault("StringEquals", {})["aws:ResourceAccount"] = (account,)
    statement: Statement = {"Sid": grant.sid} if grant.sid else {}
    statement["Effect"] = grant.effect
    statement["Action"] = one_or_list(f"{grant.service}:{entry.text}" for entry in group)
    statement["Resource"] = one_or_list(arns)
    if condition:
        statement["Condition"] = condition_block(condition)
    return statement


def condition_block(condition: dict[str, dict[str, tuple[str, ...]]]) -> dict[str, Any]:
    """A condition as a document has it: operators and keys sorted, values sorted, one value as text."""
    return {
        op: {key: one_or_list(condition[op][key]) for key in sorted(condition[op])}
        for op in sorted(condition)
    }


def one_or_list(values: Iterable[str]) -> str | list[str]:
    """The values sorted, each once; one alone as text."""
    listed = sorted(set(values))
    return listed[0] if len(listed) == 1 else listed
