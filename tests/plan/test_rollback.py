"""An apply taken back, and what somebody did since."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.rollback import journal as journals
from reconciler.app.rollback import plan as rolling_back
from reconciler.core.change import Snapshot
from reconciler.kinds import KINDS
from reconciler.plan.rollback import as_state
from tests.plan.harness.runs import compare
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, load

ARN = "arn:aws:iam::123456789012:role/R"
OF_EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
ROLE: dict[str, Any] = {
    "description": "",
    "path": "/",
    "trust": {"Version": "2012-10-17", "Statement": [OF_EC2]},
    "attached": [],
    "inline": {},
    "boundary": None,
    "max_session_duration": 3600,
    "tags": {"a": "b"},
}


KIND = next(kind for kind in KINDS if kind.KIND == "role")


@pytest.mark.parametrize("case", load(Path(__file__).parent, "rollback"))
def test_rollback(case: Case, tmp_path: Path) -> None:
    situation, journal = Situation(case, tmp_path), tmp_path / "journal"
    situation.apply_with_journal(case["spec"], journal)
    situation.change_by_hand(case.get("later"), case.get("raw_later", []))
    only = tuple(case.get("only", ()))
    planned = rolling_back.plan(journals.read(journal), "journal", only, situation.fresh(), situation.consent)
    compare(case, planned.plan)
    for call in planned.plan.calls if case.keys() & {"tags", "owner"} else ():
        situation.client.send_once(call)
    for name, tags in case.get("tags", {}).items():
        live = situation.account.of["role"][name].tags
        assert tags == {key: value for key, value in live.items() if not key.startswith("reconciler:")}
    for name, owner in case.get("owner", {}).items():
        assert owner == situation.account.of["role"][name].tags["reconciler:spec"]


def test_a_snapshot_is_its_state() -> None:
    state = as_state(KIND, "R", Snapshot(ARN, json.dumps(ROLE), "t/plan", "1 tags=00000000"))
    assert (state.name, state.arn, state.owner, state.applied) == ("R", ARN, "t/plan", "1 tags=00000000")
    assert state.tags == {("a", "b")}


@pytest.mark.parametrize(
    "changed",
    [
        {"trust": {"Version": "2012-10-17", "Statement": "no statement"}},
        {"inline": {"I": {"Statement": 7}}},
        {"inline": {"I": "text"}},
        {"tags": ["a"]},
        {"attached": "P"},
        {"max_session_duration": "long"},
    ],
    ids=["trust", "inline", "inline text", "tags", "attached", "session"],
)
def test_what_is_no_snapshot(changed: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        as_state(KIND, "R", Snapshot(ARN, json.dumps({**ROLE, **changed}), "", ""))
