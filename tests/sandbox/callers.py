"""Callers with policies of their own, and the answers that they get."""

import json
from typing import Any

import boto3
from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT, AccessKeys, Server
from tests.sandbox.steps import arn, trust_of

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def statement(effect: str, action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    plain_statement = {"Effect": effect, "Action": action, "Resource": resource}
    return {**plain_statement, "Condition": condition} if condition else plain_statement


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class SignedAs:
    """The sandbox as a role or user sees it that has these statements and no others."""

    def __init__(self, server: Server, keys: AccessKeys, caller: str) -> None:
        self.url, self.keys, self.caller = server.url, keys, caller
        self._iam = boto3.client("iam", endpoint_url=server.url, **keys)

    def iam(self) -> IAMClient:
        return self._iam


def as_user(server: Server, *statements: dict[str, Any]) -> SignedAs:
    iam = server.iam()
    iam.create_user(UserName="Ci")
    if statements:
        iam.put_user_policy(UserName="Ci", PolicyName="Own", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName="Ci")["AccessKey"]
    keys: AccessKeys = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    return SignedAs(server, keys, arn("user", "Ci"))


def as_role(server: Server, *statements: dict[str, Any], **more: Any) -> SignedAs:
    iam = server.iam()
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=trust_of({"AWS": ROOT}), **more)
    iam.put_role_policy(RoleName="Deployer", PolicyName="Own", PolicyDocument=policy(*statements))
    sts = boto3.client("sts", endpoint_url=server.url)
    given = sts.assume_role(RoleArn=arn("role", "Deployer"), RoleSessionName="ci")["Credentials"]
    keys: AccessKeys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    return SignedAs(server, keys, f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/ci")


def denied(caller: SignedAs, action: str, resource: str, why: str = "") -> tuple[int, str, str]:
    why = why or f"because no identity-based policy allows the {action} action"
    return (
        403,
        "AccessDenied",
        f"User: {caller.caller} is not authorized to perform: {action} on resource: {resource} {why}",
    )


FINE = (200, "", "")
