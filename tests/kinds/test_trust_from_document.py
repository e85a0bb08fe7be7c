"""Trust policies written as the `trust:` items of a spec.

Which items they become, that the items expand to the same policy again, and which policies stay documents.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.problems import Problems
from reconciler.kinds.role.trust_from_document import trust
from reconciler.language import trust as trusts
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document, document
from reconciler.policy.grants.reverse.texts import Unsayable
from reconciler.policy.meaning.canonical import same_form
from tests.conftest import ACCOUNT
from tests.language.generated import quick
from tests.language.shortened import CONTEXT, statements_of, with_variables
from tests.laws.generators import trusts as trust_sections
from tests.spec.examples import Example, every_example

_ITEMS = TypeAdapter(trusts.Trusts)
HOST = "token.actions.githubusercontent.com"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
WEB, SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
OKTA = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"
SIGN_IN = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
ROOT, PARTNER = f"arn:aws:iam::{ACCOUNT}:root", "arn:aws:iam::999999999999:root"
ENTRY = f"arn:aws:iam::{ACCOUNT}:role/Entry"


def live(*statements: dict[str, Any], **top: str) -> Document:
    full = [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement} for statement in statements]
    return document({"Version": "2012-10-17", **top, "Statement": full})


def expanded(data: Any) -> Document:
    plain = with_variables(data)
    items = _ITEMS.validate_python(plain["trust"]) if "trust" in plain else None
    trust_policy = trusts.build(items, plain.get("trust_document"), CONTEXT, Problems())
    assert trust_policy is not None
    return trust_policy


# The live statements, and exactly what export writes.
SAID: dict[str, tuple[Document, Any]] = {
    "a service": (live({"Sid": "", "Principal": {"Service": "ec2.amazonaws.com"}}), {"service": "ec2"}),
    "two services": (live({"Principal": {"Service": ["ec2.amazonaws.com", "vpc-lattice.api.aws"]}}), {"service": ["ec2", "vpc-lattice.api.aws"]}),
    "of China": (live({"Principal": {"Service": "ec2.amazonaws.com.cn"}}), {"service": "ec2.amazonaws.com.cn"}),
    "pods": (live({"Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}), {"service": "pods.eks"}),
    "this account": (live({"Principal": {"AWS": ROOT}}), {"account": "this"}),
    "by number": (live({"Principal": {"AWS": "999999999999"}}), {"account": "999999999999"}),
    "a partner": (
        live({"Sid": "Partner", "Principal": {"AWS": PARTNER}, "Condition": {"StringEquals": {"sts:ExternalId": ["a1", "b2"]}}}),
        {"account": "999999999999", "external_id": ["a1", "b2"], "sid": "Partner"},
    ),
    "a role that is exported along, and another": (
        live({"Principal": {"AWS": [ENTRY, "arn:aws:iam::999999999999:role/ci/Run"]}}),
        {"role": ["Entry", "arn:aws:iam::999999999999:role/ci/Run"]},
    ),
    "people with MFA": (
        live({"Principal": {"AWS": "arn:aws:iam::999999999999:user/robot"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"Bool": {"aws:MultiFactorAuthPresent": True}, "NumericLessThan": {"aws:MultiFactorAuthAge": 900}, "DateLessThan": {"aws:CurrentTime": "2099-01-31T00:00:00Z"}}}),
        {"user": "arn:aws:iam::999999999999:user/robot", "mfa": "15m", "session_tags": "true", "expires": "2099-01-31"},
    ),
    "principals of more than one kind": (
        live({"Principal": {"AWS": [ROOT, ENTRY], "Service": "lambda.amazonaws.com"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}),
        [{"account": "this", "when": {"aws:PrincipalOrgID": "o-1"}}, {"role": "Entry", "when": {"aws:PrincipalOrgID": "o-1"}}, {"service": "lambda", "when": {"aws:PrincipalOrgID": "o-1"}}],
    ),
    "for one function only": (
        live({"Principal": {"Service": "lambda.amazonaws.com"}, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:x"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}, "StringEqualsIfExists": {"aws:SourceOrgID": "o-1"}}}),
        {"service": "lambda", "when": {"aws:SourceArn": "arn:aws:lambda:*:*:x", "aws:SourceAccount": ACCOUNT}, "condition": {"StringEqualsIfExists": {"aws:SourceOrgID": "o-1"}}},
    ),
    "GitHub": (
        live({"Principal": {"Federated": GITHUB}, "Action": WEB, "Condition": {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}, "StringLike": {f"{HOST}:sub": "repo:acme/app:*"}}}),
        {"oidc": HOST, "subject": "repo:acme/app:*"},
    ),
    "GitHub, with Like where Equals does": (
        live({"Principal": {"Federated": GITHUB}, "Action": WEB, "Condition": {"StringLike": {f"{HOST}:aud": "x", f"{HOST}:sub": "repo:acme/app:ref:refs/heads/main"}}}),
        {"oidc": HOST, "subject": "repo:acme/app:ref:refs/heads/main", "audience": "x"},
    ),
    "a cluster of another account": (
        live({"Principal": {"Federated": "arn:aws:iam::999999999999:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}, "Action": WEB, "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/A:aud": "sts.amazonaws.com", "oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "system:serviceaccount:x:y"}}}),
        {"oidc": "arn:aws:iam::999999999999:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A", "subject": "system:serviceaccount:x:y"},
    ),
    "MFA just now": (
        live({"Principal": {"AWS": ROOT}, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "90"}}}),
        {"account": "this", "mfa": "90s"},
    ),
    "SAML": (live({"Principal": {"Federated": OKTA}, "Action": SAML, "Condition": {"StringEquals": SIGN_IN}}), {"saml": "Okta"}),
}  # fmt: skip


@pytest.mark.parametrize(("trust_policy", "wanted"), SAID.values(), ids=SAID)
def test_said_as_a_person_would(trust_policy: Document, wanted: Any) -> None:
    short_form = trust(trust_policy, CONTEXT)
    assert (short_form.data, short_form.notes) == ({"trust": wanted}, ())
    assert same_meaning(expanded(short_form.data), trust_policy, trust=True)


DEAD = "AROAABCDEFGHIJKLMNOPQ"
# The live document, and a word of why it stays one.
STAYS: dict[str, tuple[Document, str]] = {
    "anybody": (live({"Principal": {"AWS": "*"}}), "principal *"),
    "a deleted role": (live({"Principal": {"AWS": [DEAD, ROOT]}}), DEAD),
    "a canonical user": (live({"Principal": {"CanonicalUser": "79a5"}}), "79a5"),
    "a session": (
        live({"Principal": {"AWS": "arn:aws:sts::999999999999:assumed-role/a/b"}}),
        "principal arn:aws:sts",
    ),
    "a built-in provider": (
        live({"Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": WEB}),
        "cognito",
    ),
    "everybody at GitHub": (
        live(
            {
                "Principal": {"Federated": GITHUB},
                "Action": WEB,
                "Condition": {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}},
            }
        ),
        "oidc",
    ),
    "GitHub for any audience": (
        live(
            {
                "Principal": {"Federated": GITHUB},
                "Action": WEB,
                "Condition": {"StringLike": {f"{HOST}:sub": "repo:acme/*"}},
            }
        ),
        "oidc",
    ),
    "more actions": (
        live({"Principal": {"AWS": ROOT}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}),
        "account",
    ),
    "a deny": (live({"Effect": "Deny", "Principal": {"AWS": ROOT}}), "allows"),
    "one Sid for two kinds": (
        live({"Sid": "Both", "Principal": {"AWS": ROOT, "Service": "ec2.amazonaws.com"}}),
        "Sid",
    ),
    "the old language": (live({"Principal": {"Service": "ec2.amazonaws.com"}}, Version="2008-10-17"), "2012"),
    "an Id": (live({"Principal": {"Service": "ec2.amazonaws.com"}}, Id="x"), "Id"),
    "an empty condition": (live({"Principal": {"Service": "ec2.amazonaws.com"}, "Condition": {}}), "empty"),
    "pods without tags": (live({"Principal": {"Service": "pods.eks.amazonaws.com"}}), "service"),
    "an account of another partition": (
        live({"Principal": {"AWS": "arn:aws-cn:iam::999999999999:root"}}),
        "another document",
    ),
}


@pytest.mark.parametrize(("trust_policy", "why"), STAYS.values(), ids=STAYS)
def test_stays_a_document_and_says_why(trust_policy: Document, why: str) -> None:
    short_form = trust(trust_policy, CONTEXT)
    assert set(short_form.data) == {"trust_document"}
    assert why in short_form.notes[0]
    again = expanded(short_form.data)
    assert (same_form(again, trust_policy), again.data.get("Id"), again.data["Version"]) == (
        True,
        trust_policy.data.get("Id"),
        trust_policy.data["Version"],
    )


@pytest.mark.parametrize("value", ["${foo}", "${role.Entry}", "${account"])
def test_a_variable_of_ours_can_not_be_said(value: str) -> None:
    with pytest.raises(Unsayable, match="spec"):
        trust(live({"Principal": {"AWS": ROOT}, "Condition": {"StringEquals": {"aws:x": value}}}), CONTEXT)


@pytest.mark.parametrize("example", every_example(), ids=lambda example: example.name)
def test_every_example_comes_back(example: Example, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(example.text, encoding="utf-8")
    (tmp_path / "own.json").write_text('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    for resource in load(SpecSelection((str(tmp_path / "spec.yaml"),)), ACCOUNT).desired:
        trust_policy = getattr(resource.state, "trust", None)
        if trust_policy is not None:
            short_form = trust(trust_policy, CONTEXT)
            assert "trust_document" not in short_form.data or "trust_document" in example.text
            assert statements_of(expanded(short_form.data)) == statements_of(trust_policy)


@given(data=trust_sections())
@quick
def test_what_specs_say_comes_back(data: dict[str, Any]) -> None:
    trust_policy = expanded(data)
    short_form = trust(trust_policy, CONTEXT)
    assert "trust" in short_form.data
    assert statements_of(expanded(short_form.data)) == statements_of(trust_policy)
    assert trust(expanded(short_form.data), CONTEXT) == short_form


_PRINCIPALS = [
    {"Service": "ec2.amazonaws.com"},
    {"AWS": [ROOT, ENTRY]},
    {"AWS": PARTNER},
    {"AWS": DEAD},
    {"Federated": GITHUB},
    {"Federated": OKTA},
    {"AWS": "*"},
]
_CONDITIONS: list[dict[str, dict[str, Any]]] = [
    {"StringEquals": {"sts:ExternalId": "x1"}},
    {"StringEquals": {"sts:ExternalId": "${aws:username}"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "0900"}},
    {"StringLike": {f"{HOST}:aud": "*", f"{HOST}:sub": ["a", "b*"]}},
    {"StringEquals": {f"{HOST}:aud": "a", f"{HOST}:sub": "b*"}},
    {"StringEquals": SIGN_IN},
    {"DateLessThan": {"aws:CurrentTime": "2031-01-01"}},
]


def _operator(condition: dict[str, dict[str, Any]]) -> str:
    return next(iter(condition))


@given(
    principal=st.sampled_from(_PRINCIPALS),
    action=st.sampled_from(
        ["sts:AssumeRole", "sts:assumerole", WEB, SAML, ["sts:AssumeRole", "sts:TagSession"]]
    ),
    conditions=st.lists(st.sampled_from(_CONDITIONS), max_size=2, unique_by=_operator),
    sid=st.sampled_from(["", "One"]),
)
@settings(quick, max_examples=80)
def test_nothing_is_lost_of_any_trust(principal: Any, action: Any, conditions: Any, sid: str) -> None:
    merged = {operator: keys for condition in conditions for operator, keys in condition.items()}
    sid_field = {"Sid": sid} if sid else {}
    trust_policy = live(
        {"Principal": principal, "Action": action, **({"Condition": merged} if merged else {}), **sid_field}
    )
    short_form = trust(trust_policy, CONTEXT)
    again = expanded(short_form.data)
    assert same_meaning(again, trust_policy, trust=True)
    assert [s.get("Sid", "") for s in again.statements][:1] == [sid]
