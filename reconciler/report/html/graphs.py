"""Draws principals: who may assume a role, its policies, and the services that these reach."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView
from reconciler.core.text import plural
from reconciler.policy.document.document import Document
from reconciler.report.html import trusts
from reconciler.report.html.differing import in_short
from reconciler.report.html.page import DocumentText, Graph, PolicyBox, PrincipalLine, Reach, Through, Tone
from reconciler.report.html.reached_services import ADMINISTRATOR, ALL, EVERY_SERVICE, services
from reconciler.report.html.views import View
from reconciler.report.words.statement import StatementRow, rows

_MOST_SERVICES, _MOST_IN_GIST, _MOST_NAMED = 12, 4, 3
_BESIDE = "Whether it is in other groups, and what it holds by them, was not read: it is not in this picture."


def names(pictures: tuple[PrincipalView, ...], written: tuple[DocumentText, ...]) -> dict[str, str]:
    """Where boxes lead: the documents of policies, and users and groups by `kind/NAME`."""
    drawn = {f"{p.address.kind}/{p.address.name}": f"r{n}" for n, p in enumerate(pictures, start=1)}
    return {**drawn, **{document.name: document.id for document in written}}


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
        who=tuple(
            _members(picture, view, links)
            if picture.address.kind == "group"
            else trusts.admitted(picture, view)
        ),
        policies=tuple(_policy(held, view, links) for held in picture.policies),
        groups=tuple(_group(group, view, links) for group in picture.groups),
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
    """What changes its access from outside: documents of its policies, its groups, and their policies."""
    causes = [held.name for held in (*picture.policies, *picture.boundary) if held.standing == "changed"]
    for group in picture.groups:
        other = [held for held in group.policies or () if held.standing != "same"]
        causes += [held.name for held in other if held.standing == "changed" and not held.is_inline]
        if group.standing != "same" or any(h.is_inline or h.standing != "changed" for h in other):
            causes.append(f"group {group.name}")
    return tuple(dict.fromkeys(causes))


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
    texts = {
        held.name: view.text(held)
        for picture in pictures
        for held in (
            *picture.policies,
            *picture.boundary,
            *(h for g in picture.groups for h in g.policies or ()),
        )
        if view.text(held) and not held.is_inline
    }
    return tuple(_written(n, name, texts[name]) for n, name in enumerate(sorted(texts), start=1))


def _written(number: int, name: str, text: str) -> DocumentText:
    document_rows = _rows(text)
    short = in_short(Document(text).statements, document_rows) if name.startswith("aws:") else ()
    return DocumentText(f"p{number}", name, document_rows, short)


def _policy(held: HeldPolicy, view: View, links: Mapping[str, str]) -> PolicyBox:
    is_awss = held.name.startswith("aws:") and not held.is_inline
    text, (standing, tone) = view.text(held), view.words[held.standing]
    reach = _reach(held, view)
    more = len({part.service for part in reach} - {part.service for part in reach[:_MOST_SERVICES]})
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


def _group(group: Membership, view: View, links: Mapping[str, str]) -> Through:
    """A group of a user, with what it holds."""
    standing, tone = view.words[group.standing]
    return Through(
        name=group.name,
        standing=standing,
        tone=tone,
        policies=tuple(_policy(held, view, links) for held in group.policies or ()),
        nothing=(
            "what it holds is neither described nor read here"
            if group.policies is None
            else "no policy: it gives nothing"
        ),
        link=links.get(f"group/{group.name}", ""),
    )


def _members(picture: PrincipalView, view: View, links: Mapping[str, str]) -> Iterator[PrincipalLine]:
    for member in picture.members:
        standing, tone = view.words[member.standing]
        yield PrincipalLine(
            "user", member.name, "", standing=standing, tone=tone, link=links.get(f"user/{member.name}", "")
        )


def _holds(picture: PrincipalView, view: View) -> tuple[list[HeldPolicy], list[Membership]]:
    """What it holds in the state drawn, itself and by its groups; and these groups."""
    groups = [group for group in picture.groups if view.has(group)]
    policies = [*picture.policies, *(held for group in groups for held in group.policies or ())]
    return [held for held in policies if view.has(held)], groups


def _unread(picture: PrincipalView, view: View) -> list[str]:
    """What gives it something that was not read."""
    policies, groups = _holds(picture, view)
    unread = {held.name for held in policies if not _reach(held, view) and not view.text(held)}
    return sorted(unread | {f"group {group.name}" for group in groups if group.policies is None})


def _untold(picture: PrincipalView, view: View) -> str:
    """Why a search by an action can't include it; "" where it can.

    `aws` where only AWS's own policies were not read, else `some`.
    """
    unread = _unread(picture, view)
    if not picture.has_all_groups or not all(name.startswith("aws:") for name in unread):
        return "some"
    return "aws" if unread else ""


def _gist(picture: PrincipalView, view: View) -> str:
    """The services that its policies allow, in the state drawn, with what was not read and what is denied."""
    reach = [part for held in _holds(picture, view)[0] for part in _reach(held, view)]
    allowed = sorted({part.service for part in reach if not part.is_denied})
    allowed.sort(key=lambda name: not name.startswith(EVERY_SERVICE))
    unread = _unread(picture, view)
    if EVERY_SERVICE in allowed:
        allowed, unread = [EVERY_SERVICE], []
    unseen = (
        f"what {', '.join(unread)} {'gives' if len(unread) == 1 else 'give'} (not read)" if unread else ""
    )
    given = ", and ".join(filter(None, (_first(allowed), unseen)))
    is_any = bool(unread) or any(name.startswith(EVERY_SERVICE) for name in allowed)
    denied = sorted({part.service for part in reach if part.is_denied})
    denied = (
        ["it"]
        if any(name.startswith(EVERY_SERVICE) for name in denied)
        else [name for name in denied if is_any or name in allowed]
    )
    return f"{given}, some of {_first(denied)} denied" if given and denied else given


def _first(services: list[str]) -> str:
    more = len(services) - _MOST_IN_GIST
    return ", ".join(services[:_MOST_IN_GIST]) + (f" and {more} more" if more > 0 else "")


@lru_cache(maxsize=4096)
def _rows(text: str) -> tuple[StatementRow, ...]:
    return tuple(rows(Document(text).statements))
