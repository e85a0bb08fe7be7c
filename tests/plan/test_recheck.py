"""Which differences that lists show are asked about once more."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.app.specs import OpenedSpecs
from reconciler.aws.reader import Lists, Reader
from reconciler.plan.planner import compare
from reconciler.plan.recheck import doubtful
from tests.conftest import ACCOUNT
from tests.plan.harness.situation import Situation

ROLE = {"trust": {"service": "ec2"}}


def roles(number: int, **more: Any) -> dict[str, Any]:
    return {"roles": {f"R{n:02}": ROLE for n in range(number)} | more}


def doubted(situation: Situation, lists: Lists = "always") -> list[str]:
    opened = OpenedSpecs(situation.request)
    reader = Reader(situation.fresh(), specs=opened.outline.marked, lists=lists)
    drafts = compare(reader.resources(opened.specs(ACCOUNT).desired))
    return [str(draft.change.address) for draft in doubtful(drafts)]


@pytest.mark.parametrize(
    ("before", "spec", "number"),
    [
        (roles(3), roles(3), 0),
        (roles(3), roles(3, R01={**ROLE, "tags": {"a": "b"}}), 1),
        (roles(3), roles(5), 2),
        (roles(1), roles(21), 20),
        # So many that are not there are a new spec; what is there is asked about all the same.
        (roles(1), roles(22), 0),
        (roles(1), roles(22, R00={**ROLE, "tags": {"a": "b"}}), 1),
    ],
    ids=["none", "another", "new ones", "twenty new ones", "twenty-one new ones", "and another"],
)
def test_doubtful(before: Any, spec: Any, number: int, tmp_path: Path) -> None:
    assert number == len(doubted(Situation({"before": before, "spec": spec}, tmp_path)))


def test_what_was_asked_itself_is_not_doubted(tmp_path: Path) -> None:
    situation = Situation({"before": roles(1), "spec": roles(3)}, tmp_path)
    assert doubted(situation, "never") == []


def test_what_is_left_alone_is_doubted(tmp_path: Path) -> None:
    by_hand = roles(1, R00={**ROLE, "tags": {"a": "b"}})
    spec = roles(1, R00={**ROLE, "ignore": [{"facet": "tags", "reason": "theirs"}]})
    case = {"before": roles(1), "by_hand": by_hand, "spec": spec}
    assert doubted(Situation(case, tmp_path)) == ["role.R00"]
