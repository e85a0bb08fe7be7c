"""A check of live IAM against the specs as a page: the findings, and the checklist of what is right."""

from dataclasses import replace

from reconciler.core.plan import Plan
from reconciler.core.results.drift import Drift
from reconciler.report.html.findings import drift_page
from reconciler.report.html.page import Listing, ListLine, Page, Tone
from reconciler.report.html.run import PageRun
from reconciler.report.verify import Held, remarks, verdict

# A longer checklist is folded up: what is wrong comes first, then.
_MOST_OPEN = 60
_SAID: dict[str, tuple[str, Tone]] = {
    "yes": ("holds", "good"),
    "no": ("does not hold", "gained"),
    "unknown": ("cannot tell", "unsure"),
}


def check_page(plan: Plan, drift: Drift, held: Held, run: PageRun) -> Page:
    """The checklist in the order of the specs, then the findings.

    `held` is shown, but is not part of the verdict.
    """
    page = drift_page(drift, "any", run, title="Check of live IAM")
    answer = verdict(plan)
    lines = (*_resources(plan, held), *_expected(plan))
    checklist = Listing("checklist", "Checklist", lines, is_open=len(lines) <= _MOST_OPEN)
    others = tuple(part for part in page.after if part.id != "resources")
    return replace(
        page,
        gist=f"{answer.right} of {answer.all} are as the specs say",
        tiles=tuple(replace(t, link="checklist") if t.link == "resources" else t for t in page.tiles),
        before=(*page.before, checklist),
        after=others,
    )


def _resources(plan: Plan, held: Held) -> tuple[ListLine, ...]:
    return tuple(
        (
            ListLine(str(c.address), _noted(c.summary, remarks(c), held.get(c.address, ())), "good", "ok")
            if not c.differs
            else ListLine(
                str(c.address), _noted("see the findings", [], held.get(c.address, ())), "gained", "differs"
            )
        )
        for c in plan.changes
    )


def _noted(summary: str, noted: list[str], has: tuple[str, ...]) -> str:
    return "; ".join([summary, *(f"note: {text}" for text in noted), *has])


def _expected(plan: Plan) -> tuple[ListLine, ...]:
    return tuple(
        ListLine(f"expect {judged.expectation}", judged.why, _SAID[judged.answer][1], _SAID[judged.answer][0])
        for judged in plan.expected
    )
