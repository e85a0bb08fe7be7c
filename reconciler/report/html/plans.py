"""A plan as a page."""

from collections.abc import Iterator
from itertools import chain

from reconciler.core.access import AccessChange
from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.picture import Picture
from reconciler.core.plan import Plan
from reconciler.core.text import plural
from reconciler.report.differences import lines, plain_title
from reconciler.report.html import graphs
from reconciler.report.html.differing import access, difference
from reconciler.report.html.page import Access, Item, Listed, Listing, Page, Tile, Tone
from reconciler.report.html.run import Run, facts, specs
from reconciler.report.text import is_worth_a_line, last_line

_MARKS = {
    "create": "create",
    "update": "update",
    "adopt": "adopt",
    "delete": "delete",
    "release": "let go",
    "none": "note",
}
LEGEND: tuple[tuple[str, Tone, str], ...] = (
    ("refused, can't be done", "critical", "a guard objects, or no call can bring it about"),
    ("gives access", "gained", "somebody may do more afterwards, or it can't be told that nobody does"),
    ("takes access", "lost", "somebody may do less afterwards"),
    ("other", "plain", "no access changes"),
)


def plan_page(plan: Plan, pictures: tuple[Picture, ...], run: Run) -> Page:
    """The page of a plan: objections first, then the changes, then who may do what afterwards."""
    written = graphs.documents(pictures, graphs.AS_PLANNED)
    links = graphs.names(pictures, written)
    items = tuple(_items(plan))
    status: dict[str, tuple[str, Tone]] = {item.address: (f"to {item.mark}" if item.mark != "note" else "as the spec says", item.tone) for item in items}  # fmt: skip
    return Page(
        title="Plan",
        verdict=_verdict(plan),
        tone=_tone(plan),
        gist=last_line(plan),
        facts=facts(plan.header, run),
        tiles=tuple(_tiles(plan)),
        items_title="Changes",
        items_note="What apply would do to each resource. − is live today and goes, + is not live today and comes.",
        nothing="Nothing to change: live is as the specs say.",
        items=items,
        sides=("goes", "comes"),
        before=tuple(_before(plan)),
        graphs_note=graphs.AS_PLANNED.note,
        graphs=tuple(
            graphs.graph(
                p, n, graphs.AS_PLANNED, status.get(str(p.address), ("as the spec says", "good")), links
            )
            for n, p in enumerate(pictures, start=1)
        ),
        documents=written,
        after=(*_after(plan), *specs(plan.header)),
        legend=LEGEND,
        version=run.version,
    )


def _verdict(plan: Plan) -> str:
    if plan.refusals:
        return f"Refused: {plural(len(plan.refusals), 'objection')}"
    if plan.unread:
        return "Not everything could be read"
    if plan.differing:
        return f"{plural(len(plan.differing), 'resource')} to change"
    return "Nothing to change"


def _tone(plan: Plan) -> Tone:
    if plan.refusals or any(change.obstacles for change in plan.changes):
        return "critical"
    return "unsure" if plan.unread else "gained" if plan.differing else "good"


def _tiles(plan: Plan) -> Iterator[Tile]:
    counts = plan.count()
    yield Tile(len(plan.changes) + len(plan.unread), "resources in the plan")
    yield Tile(len(plan.changes) - len(plan.differing), "as the specs say", "good")
    for action, words in (("create", "to create"), ("update", "to update"), ("adopt", "to adopt"), ("delete", "to delete"), ("release", "to let go of")):  # fmt: skip
        if counts[action]:
            yield Tile(counts[action], words, "plain", "items")
    if counts["blocked"]:
        yield Tile(counts["blocked"], "can't be done", "critical", "items")
    for words, tone, sides in (("gain access", "gained", [(c, c.gained) for c in plan.access]), ("lose access", "lost", [(c, c.lost) for c in plan.access])):  # fmt: skip
        holders = {change.holder for change, side in sides if side.answer != "no"}
        if holders:
            yield Tile(len(holders), words, "gained" if tone == "gained" else "lost", "items")
    if plan.refusals:
        yield Tile(len(plan.refusals), "objections", "critical", "refusals")
    if plan.unread:
        yield Tile(len(plan.unread), "not read", "unsure", "unread")
    yield Tile(len(plan.calls), "calls", "plain", "calls")


def _items(plan: Plan) -> Iterator[Item]:
    by_holder: dict[Address, list[AccessChange]] = {}
    for effect in plan.access:
        by_holder.setdefault(effect.holder, []).append(effect)
    refused = {refusal.address for refusal in plan.refusals if refusal.address}
    shown = [change for change in plan.changes if is_worth_a_line(change) or change.address in by_holder]
    for number, change in enumerate(shown, start=1):
        yield _item(change, number, by_holder.get(change.address, []), is_refused=change.address in refused)


def _item(change: Change, number: int, effects: list[AccessChange], *, is_refused: bool) -> Item:
    account, is_new = change.address.account, change.action == "create"
    gives, takes = (any(side.answer != "no" for side in sides) for sides in ([e.gained for e in effects], [e.lost for e in effects]))  # fmt: skip
    labels: list[tuple[str, Tone]] = [("gives access", "gained")] if gives else []
    labels += [("takes access", "lost")] if takes else []
    labels += [("refused", "critical")] if is_refused else []
    tone: Tone = "critical" if is_refused or change.obstacles else "gained" if gives else "lost" if takes else "plain"  # fmt: skip
    origin = change.origin if change.action == "update" else ""
    return Item(
        id=f"c{number}",
        mark="can't be done" if change.obstacles else _MARKS[change.action],
        mark_tone="critical" if change.obstacles else "plain",
        tone=tone,
        address=str(change.address),
        headline=_headline(change),
        facts=(
            *((("Origin", origin),) if origin else ()),
            *((("Described at", str(change.source)),) if change.source else ()),
            *((("Calls", ", ".join(call.operation for call in change.calls)),) if change.calls else ()),
        ),
        labels=tuple(labels),
        differences=tuple(difference(field, account) for field in change.fields),
        access=tuple(chain.from_iterable(_access(effect, is_new=is_new) for effect in effects)),
        remarks=tuple(_remarks(change)),
    )


def _headline(change: Change) -> str:
    if change.action == "adopt":
        whose = f"the spec {change.owner}" if change.owner else change.foreign or "no spec"
        return f"exists, owned by {whose}"
    if change.action == "release":
        return f"the spec {change.owner} lets go of it: it stays, without the spec's tags"
    if change.action == "create":
        return "does not exist yet"
    names = list(dict.fromkeys(map(plain_title, change.fields)))
    return ", ".join(names) or ("our tags are refreshed" if change.calls else "")


def _access(effect: AccessChange, *, is_new: bool) -> Iterator[Access]:
    more, less = ("More may assume it", "Fewer may assume it") if effect.subject == "trust" else ("Access gained", "Access lost")  # fmt: skip
    if is_new and effect.gained.answer == "yes":
        more = "Access gained: all of this is new"
    yield from access(effect.gained, more, "gained", effect.unseen)
    yield from access(effect.lost, less, "lost", effect.unseen)


def _remarks(change: Change) -> Iterator[str]:
    yield from change.obstacles
    yield from change.notes
    for field in change.noted:
        yield f"{plain_title(field)}: {field.note}: {_both(field, change.address.account)}"
    for field, reason in change.ignored:
        yield f"{plain_title(field)}: left alone ({reason}): {_both(field, change.address.account)}"


def _both(field: FieldChange, account: str) -> str:
    return " ".join(f"{sign} {text}" for sign, text in lines(field, account))


def _before(plan: Plan) -> Iterator[Listing]:
    if plan.refusals:
        found = (Listed(str(r.address or ""), f"{r.message} — {f'consent with {r.consent}' if r.consent else 'nothing lifts this'}", "critical", "refused") for r in plan.refusals)  # fmt: skip
        yield Listing("refusals", "Objections", tuple(found), "Nothing is applied while these stand.")
    if plan.unread:
        needs = ((u, f" (needs {u.permission})" if u.permission else "") for u in plan.unread)
        unread = (Listed(str(u.address), f"{u.message}{more}", "unsure", "not read") for u, more in needs)
        yield Listing("unread", "Not looked at", tuple(unread), "Nothing is applied while something can't be read.")  # fmt: skip


def _after(plan: Plan) -> Iterator[Listing]:
    tones: dict[str, Tone] = {"yes": "good", "no": "gained", "unknown": "unsure"}
    said = {"yes": "holds", "no": "does not hold", "unknown": "cannot tell"}
    if plan.expected:
        found = (Listed(str(j.expectation), j.why, tones[j.answer], said[j.answer]) for j in plan.expected)
        yield Listing("expected", "Expectations", tuple(found))
    if plan.calls:
        owners = {call: str(change.address) for change in plan.changes for call in change.calls}
        calls = (Listed(owners.get(call, ""), call.operation, "plain", str(number)) for number, call in enumerate(plan.calls, start=1))  # fmt: skip
        yield Listing("calls", "Calls in their order", tuple(calls), "These calls are what apply sends. What doesn't wait for another runs at the same time.", is_open=False)  # fmt: skip
