"""Calls as data, and small documents to send with them."""

import json
from typing import Any, Protocol

import botocore.exceptions
from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
Step = tuple[str, dict[str, Any]]


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def document(size: int = 0, **changed: Any) -> str:
    """A small policy; `size` pads its resources to so many characters."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changed}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    return text.replace('"*"', '["*","arn:aws:s3:::%s"]' % ("x" * (size - len(text) - 19))) if size else text


def trust_of(principal: Any) -> str:
    return TRUST.replace('{"Service": "ec2.amazonaws.com"}', json.dumps(principal))


P = arn("policy", "P")
R = {"RoleName": "R", "AssumeRolePolicyDocument": TRUST}
ROLE: Step = ("create_role", R)
POLICY: Step = ("create_policy", {"PolicyName": "P", "PolicyDocument": document()})
PROFILE: Step = ("create_instance_profile", {"InstanceProfileName": "I"})
USER: Step = ("create_user", {"UserName": "U"})
GROUP: Step = ("create_group", {"GroupName": "G"})


class HasIam(Protocol):
    """A sandbox, as its administrator or as somebody else sees it."""

    def iam(self) -> IAMClient: ...


def run(server: HasIam, steps: list[Step]) -> Any:
    """Make the calls one after another; the last one's answer."""
    answer = None
    for operation, params in steps:
        answer = getattr(server.iam(), operation)(**params)
    return answer


def answered(server: HasIam, steps: list[Step]) -> tuple[int, str, str]:
    """Status, code and message of the last call's answer."""
    run(server, steps[:-1])
    try:
        run(server, steps[-1:])
    except botocore.exceptions.ClientError as error:
        aws_error = error.response["Error"]
        return (
            error.response["ResponseMetadata"]["HTTPStatusCode"],
            aws_error["Code"],
            aws_error.get("Message", ""),
        )
    except botocore.parsers.ResponseParserError:
        return 500, "", ""
    return 200, "", ""
