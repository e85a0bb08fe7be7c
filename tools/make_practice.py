"""Writes what AWS's own managed policies rely on though the reference does not list it.

`make data` runs it, a test compares.

A policy relies on a statement where nothing else in it grants the action on what the reference lists. The
policies are moto's copy of AWS's. What is kept of an ARN is its type: names in it are left open.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from reconciler.policy import globs
from reconciler.policy.catalogue import actions, condition_keys, resource_arns
from reconciler.policy.catalogue.actions import Action
from reconciler.policy.catalogue.resource_arns import readable
from reconciler.policy.document.document import as_list
from reconciler.policy.meaning.statements import parsed_operator

# A type, as in `log-group:` or `role/`, or what stands before the first wildcard.
_TYPE = re.compile(r"/?[A-Za-z0-9_-]+[/:]|[^*?]*(?=[*?])")
# A statement on more kinds of resources than these says "the service", and nothing of one action on one of
# them.
_MOST_SHAPES = 8
# How many policies must rely on it: one is more likely a slip of AWS's than a gap of the list, and where the
# reference lists resources for an action and these are others, two are.
_FEWEST, _FEWEST_BESIDE = 2, 3
TARGET = Path(__file__).parent.parent / "reconciler" / "policy" / "catalogue" / "aws_practice.json"


def _allows(document: Any) -> Iterator[dict[str, Any]]:
    for statement in as_list(document["Statement"]):
        if statement["Effect"] == "Allow" and "Action" in statement and "Resource" in statement:
            yield statement


def _named(statement: dict[str, Any]) -> Iterator[Action]:
    """The actions that it names without a wildcard."""
    for text in as_list(statement["Action"]):
        known = None if globs.is_pattern(text) else actions.action(text)
        if known is not None:
            yield known


def _shape(arn: str, service: str) -> str:
    """The ARN with its names left open, "" for one of another service."""
    parts = readable(arn).split(":", 5)
    if len(parts) < 6 or parts[2] != service:
        return ""
    _, _, _, region, account, tail = parts
    named = _TYPE.match(tail)
    shape = f"{named[0]}*" if named else tail
    return ":".join(
        ("arn", "*", service, "*" if region else "", account if account in ("", "aws") else "*", shape)
    )


def _shapes(action: Action, statement: dict[str, Any]) -> set[str]:
    """The shapes of ARNs on which a statement grants an action that the reference says takes none of them."""
    texts = as_list(statement["Resource"])
    if any(text == "*" or resource_arns.takes(action, text) for text in texts):
        return set()
    own = {_shape(text, action.service) for text in texts} - {""}
    other = {_shape(text, text.split(":", 3)[2]) for text in texts if text.count(":") > 4} - {""}
    shapes = own or other
    return set(resource_arns.without_covered(shapes)) if len(shapes) <= _MOST_SHAPES else set()


def _on_resources(documents: list[Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What several policies rely on, and what one does."""
    relied: dict[str, set[str]] = defaultdict(set)
    policies: Counter[str] = Counter()
    for document in documents:
        odd: dict[str, set[str]] = defaultdict(set)
        listed: set[str] = set()
        for statement in _allows(document):
            for action in _named(statement):
                shapes = _shapes(action, statement)
                odd[action.full.lower()] |= shapes
                listed |= set() if shapes else {action.full.lower()}
            for text in as_list(statement["Action"]):
                service, _, name = text.lower().partition(":")
                if globs.is_pattern(text) and not globs.is_pattern(service):
                    listed |= {
                        a.full.lower() for a in actions.matching(service, name) if not _shapes(a, statement)
                    }
        policies.update(name for name in odd.keys() - listed if odd[name])
        for name in odd.keys() - listed:
            relied[name] = set(resource_arns.without_covered(relied[name] | odd[name]))
    forms = {name: sorted(relied[name]) for name in sorted(relied) if relied[name]}
    several = {
        name: f
        for name, f in forms.items()
        if policies[name] >= (_FEWEST_BESIDE if _resource_types(name) else _FEWEST)
    }
    return several, {
        name: f for name, f in forms.items() if name not in several and not _resource_types(name)
    }


def _resource_types(name: str) -> tuple[str, ...]:
    known = actions.action(name)
    return known.resources if known else ()


def _with_keys(documents: list[Any]) -> dict[str, list[str]]:
    """Each key with the actions that some policy of AWS allows under a test of that key alone.

    Only where the reference does not list the key for the action.
    """
    relied: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        odd: dict[str, set[str]] = defaultdict(set)
        for statement in _allows(document):
            keys = _needed(statement)
            for action in _named(statement):
                odd[action.full.lower()] |= {k for k in keys if not condition_keys.is_listed(action, k)}
        for statement in _allows(document):
            keys = _needed(statement)
            for name in [
                name for name, lacking in odd.items() if not lacking & keys and _grants(statement, name)
            ]:
                del odd[name]
        for name, lacking in odd.items():
            for key in lacking:
                relied[key].add(name)
    return {key: sorted(relied[key]) for key in sorted(relied)}


def _needed(statement: dict[str, Any]) -> set[str]:
    """The keys without which the statement does not apply, tags by their prefix."""
    keys = set()
    for name, tests in statement.get("Condition", {}).items():
        operator = parsed_operator(name)
        if (
            operator
            and not operator.if_exists
            and not operator.negated
            and operator.family != "Null"
            and operator.over != "ForAllValues"
        ):
            keys |= {key.lower() for key in tests}
    return {f"{key.partition('/')[0]}/*" if "/" in key else key for key in keys}


def _grants(statement: dict[str, Any], name: str) -> bool:
    return any(globs.matches(text.lower(), name) for text in as_list(statement["Action"]))


def practice() -> dict[str, dict[str, list[str]]]:
    """`resources` and `once` are shapes of ARNs by action, `keys` are actions by condition key.

    All are in lower case but the ARNs.
    """
    documents = [policy["Document"] for policy in json.loads(aws_managed_policies_data).values()]
    several, once = _on_resources(documents)
    return {"resources": several, "once": once, "keys": _with_keys(documents)}


def texts() -> dict[Path, str]:
    """The content of each file."""
    return {TARGET: json.dumps(practice(), indent=0) + "\n"}


if __name__ == "__main__":
    for target, content in texts().items():
        target.write_text(content, encoding="utf-8")
