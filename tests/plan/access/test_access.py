"""Access that a plan gives and takes, and what of it takes consent: tables without a server."""

from pathlib import Path

import pytest

from tests.plan.harness.runs import check_plan
from tests.plan.harness.tables import Case, load

CASES = load(Path(__file__).parent, "changes", "risks", "memberships", "lockout")


@pytest.mark.parametrize("case", CASES)
def test_access(case: Case, tmp_path: Path) -> None:
    check_plan(case, tmp_path)
