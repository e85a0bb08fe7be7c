"""IAM's recorded verdicts (project contract, section 10)."""

from typing import Any

import pytest

from reconciler.policy.document.grammar import LEGACY, SYNTAX, identity_verdicts, trust_verdicts

FINE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def identity(*statements: Any, **top: Any) -> Any:
    return {"Version": "2012-10-17", "Statement": list(statements), **top}


def but(**changed: Any) -> dict[str, Any]:
    return {k: v for k, v in {**FINE, **changed}.items() if v is not None}


ACCEPTED = [
    identity(but(Action="nosuch:Action")),
    identity(but(Action="iam: asdf ")),
    identity(but(Resource="arn:aws:fdsasf")),
    identity(but(Resource="arn:aws:nosuch:::x")),
    identity(FINE, Id="text"),
    identity(but(Condition={})),
    identity(but(Condition={"x": {}})),
    identity(but(Condition={"DateGreaterThan": {"a": []}})),
    identity(but(Resource=["arn:aws:s3:::b", "*"])),
    identity(but(Action=None, Resource=None, NotAction="s3:*", NotResource="arn:aws:s3:::b")),
    {"Version": "2012-10-17", "Statement": FINE},
    identity(but(Action="*")),
    identity(but(Condition={"ForAllValues:StringLikeIfExists": {"a": "b"}})),
    identity(but(Condition={"DateLessThan": {"aws:CurrentTime": "2031-01-31T00:00:00Z"}})),
    identity(but(Condition={"DateLessThan": {"aws:CurrentTime": "1930000000"}})),
    *(
        identity(but(Condition={"DateLessThan": {"a": date}}))
        for date in (
            "7T",
            "2031-1-3t7:00:00.593+09",
            "-292275054",
            str(2**63 - 1),
            "0",
            "2031-01-31T23:59:59.999999999-11:30",
            "292278993-12",
        )
    ),
    identity(but(Resource="arn:aws:iam::123456789012:*")),
    identity(but(Resource="arn:aws:iam::123456789012:root")),
    identity(but(Sid="")),
]

REFUSED = [
    ([], SYNTAX),
    ("text", SYNTAX),
    ({"Version": "2012-10-17"}, SYNTAX),
    ({"Version": "2012-10-17", "Statement": []}, SYNTAX),
    ({"Version": "2012-10-17", "Statement": ["x"]}, SYNTAX),
    (identity(FINE, Extra=1), SYNTAX),
    (identity(but(Extra=1)), SYNTAX),
    (identity(FINE, Version="2012-10-18"), SYNTAX),
    (identity(FINE, Id=1), SYNTAX),
    (identity(but(Sid=1)), SYNTAX),
    (identity(but(Effect=None)), SYNTAX),
    (identity(but(Effect="invalid")), SYNTAX),
    (identity(but(NotAction="s3:*")), SYNTAX),
    (identity(but(NotResource="*")), SYNTAX),
    (identity(but(Action={"a": 1})), SYNTAX),
    (identity(but(Condition={"Nope": {"a": "b"}})), SYNTAX),
    (identity(but(Condition={"NullIfExists": {"a": "true"}})), SYNTAX),
    (identity(but(Condition=["x"])), SYNTAX),
    (identity(but(Condition="x")), SYNTAX),
    ({"Statement": [FINE]}, "Policy document must be version 2012-10-17 or greater."),
    (identity(FINE, Version="2008-10-17"), "Policy document must be version 2012-10-17 or greater."),
    (identity(but(Effect="allow")), LEGACY),
    (identity(but(Effect="denY")), LEGACY),
    (identity(but(Condition={"DateLessThan": {"aws:CurrentTime": "soon"}})), LEGACY),
    (identity(but(Resource="arn:aws:s3::b")), LEGACY),
    (identity(but(Resource="arn:aws::x")), LEGACY),
    (identity(but(Sid="A"), but(Sid="A")), "Statement IDs (SID) in a single policy must be unique."),
    (identity(but(Sid="a-b")), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"),
    (identity(but(Action=None)), "Policy statement must contain actions."),
    (identity(but(Action=[])), "Policy statement must contain actions."),
    (identity(but(Resource=None)), "Policy statement must contain resources."),
    (identity(but(Resource=[])), "Policy statement must contain resources."),
    (identity(but(Action="foo")), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (identity(but(Action="")), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (identity(but(Action="s3:a:b")), "Actions/Condition can contain only one colon."),
    (identity(but(Action="a a:X")), "Vendor a a is not valid"),
    (identity(but(Resource="foo")), 'Resource foo must be in ARN format or "*".'),
    (identity(but(Resource="")), 'Resource  must be in ARN format or "*".'),
    (identity(but(Resource="arn:x:s3:::b")), 'Partition "x" is not valid for resource "arn:x:s3:::b".'),
    (identity(but(Resource="arn:aws")), "Resource vendor must be fully qualified and cannot contain regexes."),
    (identity(but(Resource="arn:aws:iam::123456789012:nope/x")), 'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.'),
    (identity(but(Resource="arn:aws:iam:us-east-1:123456789012:role/x")), "IAM resource arn:aws:iam:us-east-1:123456789012:role/x cannot contain region information."),
    (identity(but(Resource="arn:aws:s3:us-east-1::b")), "Resource arn:aws:s3:us-east-1::b can not contain region information."),
    (identity(but(Action="s3:a:b", Resource="foo")), 'Resource foo must be in ARN format or "*".'),
    (identity(but(Action="foo", Resource=None)), "Policy statement must contain resources."),
    (identity(but(Resource=["foo", "arn:aws::x"])), 'Resource foo must be in ARN format or "*".'),
    *((identity(but(Condition={"DateLessThan": {"a": date}})), LEGACY) for date in ("999-13", "2031-02-32", "2031-01-31T7:00:00.5+9", "2031-01-31T24:00", "2031-01-31T00:00:00.1234567890Z", "-292275055", str(2**63), "-1-", "t")),
    (identity(but(Principal={"AWS": "*"})), "Policy document should not specify a principal."),
]  # fmt: skip


@pytest.mark.parametrize("document", ACCEPTED, ids=str)
def test_accepted(document: Any) -> None:
    assert identity_verdicts(document) == ()


@pytest.mark.parametrize(("document", "message"), REFUSED, ids=lambda v: str(v)[:60])
def test_refused_with_iams_words_first(document: Any, message: str) -> None:
    assert identity_verdicts(document)[0].message == message


TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


TRUST_VERDICTS: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"Action": ["sts:AssumeRole", "sts:TagSession"]}, None),
    ({"Action": "s3:GetObject"}, "AssumeRole policy may only specify STS AssumeRole actions."),
    ({"Resource": "*"}, "Has prohibited field Resource"),
    ({"Principal": "*"}, 'AssumeRolepolicy contained an invalid principal: "STAR":"*"'),
    ({"Principal": {}}, "Missing required field Principal"),
    ({"Principal": {"AWS": []}}, "Missing required field Principal"),
    ({"Action": "*"}, "AssumeRole policy may only specify STS AssumeRole actions."),
    ({"Action": "sts:*"}, None),
    ({"Principal": {"Nope": "x"}}, SYNTAX),
    ({"Principal": "text"}, SYNTAX),
]


@pytest.mark.parametrize(("changed", "message"), TRUST_VERDICTS)
def test_trust(changed: dict[str, Any], message: str | None) -> None:
    verdicts = trust_verdicts({"Statement": [{**TRUST, **changed}]})
    assert (verdicts[0].message if verdicts else None) == message
