"""What a document reaches: services, and how many actions of each access level."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.document.document import as_list, statements_of
from reconciler.report.html.page import Reach
from reconciler.report.words.statement import LEVEL_WORDS, level_of

EVERY_SERVICE, _EVERY = "every service", "every action"
# What it says is known by its name, also where it was not read.
ADMINISTRATOR, ALL = "aws:AdministratorAccess", (Reach(False, EVERY_SERVICE, (_EVERY,)),)


@lru_cache(maxsize=4096)
def services(text: str) -> tuple[Reach, ...]:
    """What a document reaches, service by service; what it denies comes last."""
    names: dict[tuple[bool, str], dict[str, set[str]]] = {}
    limited: set[tuple[bool, str]] = set()
    for statement in statements_of(json.loads(text)):
        for service, level, name in _actions(statement):
            key = (statement.get("Effect") == "Deny", service)
            names.setdefault(key, {}).setdefault(level, set()).add(name)
            if statement.get("Condition"):
                limited.add(key)
    return tuple(
        Reach(key[0], key[1], tuple(_levels(names[key])), key in limited) for key in sorted(names, key=_order)
    )


def _order(key: tuple[bool, str]) -> tuple[bool, bool, str]:
    return key[0], not key[1].startswith(EVERY_SERVICE), key[1]


def _actions(statement: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Service, access level and name of each action, patterns as what they stand for today."""
    if "NotAction" in statement:
        but = ", ".join(sorted(map(str, as_list(statement["NotAction"]))))
        yield f"{EVERY_SERVICE} but {but}", _EVERY, ""
        return
    for action in map(str, as_list(statement.get("Action", []))):
        service, _, name = action.partition(":")
        if service == "*":
            yield EVERY_SERVICE, _EVERY, ""
        elif name == "*":
            yield service, _EVERY, ""
        else:
            matched = catalogue.matching(service, name)
            for known_action in matched:
                yield service, level_of(known_action), known_action.name
            if not matched:
                yield service, "", name


def _levels(names: dict[str, set[str]]) -> Iterator[str]:
    if _EVERY in names:
        yield _EVERY
        return
    for level in (*catalogue.LEVELS, ""):
        if level in names:
            yield f"{LEVEL_WORDS.get(level, level) or 'other'} {len(names[level])}"
