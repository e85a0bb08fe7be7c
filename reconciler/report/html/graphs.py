"""Pictures of principals.

Who may assume a role, its policies, and the services and access levels that they reach.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView, Standing
from reconciler.core.text import plural
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, as_list, statements_of
from reconciler.report.html.differing import in_short
from reconciler.report.html.page import DocumentText, Graph, PolicyBox, PrincipalLine, Reach, Through, Tone
from reconciler.report.html.reaches import ADMINISTRATOR, ALL, EVERY_SERVICE, services
from reconciler.report.words.statement import StatementRow, condition_words, rows


@dataclass(frozen=True, slots=True)
class View:
    """Which of the two states is drawn, and what is said of parts that are in one of them alone."""

    is_live: bool
    words: Mapping[Standing, tuple[str, Tone]]
    note: str

    def text(self, held: HeldPolicy) -> str:
        """The document to show: that of the state drawn, or of the other one, where it is there alone."""
        return (held.live or held.desired) if self.is_live else (held.desired or held.live)

    def has(self, held: HeldPolicy | Membership) -> bool:
        """Whether it is there in the state drawn."""
        return held.standing != ("added" if self.is_live else "removed")

    def of(self, picture: PrincipalView) -> "View":
        """Of what does not exist yet everything is new, which need not be said of each part."""
        return self if picture.exists else replace(self, words={**self.words, "added": _SAME})


_SAME: tuple[str, Tone] = ("", "plain")
_DRAWN = (
    "From left to right: who may assume a role, or is in a group; the role, group or user; its groups and"
    " policies, and the services and access levels that each policy reaches, with the number of actions."
    " Service control policies and policies of resources are not looked at."
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
_MOST_SERVICES, _MOST_IN_GIST, _MOST_NAMED = 12, 4, 3
_KINDS = {
    "Service": "AWS service",
    "AWS": "AWS principal",
    "Federated": "identity provider",
    "CanonicalUser": "canonical user",
}
_BESIDE = "Whether it is in other groups, and what it holds by them, was not read: it is not in this picture."


def names(pictures: tuple[PrincipalView, ...], written: tuple[DocumentText, ...]) -> dict[str, str]:
    """Where boxes lead: the documents of policies, and users and groups by `kind/NAME`."""
    drawn = {f"{p.address.kind}/{p.address.name}": f"r{n}" for n, p in enumerate(pictures, start=1)}
    return {**drawn, **{one.name: one.id for one in written}}


def graph(
    picture: PrincipalView, number: int, view: View, status: tuple[str, Tone], links: Mapping[str, str]
) -> Graph:
    """One principal."""
    view = view.of(picture)
    return Graph(
        id=f"r{number}",
        kind=picture.address.kind,
        name=picture.address.name,
        source=str(picture.source or ""),
        status=status[0],
        tone=status[1],
        gist=_gist(picture, view),
        who=tuple(_members(picture, view, links) if picture.address.kind == "group" else _who(picture, view)),
        policies=tuple(_policy(held, view, links) for held in picture.policies),
        groups=tuple(_group(one, view, links) for one in picture.groups),
        nothing=_nothing(picture),
        boundary=tuple(_policy(held, view, links) for held in picture.boundary),
        remarks=tuple(_remarks(picture, view)),
        untold=_untold(picture, view),
    )


def _nothing(picture: PrincipalView) -> str:
    """What is said where neither policy nor group is drawn."""
    if picture.address.kind == "group":
        return "no policy: it gives its members nothing"
    return "no policy: it may do nothing by itself" if picture.has_all_groups else "no policy of its own"


def through(picture: PrincipalView) -> tuple[str, ...]:
    """What changes of what it holds without its own doing.

    Documents of its policies, groups, and what those hold.
    """
    found = [held.name for held in (*picture.policies, *picture.boundary) if held.standing == "changed"]
    for group in picture.groups:
        other = [held for held in group.policies or () if held.standing != "same"]
        found += [held.name for held in other if held.standing == "changed" and not held.is_inline]
        if group.standing != "same" or any(h.is_inline or h.standing != "changed" for h in other):
            found.append(f"group {group.name}")
    return tuple(dict.fromkeys(found))


def some(names: tuple[str, ...]) -> str:
    """The first of them, and how many there are beside."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _remarks(picture: PrincipalView, view: View) -> Iterator[str]:
    if view.is_live and not picture.exists:
        yield "It does not exist: this is what the specs say."
    if picture.address.kind == "group" and not picture.members:
        yield "Nobody is in it."
    if not picture.has_all_groups:
        yield _BESIDE


def documents(pictures: tuple[PrincipalView, ...], view: View) -> tuple[DocumentText, ...]:
    """The managed policies that the pictures lead to, by name."""
    found = {
        held.name: view.text(held)
        for picture in pictures
        for held in (
            *picture.policies,
            *picture.boundary,
            *(h for g in picture.groups for h in g.policies or ()),
        )
        if view.text(held) and not held.is_inline
    }
    return tuple(_written(n, name, found[name]) for n, name in enumerate(sorted(found), start=1))


def _written(number: int, name: str, text: str) -> DocumentText:
    found = _rows(text)
    short = in_short(Document(text).statements, found) if name.startswith("aws:") else ()
    return DocumentText(f"p{number}", name, found, short)


def _policy(held: HeldPolicy, view: View, links: Mapping[str, str]) -> PolicyBox:
    is_awss = held.name.startswith("aws:") and not held.is_inline
    text, (standing, tone) = view.text(held), view.words[held.standing]
    reach = _reach(held, view)
    more = len({one.service for one in reach} - {one.service for one in reach[:_MOST_SERVICES]})
    unread = "AWS's own policy, not read here" if is_awss else "what it says was not read"
    return PolicyBox(
        name=held.name,
        kind="inline policy" if held.is_inline else "managed by AWS" if is_awss else "managed policy",
        standing=standing,
        tone=tone,
        reach=reach[:_MOST_SERVICES],
        remark=(
            unread if not text and not reach else f"and {plural(more, 'more service')}" if more > 0 else ""
        ),
        link="" if held.is_inline else links.get(held.name, ""),
        rows=_rows(text) if held.is_inline else (),
    )


def _reach(held: HeldPolicy, view: View) -> tuple[Reach, ...]:
    text = view.text(held)
    return services(text) if text else ALL if held.name == ADMINISTRATOR and not held.is_inline else ()


def _group(one: Membership, view: View, links: Mapping[str, str]) -> Through:
    """A group of a user, with what it holds."""
    standing, tone = view.words[one.standing]
    return Through(
        name=one.name,
        standing=standing,
        tone=tone,
        policies=tuple(_policy(held, view, links) for held in one.policies or ()),
        nothing=(
            "what it holds is neither described nor read here"
            if one.policies is None
            else "no policy: it gives nothing"
        ),
        link=links.get(f"group/{one.name}", ""),
    )


def _members(picture: PrincipalView, view: View, links: Mapping[str, str]) -> Iterator[PrincipalLine]:
    for one in picture.members:
        standing, tone = view.words[one.standing]
        yield PrincipalLine(
            "user", one.name, "", standing=standing, tone=tone, link=links.get(f"user/{one.name}", "")
        )


def _holds(picture: PrincipalView, view: View) -> tuple[list[HeldPolicy], list[Membership]]:
    """What it holds in the state drawn, itself and by its groups; and these groups."""
    groups = [group for group in picture.groups if view.has(group)]
    found = [*picture.policies, *(held for group in groups for held in group.policies or ())]
    return [held for held in found if view.has(held)], groups


def _unread(picture: PrincipalView, view: View) -> list[str]:
    """What gives it something that was not read."""
    mine, groups = _holds(picture, view)
    found = {held.name for held in mine if not _reach(held, view) and not view.text(held)}
    return sorted(found | {f"group {group.name}" for group in groups if group.policies is None})


def _untold(picture: PrincipalView, view: View) -> str:
    """Why a search by an action can't tell of it.

    `aws` where all that was not read is AWS's own, else `some`; or "".
    """
    unread = _unread(picture, view)
    if not picture.has_all_groups or not all(name.startswith("aws:") for name in unread):
        return "some"
    return "aws" if unread else ""


def _gist(picture: PrincipalView, view: View) -> str:
    """The services that its policies allow something of, in the state drawn, what of it was not read, and what is denied."""
    reach = [one for held in _holds(picture, view)[0] for one in _reach(held, view)]
    found = sorted({one.service for one in reach if not one.is_denied})
    found.sort(key=lambda name: not name.startswith(EVERY_SERVICE))
    unread = _unread(picture, view)
    if EVERY_SERVICE in found:
        found, unread = [EVERY_SERVICE], []
    unseen = (
        f"what {', '.join(unread)} {'gives' if len(unread) == 1 else 'give'} (not read)" if unread else ""
    )
    given = ", and ".join(filter(None, (_first(found), unseen)))
    is_any = bool(unread) or any(name.startswith(EVERY_SERVICE) for name in found)
    denied = sorted({one.service for one in reach if one.is_denied})
    denied = (
        ["it"]
        if any(name.startswith(EVERY_SERVICE) for name in denied)
        else [name for name in denied if is_any or name in found]
    )
    return f"{given}, some of {_first(denied)} denied" if given and denied else given


def _first(services: list[str]) -> str:
    more = len(services) - _MOST_IN_GIST
    return ", ".join(services[:_MOST_IN_GIST]) + (f" and {more} more" if more > 0 else "")


@lru_cache(maxsize=4096)
def _rows(text: str) -> tuple[StatementRow, ...]:
    return tuple(rows(Document(text).statements))


def _who(picture: PrincipalView, view: View) -> Iterator[PrincipalLine]:
    live, desired = _admitted(picture.trust_live), _admitted(picture.trust_desired)
    for one in sorted({*live, *desired}, key=lambda who: (who.is_denied, who.kind, who.name)):
        standing: Standing = (
            "same" if one in live and one in desired else "added" if one in desired else "removed"
        )
        word, tone = view.words[standing]
        name = _short(one.name, picture.address.account)
        yield replace(one, name=name, whole="" if name == one.name else one.name, standing=word, tone=tone)


def _short(arn: str, account: str) -> str:
    """`role/NAME` for an entity of this account, with its account for another one's.

    What else there is as it is.
    """
    whose = arns.account_of_root(arn)
    if whose:
        return "this account" if whose == account else f"account {whose}"
    parsed = arns.parse(arn)
    if parsed is None:
        return arn
    named = f"{parsed.kind}{parsed.path}{parsed.name}"
    return named if parsed.account == account else f"{named} of {parsed.account}"


@lru_cache(maxsize=4096)
def _admitted(text: str) -> frozenset[PrincipalLine]:
    """The principals of a trust policy."""
    return (
        frozenset(who for s in statements_of(json.loads(text)) for who in _of_statement(s))
        if text
        else frozenset()
    )


def _of_statement(statement: dict[str, Any]) -> Iterator[PrincipalLine]:
    doing = ", ".join(sorted(map(str, as_list(statement.get("Action", statement.get("NotAction", []))))))
    doing = f"everything but {doing}" if "NotAction" in statement else doing
    condition, is_denied = condition_words(statement), statement.get("Effect") == "Deny"
    but = "everyone but " if "NotPrincipal" in statement else ""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    named = principal if isinstance(principal, dict) else {"": principal}
    for kind, values in named.items():
        for value in map(str, as_list(values)):
            name = "anyone" if value == "*" else value
            yield PrincipalLine(_KINDS.get(kind, kind), f"{but}{name}", doing, condition, is_denied=is_denied)
