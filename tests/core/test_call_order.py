"""Order follows from facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.call import Call, write
from reconciler.core.call_order import Circular, ordered, waits_for


def call(name: str, needs: tuple[str, ...] = (), provides: tuple[str, ...] = ()) -> Call:
    return write(name, name, {}, needs=needs, provides=provides)


def test_a_call_comes_after_what_it_needs() -> None:
    last, first, middle = call("C", ("b",)), call("A", (), ("a",)), call("B", ("a",), ("b",))
    assert ordered([last, first, middle]) == (first, middle, last)


def test_a_need_that_nothing_provides_is_already_true() -> None:
    assert ordered([call("A", ("elsewhere",))]) == (call("A", ("elsewhere",)),)


def test_calls_that_need_nothing_stay_as_given() -> None:
    given_ = [call(name) for name in "CAB"]
    assert ordered(given_) == tuple(given_)


def test_a_circle_names_those_in_it_and_not_those_behind_it() -> None:
    circle = [
        call("A", ("b",), ("a",)),
        call("B", ("a",), ("b",)),
        call("C", ("a",), ("c",)),
        call("D", (), ("d",)),
    ]
    with pytest.raises(Circular) as raised:
        ordered(circle)
    assert raised.value.lanes == {"A", "B"}


facts = st.sets(st.sampled_from("abcdef"), max_size=3)


@given(st.lists(st.tuples(facts, facts), max_size=7))
def test_every_order_keeps_every_need(drawn: list[tuple[set[str], set[str]]]) -> None:
    calls = tuple(call(f"Op{i}", tuple(n), tuple(p)) for i, (n, p) in enumerate(drawn))
    try:
        ordered_calls = ordered(calls)
    except Circular:
        return
    assert sorted(map(str, ordered_calls)) == sorted(map(str, calls))
    for position, waits in enumerate(waits_for(ordered_calls)):
        assert all(earlier < position for earlier in waits)
