"""Clients that do not retry or that are patient, and how their calls end."""

from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config
from mypy_boto3_iam import IAMClient

from tests.conftest import Server

# A truncated answer reaches botocore as XML that it can't parse.
CUT = (
    botocore.exceptions.ConnectionError,
    botocore.exceptions.HTTPClientError,
    botocore.parsers.ResponseParserError,
)


def patient(server: Server, key: str = "AKIATESTTESTTESTTEST") -> IAMClient:
    """A client that asks once, so that every fault is seen."""
    return boto3.client(
        "iam",
        endpoint_url=server.url,
        aws_access_key_id=key,
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def outcome(call: Callable[..., Any], **params: Any) -> str:
    """The error code, "cut" for a broken connection, "" where all is well."""
    try:
        call(**params)
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    except CUT:
        return "cut"
    return ""


def roles(server: Server) -> list[str]:
    server.control(
        "faults", **dict.fromkeys(("error-500", "error-503", "reset", "lost-answer", "truncated"), 0)
    )
    return [role["RoleName"] for role in server.iam().list_roles()["Roles"]]
