"""Documents said back as grants.

Exact forms, the law that they expand to the same again, and what can't be said.
"""

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.app import specs as spec_loading
from reconciler.core.problems import Problems
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.document.document import Document, document
from reconciler.policy.grants import grant as grants
from reconciler.policy.grants.reverse import texts
from reconciler.policy.grants.reverse.texts import Unsayable
from reconciler.policy.meaning.canonical import normal, same_form
from reconciler.spec.variables import Addresses, Unknown, Values
from tests.conftest import ACCOUNT
from tests.language.shortened import NAMES, expanded, live, managed, realistic, said, share, statements_of
from tests.laws.test_laws import bodies
from tests.spec.examples import Example, every_example

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("entry", realistic(), ids=lambda entry: str(entry["name"]))
def test_realistic_policies(entry: dict[str, Any]) -> None:
    one = live(entry)
    found = said(one)
    assert same_form(expanded(found.data), one)
    if "said" in entry:
        assert found.data == entry["said"]
    if "document" not in found.data:
        assert (statements_of(expanded(found.data)), found.notes) == (statements_of(one), ())


def test_most_of_what_accounts_have_comes_out_as_grants() -> None:
    grants_, all_ = share([live(entry) for entry in realistic()])
    assert grants_ / all_ >= 0.9


def test_a_spec_with_all_of_it_makes_the_same_documents(tmp_path: Any) -> None:
    policies = {f"P{index}": dict(said(live(entry)).data) for index, entry in enumerate(realistic())}
    roles = {"Entry": {"trust": {"service": "ec2"}}}
    spec = {"version": "1", "name": "a/b", "policies": policies, "roles": roles}
    (tmp_path / "spec.yaml").write_text(
        yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    made = spec_loading.load(spec_loading.SpecSelection((str(tmp_path / "spec.yaml"),)), ACCOUNT).desired
    found = {one.state.name: one.state.document for one in made if one.kind.KIND == "policy"}
    wanted = {f"P{index}": live(entry) for index, entry in enumerate(realistic())}
    assert {name: normal(one) for name, one in found.items()} == {n: normal(one) for n, one in wanted.items()}


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
    found = {name: said(managed()[name]) for name in names}
    assert all(same_form(expanded(found[name].data), managed()[name]) for name in names)
    assert {name for name in names if "document" in found[name].data} == {n for n in names if found[n].notes}
    assert {name for name in names if "document" not in found[name].data} >= {
        "PowerUserAccess",
        "AdministratorAccess",
        "DatabaseAdministrator",
    }


def _documents(example: Example, folder: Any) -> list[tuple[str, Document]]:
    (folder / "spec.yaml").write_text(example.text, encoding="utf-8")
    (folder / "own.json").write_text('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    found = spec_loading.load(spec_loading.SpecSelection((str(folder / "spec.yaml"),)), ACCOUNT).desired
    named = []
    for one in found:
        for key in ("document", "inline"):
            held = getattr(one.state, key, None)
            pairs = [("", held)] if isinstance(held, Document) else list(held or ())
            named += [(f"{one.address} {name}", each) for name, each in pairs]
    return named


@pytest.mark.parametrize("example", every_example(), ids=lambda example: example.name)
def test_every_example_comes_back(example: Example, tmp_path: Any) -> None:
    for name, one in _documents(example, tmp_path):
        found = said(one)
        assert statements_of(expanded(found.data)) == statements_of(one), name
        assert "document" not in found.data or "document" in example.text, name


@given(data=bodies)
@quick
def test_what_specs_say_comes_back(data: dict[str, Any]) -> None:
    one = expanded(data)
    found = said(one)
    assert "document" not in found.data
    again = expanded(found.data)
    assert statements_of(again) == statements_of(one)
    assert said(again) == found


_TAKERS = [
    a
    for s in ("s3", "ec2", "dynamodb", "ecr", "iam", "logs", "lambda")
    for a in catalogue.actions_of(s).values()
]
_KEYS = [
    "aws:RequestedRegion",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:TagKeys",
    "s3:prefix",
    "ec2:ResourceTag/x",
    "aws:CurrentTime",
    "none:such",
]
_OPERATORS = [
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "Bool",
    "BoolIfExists",
    "IpAddress",
    "NotIpAddress",
    "DateLessThan",
    "ForAnyValue:StringEquals",
    "ArnLike",
]
_VALUES = {
    "Bool": ["true", "false"],
    "IpAd": ["10.0.0.0/8", "192.0.2.1/32"],
    "Date": ["2031-01-01T00:00:00Z", "2031-01-01"],
}


@st.composite
def plain_grants(draw: st.DrawFn) -> grants.Grant:
    """Grants over real actions, on what they take.

    As many ways as there are to get one wrong on the way back.
    """
    first = draw(st.sampled_from(_TAKERS))
    mine = [a for a in _TAKERS if a.service == first.service]
    named = [first, *draw(st.lists(st.sampled_from(mine), max_size=4))]
    some = sorted({template for action in named for template in action.resources})
    region = draw(st.sampled_from(["", "eu-west-1"]))
    fill = {
        "Partition": "aws",
        "Account": draw(st.sampled_from([ACCOUNT, ACCOUNT, "*", "999999999999"])),
        "Region": draw(st.sampled_from(["*", "eu-west-1", "us-east-1"])),
    }
    made = [catalogue.PLACEHOLDER.sub(lambda found: fill.get(found[0][2:-1], "x*"), one) for one in some]
    listed = (
        st.just(("*",))
        if not made
        else st.one_of(st.just(("any-in-account",)), st.just(tuple(made)), st.just(("*",)))
    )
    return grants.Grant(
        effect=draw(st.sampled_from(["Allow", "Deny"])),
        service=first.service,
        levels=(("actions", tuple(dict.fromkeys(action.name for action in named))),),
        resources=draw(listed),
        region=region,
        when=draw(
            st.sampled_from(
                [{}, {}, {"aws:PrincipalTag/team": ("a", "b*")}, {"aws:SourceIp": ("10.0.0.0/8",)}]
            )
        ),
        sid=draw(st.sampled_from(["", "", "One"])),
    )


@given(made=st.lists(plain_grants(), min_size=1, max_size=3, unique_by=lambda grant: grant.sid or id(grant)))
@settings(quick, max_examples=80)
def test_what_grants_make_comes_back_as_grants(made: list[grants.Grant]) -> None:
    statements: list[dict[str, Any]] = []
    for grant in made:
        problems = Problems()
        found = grants.expand(grant, ACCOUNT, "aws", problems)
        statements += [] if problems.has_errors else found
    if not statements:
        return
    one = document({"Version": "2012-10-17", "Statement": statements})
    back = said(one)
    assert "document" not in back.data, back.notes
    assert set(statements_of(expanded(back.data))) == set(statements_of(one))


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Statements that IAM takes, sensible or not."""
    operator = draw(st.sampled_from(_OPERATORS))
    values = _VALUES.get(
        operator.replace("Not", "")[:4], ["x", "a*", "arn:aws:s3:::b", "${aws:username}", "${foo}", ""]
    )
    condition = {operator: {draw(st.sampled_from(_KEYS)): draw(st.sampled_from([*values, values[:2]]))}}
    action = draw(
        st.sampled_from(
            ["s3:GetObject", "S3:getobject", "s3:Get*", "*", "nosuch:Thing", "ec2:Describe*", "sqs:*"]
        )
    )
    resource = draw(
        st.sampled_from(
            [
                "*",
                "arn:aws:s3:::b/*",
                f"arn:aws:sqs:*:{ACCOUNT}:q",
                "arn:aws:s3:::${foo}",
                "arn:aws:s3:::${aws:username}",
            ]
        )
    )
    return {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(
            st.sampled_from([action, [action, "s3:PutObject"]])
        ),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): resource,
        **draw(st.sampled_from([{}, {"Condition": condition}, {"Condition": {}}, {"Sid": "S"}])),
    }


@given(
    found=st.lists(statements(), min_size=1, max_size=2, unique_by=lambda s: s.get("Sid", id(s))),
    version=st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", ""]),
    name=st.sampled_from(["", "", "policy-1"]),
)
@settings(quick, max_examples=120)
def test_nothing_is_lost_of_any_document(found: list[dict[str, Any]], version: str, name: str) -> None:
    one = document(
        {**({"Version": version} if version else {}), **({"Id": name} if name else {}), "Statement": found}
    )
    if "${foo}" in one.text:
        with pytest.raises(Unsayable, match="foo"):
            said(one)
        return
    back = said(one)
    again = expanded(back.data)
    assert (same_form(again, one), set(statements_of(again))) == (True, set(statements_of(one)))
    assert again.data.get("Id") == one.data.get("Id")
    assert (again.data["Version"] == "2008-10-17") == (
        version == "2008-10-17" or (version == "" and "${" in one.text)
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
        said(document(data))


def test_an_arn_of_another_account_stays_whole() -> None:
    arn = "arn:aws:sqs:*:999999999999:q"
    one = document(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn},
        }
    )
    assert said(one).data == {"allow": [{"service": "sqs", "write": "SendMessage", "resources": arn}]}


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
    one = expanded(said_once)
    back = said(document({**one.data, "Statement": one.statements[::-1]}))
    assert [grant["resources"] for grant in back.data["allow"]] == ["any-in-account"]
    assert statements_of(expanded(back.data)) == statements_of(one)
