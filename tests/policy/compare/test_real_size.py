"""Documents of real size: every verdict is right, nothing is unknown, and what is listed is the change."""

import os
from collections import Counter

import pytest

from reconciler.policy.compare.access_verdict import AccessVerdict
from reconciler.policy.compare.concerned_statements import gained_and_lost
from reconciler.policy.compare.identity import IdentityPolicies, written
from reconciler.policy.compare.witness import narrowed
from reconciler.policy.document.document import Document, as_list, document
from reconciler.policy.meaning.evaluate import evaluate
from tests.policy.compare.real_size import pair
from tests.policy.compare.surroundings import FEATURES, Pair, Raw

# `make soak` looks at 2,000.
PAIRS = int(os.environ.get("REAL_SIZE_PAIRS", "60"))


def holdings(statements: list[Raw], boundary: list[Raw] | None) -> IdentityPolicies:
    def of(raw: list[Raw]) -> Document:
        return document({"Version": "2012-10-17", "Statement": raw})

    return IdentityPolicies((("P", of(statements)),), ("limit", of(boundary)) if boundary else None)


def listed(verdict: AccessVerdict, has: IdentityPolicies) -> set[tuple[str, str]]:
    """The actions, in lower case, and resources that the verdict lists, each with each."""
    statements = written(has)
    shown = (narrowed(statements[index], *part) for index, part in verdict.parts)
    return {(a.lower(), r) for s in shown for a in as_list(s["Action"]) for r in as_list(s["Resource"])}


def is_allowed(held: IdentityPolicies, verdict: AccessVerdict) -> bool:
    assert verdict.witness
    limit = held.boundary[1] if held.boundary else None
    return evaluate([policy for _, policy in held.identity], verdict.witness, limit).answer == "allowed"


def check(case: Pair) -> None:
    before, after = (holdings(statements, case.boundary) for statements in (case.old, case.new))
    gained, lost = gained_and_lost(before, after)
    for verdict, expected, has, lacks in (
        (gained, case.gained, after, before),
        (lost, case.lost, before, after),
    ):
        assert (verdict.answer, verdict.undecided) == ("yes" if expected else "no", ()), case
        if expected:
            assert listed(verdict, has) == case.listed, case
            assert is_allowed(has, verdict)
            assert not is_allowed(lacks, verdict)


@pytest.mark.parametrize("part", range(6))
def test_the_change_and_nothing_else(part: int) -> None:
    for seed in range(part, PAIRS, 6):
        check(pair(seed))


def test_every_feature_is_in_a_fifth_of_the_pairs_and_half_lie_behind_another_statement() -> None:
    pairs = [pair(seed) for seed in range(300)]
    counted = Counter(feature for case in pairs for feature in case.features)
    assert all(counted[feature] >= len(pairs) / 5 for feature in FEATURES), counted
    assert sum(case.is_behind for case in pairs) >= len(pairs) / 2
    assert all(8 <= len(case.new) <= 26 for case in pairs)
