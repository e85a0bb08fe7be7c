"""A plan as a page."""

from collections.abc import Iterator

from reconciler.core.plan import Plan
from reconciler.core.principal_view import PrincipalView
from reconciler.core.text import plural
from reconciler.report.html import graphs
from reconciler.report.html.page import Listing, ListLine, Page, PageItem, Tile, Tone
from reconciler.report.html.plan_items import BLOCKED, INDIRECT, UNTOLD, items, saying
from reconciler.report.html.run import PageRun, facts, specs
from reconciler.report.html.views import AS_PLANNED
from reconciler.report.plan.text import last_line
from reconciler.report.words.access import Told

LEGEND: tuple[tuple[str, Tone, str], ...] = (
    ("refused, can't be done", "critical", "a guard objects, or no call can bring it about"),
    ("gives access", "gained", "somebody may do more afterwards, or more may assume it"),
    (UNTOLD, "unsure", "whether somebody may do more, or less, afterwards"),
    ("takes access", "lost", "somebody may do less afterwards, or fewer may assume it"),
    ("other", "plain", "no access changes"),
)


_CHANGES: tuple[tuple[Told, str, Tone], ...] = (
    ("gains", "gain access", "gained"),
    ("more", "more may assume", "gained"),
    ("loses", "lose access", "lost"),
    ("fewer", "fewer may assume", "lost"),
    ("untold", UNTOLD, "unsure"),
)


def plan_page(plan: Plan, pictures: tuple[PrincipalView, ...], run: PageRun) -> Page:
    """The page of a plan: objections first, then the changes, then who may do what afterwards."""
    written = graphs.documents(pictures, AS_PLANNED)
    links = graphs.names(pictures, written)
    changes = items(plan, pictures)
    status = {item.address: (_status(item), item.tone) for item in changes}
    return Page(
        title="Plan",
        verdict=_verdict(plan),
        tone=_tone(plan),
        gist=last_line(plan),
        facts=facts(plan.header, run),
        tiles=tuple(_tiles(plan, pictures)),
        items_title="Changes",
        items_note=(
            "What apply would do to each resource. − is live today and is removed, + is not live today and is"
            " added."
        ),
        nothing="Nothing to change: live is as the specs say.",
        items=changes,
        sides=("goes", "comes"),
        before=tuple(_before(plan)),
        graphs_note=AS_PLANNED.note,
        graphs=tuple(
            graphs.graph(p, n, AS_PLANNED, status.get(str(p.address), ("as the spec says", "good")), links)
            for n, p in enumerate(pictures, start=1)
        ),
        documents=written,
        after=(*_after(plan), *specs(plan.header)),
        legend=LEGEND,
        version=run.version,
    )


def _status(item: PageItem) -> str:
    if item.mark == INDIRECT:
        return item.headline
    return (
        "as the spec says"
        if item.mark == "note"
        else item.mark
        if item.mark == BLOCKED
        else f"to {item.mark}"
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


def _tiles(plan: Plan, pictures: tuple[PrincipalView, ...]) -> Iterator[Tile]:
    counts = plan.count()
    yield Tile(len(plan.changes) + len(plan.unread), "resources in the plan")
    yield Tile(len(plan.changes) - len(plan.differing), "as the specs say", "good")
    for action, words in (
        ("create", "to create"),
        ("update", "to update"),
        ("adopt", "to adopt"),
        ("delete", "to delete"),
        ("release", "to let go of"),
    ):
        if counts[action]:
            yield Tile(counts[action], words, "plain", "items")
    if counts["blocked"]:
        yield Tile(counts["blocked"], "can't be done", "critical", "items")
    for word, words, tone in _CHANGES:
        number = sum(word in effects for effects in saying(plan, pictures).values())
        if number:
            yield Tile(number, words, tone, "items")
    if plan.refusals:
        yield Tile(len(plan.refusals), "objections", "critical", "refusals")
    if plan.unread:
        yield Tile(len(plan.unread), "not read", "unsure", "unread")
    yield Tile(len(plan.calls), "calls", "plain", "calls")


def _before(plan: Plan) -> Iterator[Listing]:
    if plan.refusals:
        refusals = (
            ListLine(
                str(r.address or ""),
                f"{r.message} — {f'consent with {r.consent}' if r.consent else 'nothing lifts this'}",
                "critical",
                "refused",
            )
            for r in plan.refusals
        )
        yield Listing("refusals", "Objections", tuple(refusals), "Nothing is applied while these stand.")
    if plan.unread:
        needs = ((u, f" (needs {u.permission})" if u.permission else "") for u in plan.unread)
        unread = (ListLine(str(u.address), f"{u.message}{more}", "unsure", "not read") for u, more in needs)
        yield Listing(
            "unread", "Not checked", tuple(unread), "Nothing is applied while something can't be read."
        )


def _after(plan: Plan) -> Iterator[Listing]:
    tones: dict[str, Tone] = {"yes": "good", "no": "gained", "unknown": "unsure"}
    words = {"yes": "holds", "no": "does not hold", "unknown": "cannot tell"}
    if plan.expected:
        expectations = (
            ListLine(str(j.expectation), j.why, tones[j.answer], words[j.answer]) for j in plan.expected
        )
        yield Listing("expected", "Expectations", tuple(expectations))
    if plan.notes:
        yield Listing("notes", "Notes", tuple(ListLine("", note) for note in plan.notes))
    if plan.calls:
        owners = {call: str(change.address) for change in plan.changes for call in change.calls}
        calls = (
            ListLine(owners.get(call, ""), call.operation, "plain", str(number))
            for number, call in enumerate(plan.calls, start=1)
        )
        yield Listing(
            "calls",
            "Calls in their order",
            tuple(calls),
            "These calls are what apply sends. What doesn't wait for another runs at the same time.",
            is_open=False,
        )
