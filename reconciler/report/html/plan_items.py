"""The changes of a plan as the page shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from reconciler.core.access_change import AccessChange
from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan
from reconciler.core.principal_view import PrincipalView
from reconciler.core.text import owned_by, owner_words
from reconciler.policy.document import arns
from reconciler.report.html import graphs
from reconciler.report.html.differing import access, difference
from reconciler.report.html.page import Access, PageItem, Tone
from reconciler.report.plan.text import is_worth_a_line
from reconciler.report.words.access import Told, access_lines, is_gone_with_its_access
from reconciler.report.words.field import lines, plain_title

BLOCKED, INDIRECT, UNTOLD = "can't be done", "indirect", "not known"
_MARKS = {
    "create": "create",
    "update": "update",
    "adopt": "adopt",
    "delete": "delete",
    "release": "let go",
    "none": "note",
}
_LABELS: tuple[tuple[Told, str, Tone], ...] = (
    ("gains", "gives access", "gained"),
    ("more", "more may assume", "gained"),
    ("loses", "takes access", "lost"),
    ("fewer", "fewer may assume", "lost"),
    ("untold", UNTOLD, "unsure"),
)
_TONES: tuple[Tone, ...] = ("gained", "unsure", "lost")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What else there is to say of a change: the access that changes, and through what of others."""

    effects: tuple[AccessChange, ...]
    words: frozenset[Told]
    through: tuple[str, ...]
    is_refused: bool


def saying(plan: Plan, pictures: tuple[PrincipalView, ...]) -> dict[Address, frozenset[Told]]:
    """Who gains and loses access. It is unknown for members that join or leave a group which was not read."""
    blind = {
        p.address for p in pictures if any(g.policies is None and g.standing != "same" for g in p.groups)
    }
    lines_of = access_lines(plan)
    return {**lines_of, **{address: lines_of.get(address, frozenset()) | {"untold"} for address in blind}}


def _is_indirect(change: Change, seen: _Seen) -> bool:
    return change.action == "none" and bool(seen.words and seen.through)


def items(plan: Plan, pictures: tuple[PrincipalView, ...]) -> tuple[PageItem, ...]:
    """All changes that there is something to say of, also of who changes by what others do."""
    return tuple(_items(plan, {picture.address: picture for picture in pictures}))


def _items(plan: Plan, drawn: Mapping[Address, PrincipalView]) -> Iterator[PageItem]:
    effects_of = saying(plan, tuple(drawn.values()))
    by_holder: dict[Address, list[AccessChange]] = {}
    for effect in plan.access:
        by_holder.setdefault(effect.holder, []).append(effect)
    refused = {refusal.address for refusal in plan.refusals if refusal.address}
    shown = [change for change in plan.changes if is_worth_a_line(change) or change.address in by_holder]
    for number, change in enumerate(shown, start=1):
        seen = _Seen(
            tuple(by_holder.get(change.address, ())),
            effects_of.get(change.address, frozenset()),
            graphs.through(drawn[change.address]) if change.address in drawn else (),
            is_refused=change.address in refused,
        )
        yield _item(change, number, seen)


def _item(change: Change, number: int, seen: _Seen) -> PageItem:
    account = change.address.account
    labels = [(words, tone) for word, words, tone in _LABELS if word in seen.words]
    labels += [("refused", "critical")] if seen.is_refused else []
    tone: Tone = "critical" if seen.is_refused or change.obstacles else _gravest(seen.words)
    origin = change.origin if change.action == "update" else ""
    return PageItem(
        id=f"c{number}",
        mark=(
            BLOCKED if change.obstacles else INDIRECT if _is_indirect(change, seen) else _MARKS[change.action]
        ),
        mark_tone="critical" if change.obstacles else "plain",
        tone=tone,
        address=str(change.address),
        headline=(
            f"changes through {graphs.some(seen.through)}"
            if _is_indirect(change, seen)
            else _headline(change)
        ),
        facts=(
            *((("Origin", origin),) if origin else ()),
            *((("Described at", str(change.source)),) if change.source else ()),
            *((("Calls", ", ".join(call.operation for call in change.calls)),) if change.calls else ()),
        ),
        labels=tuple(labels),
        differences=tuple(difference(field, account) for field in change.fields),
        access=tuple(
            chain(chain.from_iterable(_access(effect, change) for effect in seen.effects), _all_of_it(change))
        ),
        remarks=tuple(_remarks(change)),
    )


def _gravest(effects: frozenset[Told]) -> Tone:
    tones = {tone for word, _, tone in _LABELS if word in effects}
    return next((tone for tone in _TONES if tone in tones), "plain")


def _headline(change: Change) -> str:
    if change.action == "adopt":
        return f"exists, {owner_words(change.owner, change.foreign)}"
    if change.action == "release":
        return f"{owned_by(change.owner)}, which lets go of it: it stays, without the spec's tags"
    if change.action == "create":
        return "does not exist yet"
    names = list(dict.fromkeys(map(plain_title, change.fields)))
    return ", ".join(names) or ("our tags are refreshed" if change.calls else "")


def _access(effect: AccessChange, change: Change) -> Iterator[Access]:
    is_new = change.action == "create"
    more, less = (
        ("More may assume it", "Fewer may assume it")
        if effect.subject == "trust"
        else ("Access gained", "Access lost")
    )
    if is_new and effect.gained.answer == "yes":
        more = "Access gained: all of this is new"
    yield from access(effect.gained, more, "gained", effect.unseen)
    # By coming to be nothing loses anything.
    if not is_new:
        yield from access(effect.lost, less, "lost", effect.unseen)


def _all_of_it(change: Change) -> Iterator[Access]:
    """The access that is lost with a principal."""
    if not is_gone_with_its_access(change):
        return
    account = change.address.account
    held = [
        arns.short(arn, account)
        for field in change.fields
        if field.field == "attached"
        for arn in field.removed
    ]
    held += [f"inline policy {field.item}" for field in change.fields if field.field == "inline"]
    held += [
        f"what group {name} gives"
        for field in change.fields
        if field.field == "groups"
        for name in field.removed
    ]
    whom = {"role": "Nobody can assume it now.", "group": "Its members lose that."}.get(
        change.address.kind, ""
    )
    yield Access(
        "Access lost: all of it",
        "lost",
        remark=f"What it holds is removed with it: {', '.join(held)}. {whom}".rstrip(),
    )


def _remarks(change: Change) -> Iterator[str]:
    yield from change.obstacles
    yield from change.notes
    for field in change.noted:
        yield f"{plain_title(field)}: {field.note}: {_both(field, change.address.account)}"
    for field, reason in change.ignored:
        yield f"{plain_title(field)}: left alone ({reason}): {_both(field, change.address.account)}"


def _both(field: FieldChange, account: str) -> str:
    return " ".join(f"{sign} {text}" for sign, text in lines(field, account))
