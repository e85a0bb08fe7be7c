"""A plan narrowed to one finding, and what is left of the others afterwards."""

from pathlib import Path

import pytest

from reconciler.core.address import Address
from reconciler.core.errors import PlanError
from reconciler.core.results.finding import finding_id
from tests.conftest import ACCOUNT
from tests.plan.harness import lines
from tests.plan.harness.runs import compare
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, check, load


def id_of(named: str) -> str:
    """`role.R inline I` as the id of that finding."""
    address, rule, *item = named.split(" ")
    if address in ("id", "address"):
        return rule
    kind, _, name = address.partition(".")
    return finding_id(Address(ACCOUNT, kind, name), rule, " ".join(item))


@pytest.mark.parametrize("case", load(Path(__file__).parent, "single_finding"))
def test_single_finding(case: Case, tmp_path: Path) -> None:
    situation = Situation({**case, "finding": id_of(case["finding"])}, tmp_path)
    if "error" in case:
        with pytest.raises(PlanError) as raised:
            situation.planned()
        assert [
            words for words in (case["error"], *case.get("names", ())) if words not in str(raised.value)
        ] == []
        return
    plan = situation.planned().plan
    compare(case, plan)
    for call in plan.calls:
        situation.client.send_once(call)
    situation.case = {**case, "finding": ""}
    if "afterwards" in case:
        check(case["afterwards"], lines.changes(situation.planned().plan), "afterwards", exact=True)
