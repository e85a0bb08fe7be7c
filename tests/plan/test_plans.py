"""Plans from specs and live accounts, by the tables of this folder."""

from pathlib import Path

import pytest

from tests.plan.harness.runs import check_plan
from tests.plan.harness.tables import Case, load

CASES = load(Path(__file__).parent, "changes", "guard", "membership_order", "expectations")


@pytest.mark.parametrize("case", CASES)
def test_plan(case: Case, tmp_path: Path) -> None:
    check_plan(case, tmp_path)
