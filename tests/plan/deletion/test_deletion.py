"""What is deleted, and what stands against it: tables without a server."""

from pathlib import Path

import pytest

from reconciler.app import destroy
from tests.plan.harness.runs import compare
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, load

CASES = load(Path(__file__).parent, "deletions", "objections")


@pytest.mark.parametrize("case", CASES)
def test_deletion(case: Case, tmp_path: Path) -> None:
    situation = Situation(case, tmp_path)
    if case.get("destroy"):
        plan = destroy.plan(situation.request, situation.fresh(), situation.consent).plan
    else:
        plan = situation.planned().plan
    compare(case, plan)
    for change in (change for change in plan.changes if change.action == "delete"):
        assert change.before
        assert change.after is None
        for field in change.fields:
            assert field.before
            assert field.after == (() if field.shape == "set" else None)
