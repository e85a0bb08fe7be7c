"""A readable witness: a real action, a resource of its own type, keys as the documents spell them.

The request that a search finds is right but odd (`s3:getx` on `arn:x:x:::x`); each change for the better
is kept only where both documents still answer as before.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.core.access_change import Undecided
from reconciler.policy import globs
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue.actions import PLACEHOLDER
from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.compared_statements import (
    DENIED,
    FREED,
    GAINED,
    LOST,
    ComparedStatements,
    Goal,
    reaches,
)
from reconciler.policy.compare.delta import Delta
from reconciler.policy.compare.overlap import ChangedPart
from reconciler.policy.document.document import Document, as_list
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.policy.meaning.statements import padded, statements, unescaped

_MOST_TRIES = 150
# Where any service will do.
_WELL_KNOWN = ("s3:GetObject", "ec2:DescribeInstances", "sqs:SendMessage", "iam:GetRole")
_VARIABLE = re.compile(r"\$\{([^{},]+)")


def better(
    verdict: AccessVerdict, sides: ComparedStatements, goal: Goal, documents: tuple[Document, ...]
) -> AccessVerdict:
    """The verdict with a readable witness; the documents say how keys are spelled."""
    if verdict.witness is None:
        return verdict
    witness = polished(verdict.witness, documents, lambda request: reaches(request, sides, goal))
    return replace(verdict, witness=witness)


def as_spelled(verdict: AccessVerdict, documents: tuple[Document, ...]) -> AccessVerdict:
    """The verdict with the keys of its witness as the documents spell them."""
    request = verdict.witness
    if request is None or not request.context:
        return verdict
    spelled = _spellings(documents)
    context = {spelled.get(key, key): value for key, value in request.context.items()}
    return replace(verdict, witness=replace(request, context=context))


def better_delta(changes: Delta, old: Document, new: Document, partition: str = "aws") -> Delta:
    """A delta with a readable witness of each change."""
    sides = ComparedStatements(statements(old, partition), statements(new, partition))

    def of(verdict: AccessVerdict, goal: Goal) -> AccessVerdict:
        return better(verdict, sides, goal, (old, new))

    return Delta(
        of(changes.gained, GAINED),
        of(changes.lost, LOST),
        of(changes.denied_added, DENIED),
        of(changes.denied_removed, FREED),
    )


def polished(
    request: AccessRequest, documents: tuple[Document, ...], still: Callable[[AccessRequest], bool]
) -> AccessRequest:
    """The request with more familiar parts, as long as it is still a witness."""
    better = _first(still, (replace(request, action=name) for name in _actions(request.action)), request)
    if better.resource is not None:
        better = _first(still, (replace(better, resource=text) for text in _resources(better)), better)
    spelled = _spellings(documents)
    return replace(better, context={spelled.get(key, key): value for key, value in better.context.items()})


def _first(
    still: Callable[[AccessRequest], bool], tries: Iterator[AccessRequest], otherwise: AccessRequest
) -> AccessRequest:
    for number, request in enumerate(tries):
        if number >= _MOST_TRIES:
            break
        if still(request):
            return request
    return otherwise


def _actions(text: str) -> Iterator[str]:
    """Real actions: this one as AWS spells it, then others of the service, then well-known ones."""
    service, _, name = text.partition(":")
    known = catalogue.actions_of(service)
    if name in known:
        yield known[name].full
    yield from (known[key].full for key in sorted(known))
    if not known:
        yield from _WELL_KNOWN


def _resources(request: AccessRequest) -> Iterator[str]:
    """ARNs of the action's own resource types, and the one of the request, with its empty parts filled."""
    service, _, name = request.action.lower().partition(":")
    action = catalogue.actions_of(service).get(name)
    resource = request.resource or ""
    if resource.endswith(("/", ":", "/x", ":x")):
        resource = f"{resource.removesuffix('x')}example"
    tail = resource.split(":", 5)[-1]
    for template in action.resources if action else ():
        head = catalogue.plausible(template)
        yield PLACEHOLDER.sub("example", head)
        yield ":".join([*head.split(":", 5)[:5], tail])
    yield resource.replace("arn:x:x:", f"arn:aws:{service}:", 1)
    yield resource


def _spellings(documents: tuple[Document, ...]) -> dict[str, str]:
    """How the documents write each condition key, by its lower case."""
    spellings: dict[str, str] = {}
    for document in documents:
        for name in _VARIABLE.findall(document.text):
            spellings.setdefault(name.strip().lower(), name.strip())
        for statement in document.statements:
            block = statement.get("Condition")
            for keys in block.values() if isinstance(block, dict) else ():
                for key in keys if isinstance(keys, dict) else ():
                    spellings.setdefault(key.lower(), key)
    return spellings


def request_data(request: AccessRequest) -> dict[str, Any]:
    """A witness as plain data."""
    return {
        "action": request.action,
        "resource": request.resource,
        "principal": dict([request.principal]) if request.principal else None,
        "context": {
            key: value if isinstance(value, str) else list(value)
            for key, value in sorted(request.context.items())
            if value is not None
        },
    }


_ALL = ChangedPart()


def narrowed(statement: dict[str, Any], actions: tuple[str, ...], part: ChangedPart = _ALL) -> dict[str, Any]:
    """A statement with those of its actions that matter, spelled as it spells them.

    Narrower ones are spelled as AWS does. `part` has the further conditions.
    """
    return _with_part(_with_actions(statement, actions), part)


def _with_actions(statement: dict[str, Any], actions: tuple[str, ...]) -> dict[str, Any]:
    if "Action" not in statement:
        named = {"Action": [spelled(action) for action in actions if action]}
        return {k: v for k, v in statement.items() if k != "NotAction"} | named if any(actions) else statement
    own = [a for a in as_list(statement["Action"]) if isinstance(a, str)]
    known = {a.lower() for a in own}
    kept = [a for a in own if a.lower() in actions] + [spelled(a) for a in actions if a not in known]
    return {**statement, "Action": kept or statement["Action"]}


def _with_part(statement: dict[str, Any], part: ChangedPart) -> dict[str, Any]:
    narrow = dict(statement)
    if part.resources:
        narrow.pop("NotResource", None)
        own = [text for text in as_list(statement.get("Resource", [])) if isinstance(text, str)]
        kept = [text for text in own if padded(text) in part.resources]
        known = {padded(text) for text in kept}
        narrow["Resource"] = kept + [unescaped(text) for text in part.resources if text not in known]
    if part.tests:
        block = {name: dict(keys) for name, keys in statement.get("Condition", {}).items()}
        for test in part.tests:
            name, key = test.spelled
            if name:
                # One key, however it is spelled.
                key = next((own for own in block.get(name, {}) if own.lower() == key.lower()), key)
                own = [text for text in as_list(block.get(name, {}).get(key, [])) if text in test.values]
                values = own or [unescaped(text) for text in sorted(test.values)]
                block.setdefault(name, {})[key] = values
        narrow["Condition"] = block
    if part.principals:
        by_kind: dict[str, list[str]] = {}
        for kind, text in part.principals:
            by_kind.setdefault(kind, []).append(text)
        narrow["Principal"] = by_kind
    return narrow


def as_people_write(undecided: tuple[Undecided, ...]) -> tuple[Undecided, ...]:
    """The same with actions as AWS spells them."""
    return tuple(replace(entry, actions=tuple(map(spelled, entry.actions))) for entry in undecided)


def spelled(pattern: str) -> str:
    """A pattern in lower case as AWS spells the actions that it fits, as far as it names them."""
    service, _, name = pattern.partition(":")
    known = [
        (lower, action.name)
        for lower, action in catalogue.actions_of(service).items()
        if globs.matches(name, lower)
    ]
    if not known:
        return pattern
    # What stands before the first wildcard and after the last is spelled as it is in an action that fits.
    lower, spelling = known[0]
    head = len(name) if name == lower else len(name.partition("*")[0].partition("?")[0])
    tail = 0 if name == lower else len(name.rpartition("*")[2].rpartition("?")[2])
    middle = name[head : len(name) - tail]
    return f"{service}:{spelling[:head]}{middle}{spelling[len(spelling) - tail :] if tail else ''}"
