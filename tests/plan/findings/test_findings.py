"""What the drift job finds, how bad that is, and who caused it: tables without a server."""

from pathlib import Path

import pytest

from reconciler.app.drift.run import DriftScope, drift
from tests.plan.harness import lines
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, check, load

CASES = load(Path(__file__).parent, "differences", "combined", "others")


@pytest.mark.parametrize("case", CASES)
def test_findings(case: Case, tmp_path: Path) -> None:
    situation = Situation(case, tmp_path)
    ran = drift(situation.request, situation.fresh(), DriftScope())
    check(case["findings"], lines.findings(ran.findings), "findings")
