"""A case of a table, run and compared."""

from pathlib import Path

from reconciler.core.plan import Plan
from tests.plan.harness import lines
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, check


def check_plan(case: Case, folder: Path) -> Situation:
    """What a plan of the case's spec says, in each respect that the case or its table names."""
    situation = Situation(case, folder)
    plan = situation.planned(rewrite=case.get("rewrite", False), judge=case.get("judge", True)).plan
    compare(case, plan)
    return situation


def compare(case: Case, plan: Plan) -> None:
    """What a plan says, in each respect that the case or its table names."""
    assert any(what in case for what in (*lines.OF_PLAN, "calls", "order"))
    for what, lines_of in lines.OF_PLAN.items():
        if what in case:
            check(case[what], lines_of(plan), what, exact=what in lines.EXACT)
    sent = lines.calls(plan)
    if "calls" in case:
        assert case["calls"] == sent
    for first, second in case.get("order", ()):
        assert sent.index(first) < sent.index(second), sent
