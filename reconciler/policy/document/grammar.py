"""What IAM refuses in a policy document when it is saved, with IAM's own words.

IAM checks grammar only; what it accepts may still be useless. The verdicts are those recorded from AWS
(contract §10: localstack's validated snapshots of CreatePolicy, 2026). The first is what IAM answers, as far
as the order is known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.core.problems import Path
from reconciler.policy.document.document import Json, as_list
from reconciler.policy.document.grammar_texts import (
    action_complaint,
    is_date,
    is_stunted,
    principal_complaint,
    resource_complaint,
    trust_action_complaint,
)
from reconciler.policy.document.statement_syntax import statement_syntax

VERSIONS = ("2012-10-17", "2008-10-17")

SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
TRUST_JSON = "This policy contains invalid Json"


@dataclass(frozen=True, slots=True)
class GrammarError:
    """One refusal: where in the document, IAM's message, and what is wrong in plain words.

    `other` is the second place where two clash; `on_key` where the last step's name is at fault and not its
    value.
    """

    path: Path
    message: str
    why: str
    other: Path | None = None
    on_key: bool = False


def identity_verdicts(doc: Json, *, needs_version: bool = True) -> tuple[GrammarError, ...]:
    """Why IAM would refuse an identity policy; empty when it takes it.

    `needs_version` is true for managed policies: CreatePolicy refuses a missing or an old Version, while
    inline policies without one are seen to be accepted.
    """
    errors = tuple(syntax(doc, identity=True))
    if errors:
        return errors
    return tuple(_identity_meaning(doc, needs_version=needs_version))


def trust_verdicts(doc: Json) -> tuple[GrammarError, ...]:
    """Why IAM would refuse a role's trust policy, unknown principals apart; empty when it takes it."""
    errors = tuple(syntax(doc, identity=False))
    if errors:
        return errors
    return tuple(_trust_meaning(doc))


def statements_with_paths(doc: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each statement with its path; a single object stands at `Statement` itself."""
    listed = doc["Statement"]
    if isinstance(listed, list):
        for index, statement in enumerate(listed):
            yield ("Statement", index), statement
    else:
        yield ("Statement",), listed


def syntax(doc: Json, *, identity: bool) -> Iterator[GrammarError]:
    """What is wrong with the shape of a document; only where nothing is can its meaning be looked at."""
    if not isinstance(doc, dict):
        yield GrammarError((), SYNTAX, "a policy document is one JSON object")
        return
    for key in doc:
        if key not in ("Version", "Id", "Statement"):
            yield GrammarError(
                (key,), SYNTAX, f'"{key}" is no element of a policy: Version, Id, Statement', on_key=True
            )
    if "Version" in doc and doc["Version"] not in VERSIONS:
        yield GrammarError(("Version",), SYNTAX, f"Version is one of {', '.join(VERSIONS)}")
    if not isinstance(doc.get("Id", ""), str):
        yield GrammarError(("Id",), SYNTAX, "Id is text")
    listed = doc.get("Statement")
    if not isinstance(listed, dict) and not (isinstance(listed, list) and listed):
        yield GrammarError(
            ("Statement",) if listed is not None else (), SYNTAX, "a policy needs at least one Statement"
        )
        return
    for path, statement in statements_with_paths(doc):
        if isinstance(statement, dict):
            for inner, why in statement_syntax(statement, identity=identity):
                # What is wrong with a name is said at the name.
                yield GrammarError(path + inner, SYNTAX, why, on_key=why.startswith(("there is no", '"')))
        else:
            yield GrammarError(path, SYNTAX, "a statement is an object")


def _identity_meaning(doc: dict[str, Any], *, needs_version: bool) -> Iterator[GrammarError]:
    if needs_version and doc.get("Version") != VERSIONS[0]:
        why = 'IAM takes new managed policies with "Version": "2012-10-17" only'
        yield GrammarError(
            ("Version",) if "Version" in doc else (),
            "Policy document must be version 2012-10-17 or greater.",
            why,
        )
    parts = list(statements_with_paths(doc))
    for path, statement in parts:
        yield from _legacy(path, statement)
    complaints = [verdict for path, statement in parts for verdict in _resources(path, statement)]
    if not complaints:
        for path, statement in parts:
            yield from _stunted(path, statement)
    for path, statement in parts:
        for key in ("Principal", "NotPrincipal"):
            if key in statement:
                yield GrammarError(
                    (*path, key),
                    "Policy document should not specify a principal.",
                    "an identity policy has no principal: who it applies to is who it is attached to",
                )
    yield from _sids(parts)
    yield from _missing(parts, "Action", "NotAction")
    yield from _missing(parts, "Resource", "NotResource")
    yield from complaints
    yield from _actions(parts)


def _trust_meaning(doc: dict[str, Any]) -> Iterator[GrammarError]:
    parts = list(statements_with_paths(doc))
    for path, statement in parts:
        yield from _legacy(path, statement)
        yield from _trust_elements(path, statement)
    yield from _sids(parts)
    yield from _missing(parts, "Action", "NotAction")
    yield from _actions(parts)
    for path, statement in parts:
        for key in ("Action", "NotAction"):
            for index, action in enumerate(as_list(statement.get(key, []))):
                if why := trust_action_complaint(action):
                    yield GrammarError(
                        (*path, key, index),
                        "AssumeRole policy may only specify STS AssumeRole actions.",
                        why,
                    )


def _trust_elements(path: Path, statement: dict[str, Any]) -> Iterator[GrammarError]:
    for key in ("Resource", "NotResource"):
        if key in statement:
            yield GrammarError(
                (*path, key),
                f"Has prohibited field {key}",
                "a trust policy has no resource: it is the role itself",
            )
    if "NotPrincipal" in statement:
        yield GrammarError(
            (*path, "NotPrincipal"),
            "Has prohibited field NotPrincipal",
            "NotPrincipal can't be used in a trust policy",
        )
    elif _names_nobody(statement.get("Principal")):
        yield GrammarError(
            path, "Missing required field Principal", "a trust policy says who may assume the role: Principal"
        )
    elif isinstance(statement["Principal"], dict):
        for index, text in enumerate(as_list(statement["Principal"].get("AWS", []))):
            if why := principal_complaint(text):
                yield GrammarError(
                    (*path, "Principal", "AWS", index), f'Invalid principal in policy: "AWS":"{text}"', why
                )
    elif statement["Principal"] == "*":
        yield GrammarError(
            (*path, "Principal"),
            'AssumeRolepolicy contained an invalid principal: "STAR":"*"',
            'write {"AWS": "*"} if anyone at all is meant',
        )


def _names_nobody(principal: Json) -> bool:
    return not principal or (isinstance(principal, dict) and not any(principal.values()))


def _legacy(path: Path, statement: dict[str, Any]) -> Iterator[GrammarError]:
    if statement["Effect"] not in ("Allow", "Deny"):
        yield GrammarError(
            (*path, "Effect"), LEGACY, 'Effect is written "Allow" or "Deny", with a capital letter'
        )
    for operator, keys in statement.get("Condition", {}).items():
        if not operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:").startswith("Date"):
            continue
        for key, values in keys.items():
            for index, value in enumerate(as_list(values)):
                if not is_date(str(value)):
                    yield GrammarError(
                        (*path, "Condition", operator, key, index),
                        LEGACY,
                        f'"{value}" is no date: write 2031-01-31T00:00:00Z',
                    )


def _stunted(path: Path, statement: dict[str, Any]) -> Iterator[GrammarError]:
    for key in ("Resource", "NotResource"):
        for index, resource in enumerate(as_list(statement.get(key, []))):
            if is_stunted(resource):
                yield GrammarError((*path, key, index), LEGACY, f'"{resource}" has too few colons for an ARN')


def _sids(parts: list[tuple[Path, dict[str, Any]]]) -> Iterator[GrammarError]:
    seen: dict[str, Path] = {}
    for path, statement in parts:
        sid = statement.get("Sid", "")
        if not re.fullmatch(r"[0-9A-Za-z]*", sid):
            yield GrammarError(
                (*path, "Sid"),
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular"
                " expression [0-9A-Za-z]*",
                "a Sid has letters A-Z, a-z and digits only",
            )
        if sid and sid in seen:
            yield GrammarError(
                (*path, "Sid"),
                "Statement IDs (SID) in a single policy must be unique.",
                f'the Sid "{sid}" stands twice',
                seen[sid],
            )
        seen.setdefault(sid, (*path, "Sid"))


def _missing(parts: list[tuple[Path, dict[str, Any]]], key: str, opposite: str) -> Iterator[GrammarError]:
    for path, statement in parts:
        if statement.get(key, statement.get(opposite, [])) == []:
            yield GrammarError(
                path,
                f"Policy statement must contain {key.lower()}s.",
                f"a statement needs {'an' if key == 'Action' else 'a'} {key}",
            )


def _actions(parts: list[tuple[Path, dict[str, Any]]]) -> Iterator[GrammarError]:
    for path, statement in parts:
        key = "Action" if "Action" in statement else "NotAction"
        for index, action in enumerate(as_list(statement.get(key, []))):
            message = action_complaint(action)
            if message:
                yield GrammarError(
                    (*path, key, index), message, f'"{action}" is not of the form service:Action'
                )


def _resources(path: Path, statement: dict[str, Any]) -> Iterator[GrammarError]:
    key = "Resource" if "Resource" in statement else "NotResource"
    for index, resource in enumerate(as_list(statement.get(key, []))):
        message = resource_complaint(resource)
        if message:
            yield GrammarError((*path, key, index), message, f'"{resource}" is no resource that IAM takes')
