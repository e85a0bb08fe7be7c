"""Equal meaning, equal normal form; as many pairs that differ."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.policy.document.document import document
from reconciler.policy.meaning.canonical import digest, normal, same_form

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def doc(*statements: dict[str, Any], version: str | None = "2012-10-17") -> Any:
    return document({**({"Version": version} if version else {}), "Statement": list(statements)})


def variant(**changed: Any) -> dict[str, Any]:
    return {k: v for k, v in {**ALLOW, **changed}.items() if v is not None}


def conditioned(operator: str, key: str, value: Any) -> dict[str, Any]:
    return variant(Condition={operator: {key: value}})


EQUAL = [
    ("one statement alone", document({"Version": "2012-10-17", "Statement": ALLOW}), doc(ALLOW)),
    ("order of statements", doc(ALLOW, variant(Effect="Deny")), doc(variant(Effect="Deny"), ALLOW)),
    ("a statement twice", doc(ALLOW, ALLOW), doc(ALLOW)),
    ("sid", doc(variant(Sid="A")), doc(variant(Sid="B"))),
    ("text for a list of one", doc(variant(Action=["s3:GetObject"])), doc(ALLOW)),
    ("order and repetition of actions", doc(variant(Action=["a:B", "a:C", "a:B"])), doc(variant(Action=["a:C", "a:B"]))),
    ("case of actions", doc(variant(Action="S3:getobject")), doc(ALLOW)),
    ("version without variables", doc(ALLOW, version="2008-10-17"), doc(ALLOW)),
    ("no version without variables", doc(ALLOW, version=None), doc(ALLOW)),
    ("account and its root", doc(variant(Principal={"AWS": "123456789012"})), doc(variant(Principal={"AWS": "arn:aws:iam::123456789012:root"}))),
    ("star and AWS star", doc(variant(Principal="*")), doc(variant(Principal={"AWS": ["*"]}))),
    ("boolean and its text", doc(conditioned("Bool", "aws:SecureTransport", True)), doc(conditioned("Bool", "aws:SecureTransport", "true"))),
    ("number and its text", doc(conditioned("NumericLessThan", "a:b", 5)), doc(conditioned("NumericLessThan", "a:b", "5"))),
    ("case of condition keys", doc(conditioned("StringEquals", "AWS:RequestTag/Team", "x")), doc(conditioned("StringEquals", "aws:requesttag/team", ["x"]))),
    ("ArnEquals and ArnLike", doc(conditioned("ArnEquals", "aws:SourceArn", "arn:*")), doc(conditioned("ArnLike", "aws:SourceArn", "arn:*"))),
    ("an address and its /32", doc(conditioned("IpAddress", "aws:SourceIp", "10.1.2.3")), doc(conditioned("IpAddress", "aws:SourceIp", "10.1.2.3/32"))),
    ("case under IgnoreCase", doc(conditioned("StringEqualsIgnoreCase", "a:b", "X")), doc(conditioned("StringEqualsIgnoreCase", "a:b", "x"))),
    ("an empty condition", doc(variant(Condition={})), doc(ALLOW)),
    ("order of condition values", doc(conditioned("StringEquals", "a:b", ["x", "y"])), doc(conditioned("StringEquals", "a:b", ["y", "x", "x"]))),
]  # fmt: skip

DIFFERENT = [
    ("case of resources", doc(variant(Resource="arn:aws:s3:::B/*")), doc(ALLOW)),
    ("effect", doc(variant(Effect="Deny")), doc(ALLOW)),
    ("case of effect", doc(variant(Effect="allow")), doc(ALLOW)),
    ("NotAction", doc(variant(Action=None, NotAction="s3:GetObject")), doc(ALLOW)),
    ("NotResource", doc(variant(Resource=None, NotResource="arn:aws:s3:::b/*")), doc(ALLOW)),
    ("NotPrincipal", doc(variant(NotPrincipal={"AWS": "*"})), doc(variant(Principal={"AWS": "*"}))),
    ("string principal and nobody", doc(variant(Principal="*")), doc(variant(Principal={"AWS": []}))),
    ("two string principals", doc(variant(Principal="*")), doc(variant(Principal="111122223333"))),
    ("kind of principal", doc(variant(Principal={"AWS": "a.b"})), doc(variant(Principal={"Service": "a.b"}))),
    ("partition of a root", doc(variant(Principal={"AWS": "arn:aws-cn:iam::123456789012:root"})), doc(variant(Principal={"AWS": "123456789012"}))),
    ("case of a user", doc(variant(Principal={"AWS": "arn:aws:iam::123456789012:user/Ops"})), doc(variant(Principal={"AWS": "arn:aws:iam::123456789012:user/ops"}))),
    ("StringEquals and StringLike", doc(conditioned("StringEquals", "a:b", "x*")), doc(conditioned("StringLike", "a:b", "x*"))),
    ("IfExists", doc(conditioned("Bool", "a:b", "true")), doc(conditioned("BoolIfExists", "a:b", "true"))),
    ("quantifier", doc(conditioned("ForAllValues:StringEquals", "a:b", "x")), doc(conditioned("StringEquals", "a:b", "x"))),
    ("case of values", doc(conditioned("StringEquals", "a:b", "X")), doc(conditioned("StringEquals", "a:b", "x"))),
    ("host bits", doc(conditioned("IpAddress", "a:b", "10.0.0.5/24")), doc(conditioned("IpAddress", "a:b", "10.0.0.0/24"))),
    ("variables under another version", doc(variant(Resource="${aws:username}"), version=None), doc(variant(Resource="${aws:username}"))),
    ("an empty operator", doc(variant(Condition={"StringEquals": {}})), doc(ALLOW)),
    ("an empty value list", doc(conditioned("StringEquals", "a:b", [])), doc(ALLOW)),
    ("one statement for two", doc(variant(Action=["s3:GetObject", "s3:PutObject"])), doc(ALLOW, variant(Action="s3:PutObject"))),
    ("garbage", document("text"), document({})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "policy", "other"), EQUAL, ids=[name for name, *_ in EQUAL])
def test_equal(name: str, policy: Any, other: Any) -> None:
    assert same_form(policy, other)
    assert digest(policy) == digest(other)


@pytest.mark.parametrize(("name", "policy", "other"), DIFFERENT, ids=[name for name, *_ in DIFFERENT])
def test_different(name: str, policy: Any, other: Any) -> None:
    assert not same_form(policy, other)
    assert digest(policy) != digest(other)


names = st.sampled_from(["s3:Get*", "s3:GetObject", "iam:PassRole", "*"])
arns = st.sampled_from(["*", "arn:aws:s3:::b", "arn:aws:s3:::b/${aws:username}"])
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(names, min_size=1),
        "Resource": st.lists(arns, min_size=1),
    },
    optional={
        "Sid": st.text(alphabet="abc", max_size=3),
        "Condition": st.dictionaries(
            st.sampled_from(["StringEquals", "StringLike"]),
            st.dictionaries(
                st.sampled_from(["aws:a", "aws:b"]), st.lists(st.text(alphabet="xy", max_size=2)), max_size=2
            ),
            max_size=2,
        ),
    },
)
documents = st.lists(statements, min_size=1, max_size=4)


@given(documents, st.randoms())
@settings(max_examples=200)
def test_shuffling_and_doubling_changes_nothing(statements: list[dict[str, Any]], random: Any) -> None:
    shuffled = json.loads(json.dumps(statements + statements[:1]))
    random.shuffle(shuffled)
    for statement in shuffled:
        statement.pop("Sid", None)
        for key in ("Action", "Resource"):
            random.shuffle(statement[key])
        statement["Action"] = [a.upper() for a in statement["Action"]]
    assert same_form(doc(*statements), doc(*shuffled))
    assert digest(doc(*statements)) == digest(doc(*shuffled))


@given(documents, st.data())
@settings(max_examples=200)
def test_another_action_resource_or_effect_shows(statements: list[dict[str, Any]], data: Any) -> None:
    changed = json.loads(json.dumps(statements))
    statement = data.draw(st.sampled_from(changed))
    how = data.draw(st.sampled_from(["Action", "Resource", "Effect"]))
    if how == "Effect":
        statement["Effect"] = "Deny" if statement["Effect"] == "Allow" else "Allow"
    else:
        statement[how] = [*statement[how], "new:Thing"]
    before, after = normal(doc(*statements)), normal(doc(*changed))
    # Turning one of two statements that differ in effect alone leaves the same set: the only way to be equal.
    assert (before == after) == (before.statements == after.statements)
    assert before != after or how == "Effect"
