"""Pattern algebra against brute force over all short texts."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.policy import globs
from reconciler.policy.globs import overlaps

patterns = st.text(alphabet="a*?", max_size=5)
# One letter that patterns name and one that they don't; a shortest difference is no longer than both
# together.
TEXTS = ["".join(p) for n in range(11) for p in product("az", repeat=n)]


@given(patterns, patterns)
@settings(max_examples=150)
def test_covers_and_overlaps_agree_with_every_short_text(wide: str, narrow: str) -> None:
    in_wide = {t for t in TEXTS if globs.matches(wide, t)}
    in_narrow = {t for t in TEXTS if globs.matches(narrow, t)}
    assert globs.covers(wide, narrow) == (in_narrow <= in_wide)
    assert overlaps(wide, narrow) == bool(in_wide & in_narrow)


def test_hostile_patterns_are_quick() -> None:
    assert globs.covers("*a" * 40 + "*", "a" * 40)
    assert not globs.covers("*a" * 40, "*a" * 39)
    assert not globs.matches("*a" * 30 + "b", "a" * 200)
