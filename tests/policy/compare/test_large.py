"""Large and hostile documents have an answer, or the reason why there is none.

`make bench` prints how long it takes.
"""

import pytest

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.compare.delta import delta
from tests.policy.compare import large


@pytest.mark.parametrize("name", large.HOSTILE)
def test_hostile_documents_are_answered(name: str) -> None:
    comparison = delta(*large.HOSTILE[name]())
    for verdict in (comparison.gained, comparison.lost, comparison.denied_added, comparison.denied_removed):
        assert (verdict.answer == "unknown") == bool(verdict.why)
        assert (verdict.answer == "yes") == (verdict.witness is not None)


def test_stars_and_a_pattern_inside_another() -> None:
    assert delta(*large.HOSTILE["6 KB of stars"]()).equivalent is True
    inside = delta(*large.HOSTILE["*a*a*a*a*"]())
    assert (inside.gained.answer, inside.lost.answer) == ("yes", "no")


def test_the_largest_policy_is_decided() -> None:
    old, new = large.largest()
    assert MANAGED_POLICY_SIZE - 700 < old.size <= new.size <= MANAGED_POLICY_SIZE
    comparison = delta(old, new)
    assert (comparison.gained.answer, comparison.lost.answer) == ("yes", "no")
    assert comparison.gained.by == ((3, ("svc3:new",)),)
