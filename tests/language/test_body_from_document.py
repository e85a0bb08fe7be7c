"""Policy documents written as grants.

Which grants they become, that the grants expand to the same document again, and what no spec can say.
"""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.problems import Problems
from reconciler.policy.document.document import Document, document
from reconciler.policy.grants import grant as grants
from reconciler.policy.grants.reverse import texts
from reconciler.policy.grants.reverse.texts import Unsayable
from reconciler.policy.meaning.canonical import normal, same_form
from reconciler.spec.variables import Addresses, Unknown, Values
from tests.conftest import ACCOUNT
from tests.language.generated import plain_grants, quick, statements
from tests.language.shortened import (
    NAMES,
    expanded,
    live,
    managed,
    realistic,
    share,
    short_form,
    statements_of,
)
from tests.laws.generators import bodies
from tests.spec.examples import Example, every_example


@pytest.mark.parametrize("entry", realistic(), ids=lambda entry: str(entry["name"]))
def test_realistic_policies(entry: dict[str, Any]) -> None:
    policy = live(entry)
    short = short_form(policy)
    assert same_form(expanded(short.data), policy)
    if "said" in entry:
        assert short.data == entry["said"]
    if "document" not in short.data:
        assert (statements_of(expanded(short.data)), short.notes) == (statements_of(policy), ())


def test_most_of_what_accounts_have_comes_out_as_grants() -> None:
    grants_, all_ = share([live(entry) for entry in realistic()])
    assert grants_ / all_ >= 0.9


def test_a_spec_with_all_of_it_makes_the_same_documents(tmp_path: Any) -> None:
    policies = {f"P{index}": dict(short_form(live(entry)).data) for index, entry in enumerate(realistic())}
    roles = {"Entry": {"trust": {"service": "ec2"}}}
    spec = {"version": "1", "name": "a/b", "policies": policies, "roles": roles}
    (tmp_path / "spec.yaml").write_text(
        yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    desired = load(SpecSelection((str(tmp_path / "spec.yaml"),)), ACCOUNT).desired
    forms = {
        resource.state.name: normal(resource.state.document)
        for resource in desired
        if resource.kind.KIND == "policy"
    }
    assert forms == {f"P{index}": normal(live(entry)) for index, entry in enumerate(realistic())}


def test_jobs_of_aws_come_out_as_grants_or_say_why_not() -> None:
    names = (
        "Billing",
        "DataScientist",
        "DatabaseAdministrator",
        "NetworkAdministrator",
        "SupportUser",
        "SystemAdministrator",
        "ViewOnlyAccess",
        "PowerUserAccess",
        "AdministratorAccess",
        "SecurityAudit",
    )
    short_forms = {name: short_form(managed()[name]) for name in names}
    assert all(same_form(expanded(short_forms[name].data), managed()[name]) for name in names)
    assert {name for name in names if "document" in short_forms[name].data} == {
        n for n in names if short_forms[n].notes
    }
    assert {name for name in names if "document" not in short_forms[name].data} >= {
        "PowerUserAccess",
        "AdministratorAccess",
        "DatabaseAdministrator",
    }


def _documents(example: Example, folder: Any) -> list[tuple[str, Document]]:
    (folder / "spec.yaml").write_text(example.text, encoding="utf-8")
    (folder / "own.json").write_text('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    desired = load(SpecSelection((str(folder / "spec.yaml"),)), ACCOUNT).desired
    named = []
    for resource in desired:
        for key in ("document", "inline"):
            held = getattr(resource.state, key, None)
            pairs = [("", held)] if isinstance(held, Document) else list(held or ())
            named += [(f"{resource.address} {name}", policy) for name, policy in pairs]
    return named


@pytest.mark.parametrize("example", every_example(), ids=lambda example: example.name)
def test_every_example_comes_back(example: Example, tmp_path: Any) -> None:
    for name, policy in _documents(example, tmp_path):
        short = short_form(policy)
        assert statements_of(expanded(short.data)) == statements_of(policy), name
        assert "document" not in short.data or "document" in example.text, name


@given(data=bodies)
@quick
def test_what_specs_say_comes_back(data: dict[str, Any]) -> None:
    policy = expanded(data)
    short = short_form(policy)
    assert "document" not in short.data
    again = expanded(short.data)
    assert statements_of(again) == statements_of(policy)
    assert short_form(again) == short


@given(
    drawn_grants=st.lists(
        plain_grants(), min_size=1, max_size=3, unique_by=lambda grant: grant.sid or id(grant)
    )
)
@settings(quick, max_examples=80)
def test_what_grants_make_comes_back_as_grants(drawn_grants: list[grants.Grant]) -> None:
    statements: list[dict[str, Any]] = []
    for grant in drawn_grants:
        problems = Problems()
        expansion = grants.expand(grant, ACCOUNT, "aws", problems)
        statements += [] if problems.has_errors else expansion
    if not statements:
        return
    policy = document({"Version": "2012-10-17", "Statement": statements})
    short = short_form(policy)
    assert "document" not in short.data, short.notes
    assert set(statements_of(expanded(short.data))) == set(statements_of(policy))


@given(
    drawn=st.lists(statements(), min_size=1, max_size=2, unique_by=lambda s: s.get("Sid", id(s))),
    version=st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", ""]),
    name=st.sampled_from(["", "", "policy-1"]),
)
@settings(quick, max_examples=120)
def test_nothing_is_lost_of_any_document(drawn: list[dict[str, Any]], version: str, name: str) -> None:
    policy = document(
        {**({"Version": version} if version else {}), **({"Id": name} if name else {}), "Statement": drawn}
    )
    if "${foo}" in policy.text:
        with pytest.raises(Unsayable, match="foo"):
            short_form(policy)
        return
    short = short_form(policy)
    again = expanded(short.data)
    assert (same_form(again, policy), set(statements_of(again))) == (True, set(statements_of(policy)))
    assert again.data.get("Id") == policy.data.get("Id")
    assert (again.data["Version"] == "2008-10-17") == (
        version == "2008-10-17" or (version == "" and "${" in policy.text)
    )


@given(
    text=st.text(alphabet="${}a:.r*", max_size=12)
    | st.sampled_from(
        ["${role.Entry}", "${account}", "${role.a:b}", "${aws:username}", "${*}", "${policy.x", "x${var.y}"]
    )
)
@settings(quick, max_examples=150)
def test_a_text_is_sayable_exactly_where_a_spec_leaves_it_as_it_is(text: str) -> None:
    try:
        left = Addresses(NAMES).put_into(Values(ACCOUNT, "aws", {}).put_into(text)) == text
    except Unknown:
        left = False
    try:
        texts.check([text])
    except Unsayable:
        assert not left
    else:
        assert left


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
UNSAYABLE = {
    "a null": ({"Statement": {**_ALL, "Sid": None}}, "null"),
    "keys of one name": (
        {"Statement": {**_ALL, "Condition": {"Bool": {"aws:x": "true", "AWS:X": "true"}}}},
        "aws:x, AWS:X",
    ),
    "an element that IAM has not": ({"Statement": {**_ALL, "Why": "x"}}, "Why"),
    "a principal": ({"Statement": {**_ALL, "Principal": {"AWS": "*"}}}, "has no principal"),
    "no statement": ({"Statement": []}, "at least one"),
    "one Sid twice": (
        {
            "Version": "2012-10-17",
            "Statement": [{**_ALL, "Sid": "A"}, {**_ALL, "Effect": "Deny", "Sid": "A"}],
        },
        "stands twice",
    ),
}


@pytest.mark.parametrize(("data", "why"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_no_spec_can_say_is_an_error_with_a_reason(data: dict[str, Any], why: str) -> None:
    with pytest.raises(Unsayable, match=why):
        short_form(document(data))


def test_an_arn_of_another_account_stays_whole() -> None:
    arn = "arn:aws:sqs:*:999999999999:q"
    policy = document(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn},
        }
    )
    assert short_form(policy).data == {
        "allow": [{"service": "sqs", "write": "SendMessage", "resources": arn}]
    }


# Documents on S3 as any-in-account makes them, in one to three statements.
@pytest.mark.parametrize(
    "names",
    [
        ("GetObject",),
        ("ListBucket", "GetObject"),
        ("GetObject", "ListAllMyBuckets"),
        ("CreateJob", "PutBucketPolicy", "ListAllMyBuckets"),
    ],
)
def test_statements_that_one_grant_makes_are_joined(names: tuple[str, ...]) -> None:
    said_once = {
        "allow": [
            {
                "service": "s3",
                "actions": list(names),
                "resources": "any-in-account",
                "when": {"aws:PrincipalTag/x": "y"},
            }
        ]
    }
    policy = expanded(said_once)
    short = short_form(document({**policy.data, "Statement": policy.statements[::-1]}))
    assert [grant["resources"] for grant in short.data["allow"]] == ["any-in-account"]
    assert statements_of(expanded(short.data)) == statements_of(policy)
