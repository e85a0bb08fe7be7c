"""STS of the sandbox: who calls, and what AssumeRole refuses."""

from collections.abc import Mapping
from typing import Any, Unpack

import boto3
import botocore.exceptions
import pytest
from mypy_boto3_sts import STSClient

from tests.conftest import ACCOUNT, AccessKeys, Server
from tests.sandbox.steps import ROLE, TRUST, USER, arn, run, trust_of


def sts(server: Server, **keys: Unpack[AccessKeys]) -> STSClient:
    return boto3.client("sts", endpoint_url=server.url, **keys)


def keys_of(credentials: Mapping[str, Any]) -> AccessKeys:
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials.get("SessionToken", ""),
    }


def refused(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_key_that_was_not_made_here_is_the_accounts_root_which_a_role_can_trust(sandbox: Server) -> None:
    caller = sts(sandbox).get_caller_identity()
    assert (caller["Arn"], caller["UserId"], caller["Account"]) == (
        f"arn:aws:iam::{ACCOUNT}:root",
        ACCOUNT,
        ACCOUNT,
    )
    run(
        sandbox,
        [("create_role", {"RoleName": "S", "AssumeRolePolicyDocument": trust_of({"AWS": caller["Arn"]})})],
    )


def test_a_users_key_is_the_users(sandbox: Server) -> None:
    key = run(sandbox, [USER, ("create_access_key", {"UserName": "U"})])["AccessKey"]
    own = sts(sandbox, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert own.get_caller_identity()["Arn"] == arn("user", "U")


@pytest.mark.parametrize(
    "role",
    [
        "nothing-valid-in-here",
        "arn::b:::something/r",
        "arn:a::::something/r",
        "arn:a:::something/test",
        "arn:a:a::1234567890:",
    ],
)
def test_what_is_no_arn_is_no_role(role: str, sandbox: Server) -> None:
    refusal = refused(sts(sandbox).assume_role, RoleArn=role, RoleSessionName="Session1")
    assert refusal == ("ValidationError", f"{role} is invalid")


def test_a_session_has_a_name(sandbox: Server) -> None:
    code, message = refused(sts(sandbox).assume_role, RoleArn=arn("role", "R"), RoleSessionName="Session1:2")
    assert (code, "Value 'Session1:2' at 'roleSessionName'" in message) == ("ValidationError", True)
    code, message = refused(sts(sandbox).assume_role, RoleArn=arn("role", "R"), RoleSessionName="s" * 65)
    assert message.endswith("Member must have length less than or equal to 64")


def test_transitive_tags_stay_what_they_are(sandbox: Server) -> None:
    run(sandbox, [ROLE, ("create_role", {"RoleName": "S", "AssumeRolePolicyDocument": TRUST})])
    tags: dict[str, Any] = {"Tags": [{"Key": "Team", "Value": "a"}], "TransitiveTagKeys": ["team"]}
    first: dict[str, Any] = {"RoleArn": arn("role", "R"), "RoleSessionName": "first"}
    code, message = refused(sts(sandbox).assume_role, **first, Tags=tags["Tags"], TransitiveTagKeys=["other"])
    assert (code, message) == (
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    )
    answer = sts(sandbox).assume_role(**first, **tags)
    assert "PackedPolicySize" not in answer
    chained = sts(sandbox, **keys_of(answer["Credentials"]))
    code, message = refused(
        chained.assume_role,
        RoleArn=arn("role", "S"),
        RoleSessionName="then",
        Tags=[{"Key": "TEAM", "Value": "b"}],
    )
    assert (code, "conflicts with a transitive tag key" in message) == ("InvalidParameterValue", True)
    code, message = refused(
        sts(sandbox).assume_role, **first, Tags=[*tags["Tags"], {"Key": "TEAM", "Value": "b"}]
    )
    assert message.startswith("Duplicate tag keys found.")


def test_a_role_has_no_user(sandbox: Server) -> None:
    run(sandbox, [ROLE])
    answer = sts(sandbox).assume_role(RoleArn=arn("role", "R"), RoleSessionName="first")
    iam = boto3.client("iam", endpoint_url=sandbox.url, **keys_of(answer["Credentials"]))
    for call, params in (
        (iam.get_user, {}),
        (iam.delete_access_key, {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}),
    ):
        assert refused(call, **params) == (
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )


def test_without_a_policy_nothing_is_packed(sandbox: Server) -> None:
    assert sts(sandbox).get_federation_token(Name="somebody")["PackedPolicySize"] == 0
    code, message = refused(sts(sandbox).get_federation_token, Name="somebody", Policy="x" * 2049)
    assert (code, message.endswith("less than or equal to 2048")) == ("ValidationError", True)


def test_what_is_not_done_is_said_in_words(sandbox: Server) -> None:
    client = sts(sandbox)
    assert refused(client.decode_authorization_message, EncodedMessage="x") == (
        "InvalidAction",
        "the sandbox does not do DecodeAuthorizationMessage",
    )
    code, _ = refused(
        client.assume_role_with_saml,
        RoleArn=arn("role", "R"),
        PrincipalArn=arn("saml-provider", "P"),
        SAMLAssertion="/////w==",
    )
    assert code == "InvalidIdentityToken"
