"""Pictures of principals: who may assume a role, its policies, and the services and access levels that they reach."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from reconciler.core.picture import Held, Picture, Standing
from reconciler.policy import actions as catalogue
from reconciler.policy.document import Document, as_list, statements_of
from reconciler.report.html.page import Graph, Policy, Reach, Tone, Who, Written
from reconciler.report.statements import LEVEL_WORDS, Row, condition_words, level_of, rows


@dataclass(frozen=True, slots=True)
class View:
    """Which of the two states is drawn, and what is said of parts that are in one of them alone."""

    is_live: bool
    words: Mapping[Standing, tuple[str, Tone]]
    note: str

    def text(self, held: Held) -> str:
        """The document to show: that of the state drawn, or of the other one, where it is there alone."""
        return (held.live or held.desired) if self.is_live else (held.desired or held.live)

    def has(self, held: Held) -> bool:
        """Whether it is there in the state drawn."""
        return held.standing != ("added" if self.is_live else "removed")

    def of(self, picture: Picture) -> "View":
        """Of what does not exist yet everything is new, which need not be said of each part."""
        return self if picture.exists else replace(self, words={**self.words, "added": _SAME})


_SAME: tuple[str, Tone] = ("", "plain")
_DRAWN = (
    "From left to right: who may assume a role, the role, its policies, and the services and access levels that each"
    " policy reaches, with the number of actions. Service control policies and policies of resources are not looked at."
)
AS_PLANNED = View(
    is_live=False,
    words={
        "same": _SAME,
        "added": ("added", "gained"),
        "removed": ("taken away", "lost"),
        "changed": ("changed", "plain"),
    },
    note=f"As it will be after an apply. {_DRAWN}",
)
AS_FOUND = View(
    is_live=True,
    words={
        "same": _SAME,
        "added": ("missing live", "lost"),
        "removed": ("not in the spec", "gained"),
        "changed": ("differs from the spec", "plain"),
    },
    note=f"As it is live today. {_DRAWN}",
)
_MOST_SERVICES, _MOST_IN_GIST = 12, 4
_KINDS = {
    "Service": "AWS service",
    "AWS": "AWS principal",
    "Federated": "identity provider",
    "CanonicalUser": "canonical user",
}
_GROUPS = "What its groups hold is not in this picture."


def graph(picture: Picture, number: int, view: View, status: tuple[str, Tone], links: Mapping[str, str]) -> Graph:  # fmt: skip
    """One principal."""
    view = view.of(picture)
    policies = tuple(_policy(held, view, links) for held in picture.policies)
    return Graph(
        id=f"r{number}",
        kind=picture.address.kind,
        name=picture.address.name,
        source=str(picture.source or ""),
        status=status[0],
        tone=status[1],
        gist=_gist(policy for policy, held in zip(policies, picture.policies, strict=True) if view.has(held)),
        who=tuple(_who(picture, view)),
        policies=policies,
        boundary=tuple(_policy(held, view, links) for held in picture.boundary),
        remarks=tuple(_remarks(picture, view)),
    )


def _remarks(picture: Picture, view: View) -> Iterator[str]:
    if view.is_live and not picture.exists:
        yield "It does not exist: this is what the specs say."
    if picture.address.kind == "user":
        yield _GROUPS


def documents(pictures: tuple[Picture, ...], view: View) -> tuple[Written, ...]:
    """The managed policies that the pictures lead to, by name."""
    found = {
        held.name: view.text(held)
        for picture in pictures
        for held in (*picture.policies, *picture.boundary)
        if view.text(held) and not held.is_inline
    }
    return tuple(
        Written(f"p{number}", name, _rows(found[name])) for number, name in enumerate(sorted(found), start=1)
    )


def _policy(held: Held, view: View, links: Mapping[str, str]) -> Policy:
    kind = "inline policy" if held.is_inline else "managed by AWS" if held.name.startswith("aws:") else "managed policy"  # fmt: skip
    text, (standing, tone) = view.text(held), view.words[held.standing]
    reach = services(text) if text else ()
    more = len(reach) - _MOST_SERVICES
    return Policy(
        name=held.name,
        kind=kind,
        standing=standing,
        tone=tone,
        reach=reach[:_MOST_SERVICES],
        remark="what it says was not read" if not text else f"and {more} more services" if more > 0 else "",
        link="" if held.is_inline else links.get(held.name, ""),
        rows=_rows(text) if held.is_inline else (),
    )


def _gist(policies: Iterable[Policy]) -> str:
    """The services that some of these policies allow something of."""
    found = sorted({reach.service for policy in policies for reach in policy.reach if not reach.is_denied})
    found.sort(key=lambda name: not name.startswith("every service"))
    more = len(found) - _MOST_IN_GIST
    named = ", ".join(found[:_MOST_IN_GIST])
    return f"{named} and {more} more" if more > 0 else named


@lru_cache(maxsize=4096)
def _rows(text: str) -> tuple[Row, ...]:
    return tuple(rows(Document(text).statements))


@lru_cache(maxsize=4096)
def services(text: str) -> tuple[Reach, ...]:
    """What a document reaches, service by service; what it denies comes last."""
    found: dict[tuple[bool, str], dict[str, set[str]]] = {}
    limited: set[tuple[bool, str]] = set()
    for statement in statements_of(json.loads(text)):
        for service, level, name in _actions(statement):
            key = (statement.get("Effect") == "Deny", service)
            found.setdefault(key, {}).setdefault(level, set()).add(name)
            if statement.get("Condition"):
                limited.add(key)
    return tuple(
        Reach(key[0], key[1], tuple(_levels(found[key])), key in limited) for key in sorted(found, key=_order)
    )


def _order(key: tuple[bool, str]) -> tuple[bool, bool, str]:
    return key[0], not key[1].startswith("every service"), key[1]


_EVERY = "every action"


def _actions(statement: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Service, access level and name of each action, patterns as what they stand for today."""
    if "NotAction" in statement:
        but = ", ".join(sorted(map(str, as_list(statement["NotAction"]))))
        yield f"every service but {but}", _EVERY, ""
        return
    for action in map(str, as_list(statement.get("Action", []))):
        service, _, name = action.partition(":")
        if service == "*":
            yield "every service", _EVERY, ""
        elif name == "*":
            yield service, _EVERY, ""
        else:
            matched = catalogue.matching(service, name)
            for one in matched:
                yield service, level_of(one), one.name
            if not matched:
                yield service, "", name


def _levels(found: dict[str, set[str]]) -> Iterator[str]:
    if _EVERY in found:
        yield _EVERY
        return
    for level in (*catalogue.LEVELS, ""):
        if level in found:
            yield f"{LEVEL_WORDS.get(level, level) or 'other'} {len(found[level])}"


def _who(picture: Picture, view: View) -> Iterator[Who]:
    live, desired = _admitted(picture.trust_live), _admitted(picture.trust_desired)
    for one in sorted({*live, *desired}, key=lambda who: (who.is_denied, who.kind, who.name)):
        standing: Standing = "same" if one in live and one in desired else "added" if one in desired else "removed"  # fmt: skip
        word, tone = view.words[standing]
        yield replace(one, standing=word, tone=tone)


@lru_cache(maxsize=4096)
def _admitted(text: str) -> frozenset[Who]:
    """The principals of a trust policy."""
    return frozenset(who for s in statements_of(json.loads(text)) for who in _of_statement(s)) if text else frozenset()  # fmt: skip


def _of_statement(statement: dict[str, Any]) -> Iterator[Who]:
    doing = ", ".join(sorted(map(str, as_list(statement.get("Action", statement.get("NotAction", []))))))
    doing = f"everything but {doing}" if "NotAction" in statement else doing
    condition, is_denied = condition_words(statement), statement.get("Effect") == "Deny"
    but = "everyone but " if "NotPrincipal" in statement else ""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    named = principal if isinstance(principal, dict) else {"": principal}
    for kind, values in named.items():
        for value in map(str, as_list(values)):
            name = "anyone" if value == "*" else value
            yield Who(_KINDS.get(kind, kind), f"{but}{name}", doing, condition, is_denied=is_denied)
