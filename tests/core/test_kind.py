"""The base class of kinds: what a kind must state, and what it gets."""

from typing import Any

import pytest

from reconciler.core.call import Answers
from reconciler.core.kind import Kind
from reconciler.core.usage import Usage
from reconciler.kinds import KINDS

FACTS: dict[str, Any] = {
    "KIND": "toy",
    "SECTION": "toys",
    "FACETS": ("path",),
    "FACET_TITLES": {"path": "The path differs."},
    "UPDATED_FACETS": {},
    "READS_PER_RESOURCE": 1,
    "DELETE_OPERATIONS": (),
    "CREATED_READ": None,
    "LISTED": None,
}


def test_a_kind_with_all_facts_has_the_defaults() -> None:
    toy: Kind[Any, Any] = type("Toy", (Kind,), FACTS)()
    assert toy.complete("want", Answers({})) == "want"
    assert not toy.bulk("a/b", None)
    assert not toy.notes(None, None)
    assert not toy.deletion_reads(None)
    assert toy.usage(None, Answers({})) == Usage()
    assert not toy.NAMED_IN_TRUST
    assert toy.NOT_EDITABLE == ""


@pytest.mark.parametrize("lacking", FACTS)
def test_a_kind_that_lacks_a_fact_fails_when_it_is_defined(lacking: str) -> None:
    facts = {name: fact for name, fact in FACTS.items() if name != lacking}
    with pytest.raises(TypeError, match=f"lacks {lacking}$"):
        type("Toy", (Kind,), facts)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)
def test_each_facet_has_a_title_and_a_digest_belongs_to_a_facet(kind: Kind[Any, Any]) -> None:
    assert set(kind.FACETS) <= set(kind.FACET_TITLES)
    assert set(kind.SEVERITIES) <= set(kind.FACETS)
    assert {facet for facets, _ in kind.UPDATED_FACETS.values() for facet in facets} <= set(kind.FACETS)
