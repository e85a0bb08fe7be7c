"""Whether one pattern plainly has all resources of another."""

import pytest

from reconciler.policy.compare.overlap import covers


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("b/*", "b/${aws:username}", True),
        ("b/${aws:username}", "b/${aws:username}", True),
        ("b/${aws:username}", "b/${aws:userid}", False),
        ("b/${aws:username}", "b/*", False),
        # A variable that is not closed is text, and takes nothing of the other pattern along.
        ("b/${aws:username}", "b/${", False),
        ("*${aws:username}", "${aws:username}/${", False),
        ("b/*", "b/${aws:username}/${", True),
    ],
)
def test_covers(wide: str, narrow: str, expected: bool) -> None:
    assert covers(wide, narrow) == expected
