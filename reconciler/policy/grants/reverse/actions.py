"""The actions of a statement as a grant names them: spelled as AWS does, under their levels."""

import re

from reconciler.policy import globs
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue.actions import LEVELS
from reconciler.policy.grants.actions import EVERYTHING, Levels

_WILDCARD = re.compile(r"([*?])")
_ANY_LEVEL = "actions"


def spelled(action: str) -> str:
    """The action in AWS's own letters: IAM ignores their case, a grant does not.

    What is unknown stays as it is.
    """
    service, colon, name = action.partition(":")
    if not colon:
        return action
    service = service.lower()
    meant = catalogue.matching(service, name)
    if not meant or any(globs.matches(name, known.name) for known in meant):
        return f"{service}:{name}"
    return f"{service}:{_in_the_letters_of(meant[0].name, name)}"


def _in_the_letters_of(known: str, pattern: str) -> str:
    """The pattern with its letters as the name has them at the places that they fit."""
    if not globs.is_pattern(pattern):
        return known
    parts = _WILDCARD.split(pattern)
    ways = {"*": "(?:.*)", "?": "(?:.)"}
    expression = "".join(ways.get(part) or f"({re.escape(part)})" for part in parts)
    match = re.fullmatch(expression, known, re.IGNORECASE)
    if match is None:
        return pattern
    letters = iter(match.groups())
    return "".join(part if part in ways else next(letters) for part in parts)


def service_of(actions: tuple[str, ...]) -> str:
    """The one service that all of them are of, "" where there is none."""
    services = {action.partition(":")[0] if ":" in action else "" for action in actions}
    service = services.pop() if len(services) == 1 else ""
    return service if service in catalogue.services() else ""


def by_level(service: str, actions: tuple[str, ...]) -> Levels:
    """Bare names under their levels; under `actions` what has none that fits all it means."""
    names: dict[str, list[str]] = {}
    for action in actions:
        name = action.partition(":")[2]
        names.setdefault(_level(service, name), []).append(name)
    return tuple((level, tuple(names[level])) for level in (*LEVELS, _ANY_LEVEL) if level in names)


def _level(service: str, name: str) -> str:
    """The level; of two that are both right ("Tagging, Write") the one that tells more."""
    meant = catalogue.matching(service, name)
    shared = (
        frozenset.intersection(*(action.levels for action in meant)) if meant and name != EVERYTHING else ()
    )
    return next((level for level in reversed(LEVELS) if level in shared), _ANY_LEVEL)


def whole(actions: tuple[str, ...]) -> Levels:
    """Actions of several services, or all actions there are."""
    return ((_ANY_LEVEL, actions),)
