"""Grants and statements drawn over real actions, with all that a document may hold."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.grants import grant as grants
from tests.conftest import ACCOUNT

quick = settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
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
    """Grants of real actions on the resources that they take, in all the ways that are hard to write back."""
    first = draw(st.sampled_from(_TAKERS))
    same_service = [a for a in _TAKERS if a.service == first.service]
    named = [first, *draw(st.lists(st.sampled_from(same_service), max_size=4))]
    templates = sorted({template for action in named for template in action.resources})
    region = draw(st.sampled_from(["", "eu-west-1"]))
    fill = {
        "Partition": "aws",
        "Account": draw(st.sampled_from([ACCOUNT, ACCOUNT, "*", "999999999999"])),
        "Region": draw(st.sampled_from(["*", "eu-west-1", "us-east-1"])),
    }
    arns = [
        catalogue.PLACEHOLDER.sub(lambda match: fill.get(match[0][2:-1], "x*"), text) for text in templates
    ]
    listed = (
        st.just(("*",))
        if not arns
        else st.one_of(st.just(("any-in-account",)), st.just(tuple(arns)), st.just(("*",)))
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
