"""Which access a change gives and takes: pairs of documents by rule, and random ones judged by `evaluate`."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.policy.compare.delta import Delta, delta, of_principal
from reconciler.policy.compare.identity import IdentityPolicies, sides
from reconciler.policy.document.document import Document, document
from reconciler.policy.meaning.canonical import normal
from reconciler.policy.meaning.evaluate import AccessRequest, assume, evaluate

PAIRS = Path(__file__).parent / "pairs"
ELEMENTS = {
    "E": "Effect",
    "A": "Action",
    "NA": "NotAction",
    "R": "Resource",
    "NR": "NotResource",
    "P": "Principal",
    "C": "Condition",
}


def pairs(name: str) -> list[Any]:
    return [
        pytest.param(pair, id=pair["why"])
        for pair in yaml.load((PAIRS / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    ]


def document_of(pair: dict[str, Any], side: str) -> Document:
    statements = [{"Effect": "Allow", **{ELEMENTS.get(k, k): v for k, v in s.items()}} for s in pair[side]]
    version = pair.get(f"{side}_version", "2012-10-17")
    return document({**({"Version": version} if version != "none" else {}), "Statement": statements})


def answers(comparison: Delta) -> dict[str, str]:
    return {
        "gained": comparison.gained.answer,
        "lost": comparison.lost.answer,
        "added": comparison.denied_added.answer,
        "removed": comparison.denied_removed.answer,
    }


def check_witnesses(comparison: Delta, old: Document, new: Document, *, trust: bool = False) -> None:
    def answer(policy: Document, request: AccessRequest) -> str:
        return (assume(policy, request) if trust else evaluate([policy], request)).answer

    for verdict, has, lacks, word in (
        (comparison.gained, new, old, "allowed"),
        (comparison.lost, old, new, "allowed"),
        (comparison.denied_added, new, old, "explicit deny"),
        (comparison.denied_removed, old, new, "explicit deny"),
    ):
        assert (verdict.witness is not None) == (verdict.answer == "yes")
        if verdict.witness is not None:
            assert answer(has, verdict.witness) == word
            assert answer(lacks, verdict.witness) not in (word, "unknown")
            assert verdict.by


@pytest.mark.parametrize("pair", pairs("equivalent"))
def test_equivalent(pair: dict[str, Any]) -> None:
    old, new = document_of(pair, "old"), document_of(pair, "new")
    assert delta(old, new).equivalent is True
    assert delta(new, old).equivalent is True


@pytest.mark.parametrize("pair", pairs("different"))
def test_different(pair: dict[str, Any]) -> None:
    old, new = document_of(pair, "old"), document_of(pair, "new")
    wanted = {key: pair.get(key, "no") for key in ("gained", "lost", "added", "removed")}
    comparison = delta(old, new)
    assert answers(comparison) == wanted
    assert comparison.equivalent is False
    check_witnesses(comparison, old, new, trust="trust" in pair)
    swapped = {"gained": "lost", "lost": "gained", "added": "removed", "removed": "added"}
    assert answers(delta(new, old)) == {swapped[key]: answer for key, answer in wanted.items()}


@pytest.mark.parametrize("pair", pairs("unknown"))
def test_unknown(pair: dict[str, Any]) -> None:
    comparison = delta(document_of(pair, "old"), document_of(pair, "new"))
    assert "unknown" in answers(comparison).values()
    assert comparison.equivalent is (False if "yes" in answers(comparison).values() else None)
    reasons = [
        v.why
        for v in (comparison.gained, comparison.lost, comparison.denied_added, comparison.denied_removed)
    ]
    assert any(pair["because"] in why for why in reasons), reasons


def test_what_is_unknown_among_the_shipped_pairs_is_rare() -> None:
    equivalent, different, unknown = (len(pairs(name)) for name in ("equivalent", "different", "unknown"))
    assert unknown / (equivalent + different + unknown) <= 0.05
    assert different >= equivalent


ACTIONS = [
    "s3:GetObject",
    "s3:Get*",
    "s3:*",
    "*",
    "s3:PutObject",
    "s3:?etObject",
    "sqs:SendMessage",
    "*:Get*",
    "s3:*Object",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/x*",
    "arn:aws:s3:::home/${aws:username}/*",
    "arn:aws:s3:::home/mara/*",
    "arn:aws:sqs:*:123456789012:q",
]
TESTS = [
    ("StringEquals", "aws:PrincipalTag/t", ["a", "b"]),
    ("StringLike", "aws:PrincipalTag/t", ["a*"]),
    ("StringNotEquals", "aws:PrincipalTag/t", ["a"]),
    ("StringEqualsIfExists", "aws:PrincipalTag/t", ["a"]),
    ("Null", "aws:PrincipalTag/t", ["true"]),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/t", ["A"]),
    ("Bool", "aws:SecureTransport", ["true"]),
    ("BoolIfExists", "aws:SecureTransport", ["false"]),
    ("IpAddress", "aws:SourceIp", ["10.1.0.0/16", "192.168.0.0/16"]),
    ("NotIpAddress", "aws:SourceIp", ["10.1.0.0/16"]),
    ("NumericLessThan", "aws:MultiFactorAuthAge", ["10"]),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", ["7"]),
    ("DateLessThan", "aws:CurrentTime", ["2030-01-01T00:00:00Z"]),
    ("DateGreaterThan", "aws:CurrentTime", ["2029-01-01"]),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"]),
    ("ForAnyValue:StringLike", "aws:TagKeys", ["b*"]),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["c"]),
    ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/a*"]),
    ("ArnNotLike", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/admin"]),
    ("StringEquals", "aws:ResourceTag/t", ["${aws:PrincipalTag/t}"]),
]
VALUES: dict[str, list[Any]] = {
    "aws:PrincipalTag/t": ["a", "A", "b", "ab", "zz", ""],
    "aws:SecureTransport": ["true", "false"],
    "aws:SourceIp": ["10.0.0.1", "10.1.2.3", "192.168.1.1", "2001:db8::1"],
    "aws:MultiFactorAuthAge": ["7", "9", "10", "11"],
    "aws:CurrentTime": ["2028-06-01T00:00:00Z", "2029-06-01T00:00:00Z", "2031-06-01T00:00:00Z"],
    "aws:TagKeys": [("a",), ("a", "b"), ("c",), ("a", "c"), ("b1",), ()],
    "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:role/bob"],
    "aws:ResourceTag/t": ["a", "b", "zz"],
}
some = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    resources = draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3, unique=True))
    condition: dict[str, Any] = {}
    for operator, key, values in draw(st.lists(st.sampled_from(TESTS), max_size=2)):
        condition.setdefault(operator, {})[key] = values
    return {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action"] * 5 + ["NotAction"])): draw(some),
        draw(st.sampled_from(["Resource"] * 5 + ["NotResource"])): resources,
        **({"Condition": condition} if condition else {}),
    }


documents = st.lists(statements(), min_size=1, max_size=4)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Document, Document]:
    """A document, and one that was made from it by a change here or there."""
    old = draw(documents)
    new = [draw(statements()) if draw(st.integers(0, 3)) == 0 else s for s in old]
    new += draw(st.lists(statements(), max_size=1))
    before, after = (document({"Version": "2012-10-17", "Statement": s}) for s in (old, new))
    return before, after


requests = st.builds(
    AccessRequest,
    st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "sqs:SendMessage", "ec2:GetX"]),
    st.sampled_from(
        [
            "arn:aws:s3:::b/x",
            "arn:aws:s3:::b/y",
            "arn:aws:s3:::b",
            "arn:aws:s3:::home/mara/f",
            "arn:aws:s3:::home/theo/f",
            "arn:aws:sqs:eu-west-1:123456789012:q",
        ]
    ),
    st.none(),
    st.fixed_dictionaries(
        {"aws:username": st.sampled_from(["mara", "theo"])},
        optional={k: st.sampled_from(v) for k, v in VALUES.items()},
    ),
)


# `make soak` looks at thousands.
EXAMPLES = int(os.environ.get("DELTA_EXAMPLES", "40"))


@settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(pair=changed(), asked=st.lists(requests, min_size=30, max_size=30))
def test_delta_agrees_with_evaluate(pair: tuple[Document, Document], asked: list[AccessRequest]) -> None:
    old, new = pair
    comparison = delta(old, new)
    check_witnesses(comparison, old, new)
    verdicts = answers(comparison)
    assert "unknown" not in verdicts.values()
    for request in asked:
        before, after = evaluate([old], request).answer, evaluate([new], request).answer
        assert not (after == "allowed" != before and verdicts["gained"] == "no"), request
        assert not (before == "allowed" != after and verdicts["lost"] == "no"), request
        assert not (after == "explicit deny" != before and verdicts["added"] == "no"), request
        assert not (before == "explicit deny" != after and verdicts["removed"] == "no"), request
    if normal(old) == normal(new):
        assert comparison.equivalent


@st.composite
def held(draw: st.DrawFn) -> IdentityPolicies:
    """A role's documents: one or two, and a boundary or none."""
    policies = [
        document({"Version": "2012-10-17", "Statement": draw(documents)})
        for _ in range(draw(st.integers(1, 2)))
    ]
    limit = draw(st.none() | documents)
    boundary = ("limit", document({"Version": "2012-10-17", "Statement": limit})) if limit else None
    return IdentityPolicies(tuple((f"p{n}", policy) for n, policy in enumerate(policies)), boundary)


@st.composite
def roles(draw: st.DrawFn) -> tuple[IdentityPolicies, IdentityPolicies]:
    """A role before and after a change of one of its documents."""
    before = draw(held())
    after = draw(held())
    identity = (*before.identity[:-1], *draw(st.sampled_from([before.identity[-1:], after.identity[-1:]])))
    return before, IdentityPolicies(identity, draw(st.sampled_from([before.boundary, after.boundary])))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(pair=roles(), asked=st.lists(requests, min_size=20, max_size=20))
def test_what_a_role_gains_agrees_with_evaluate(
    pair: tuple[IdentityPolicies, IdentityPolicies], asked: list[AccessRequest]
) -> None:
    both = sides(*pair)
    gained, lost = of_principal(both)

    def allowed(role: IdentityPolicies, request: AccessRequest) -> bool:
        limit = role.boundary[1] if role.boundary else None
        return evaluate([policy for _, policy in role.identity], request, limit).answer == "allowed"

    before, after = pair
    for verdict, has, lacks in ((gained, after, before), (lost, before, after)):
        if verdict.witness:
            assert allowed(has, verdict.witness)
            assert not allowed(lacks, verdict.witness)
        if verdict.answer == "no":
            assert not any(allowed(has, request) and not allowed(lacks, request) for request in asked)


def test_documents_with_thousands_of_patterns_are_answered() -> None:
    big = document(
        {"Statement": [{"Effect": "Allow", "Action": [f"s{n}:Get*" for n in range(2000)], "Resource": "*"}]}
    )
    more = document(
        {"Statement": [*big.statements, {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
    )
    comparison = delta(big, more)
    assert answers(comparison) == {"gained": "yes", "lost": "no", "added": "no", "removed": "no"}
    assert comparison.gained.witness is not None
    assert comparison.gained.witness.action == "sqs:sendmessage"
    assert comparison.gained.by == ((1, ("sqs:sendmessage",)),)
    fewer = document(
        {"Statement": [{"Effect": "Allow", "Action": [f"s{n}:Get*" for n in range(1000)], "Resource": "*"}]}
    )
    assert delta(big, fewer).lost.answer == "yes"
    assert delta(big, fewer).gained.answer == "no"
