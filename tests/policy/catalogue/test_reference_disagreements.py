"""Where the reference and AWS's other documents disagree, nothing is claimed."""

import json
from typing import Any

import pytest

from reconciler.policy.catalogue import (
    actions,
    condition_keys,
    known_names,
    reference_disagreements,
    similar_names,
)
from reconciler.policy.compare.identity import IdentityPolicies, ruling
from reconciler.policy.document.document import document
from reconciler.policy.meaning.evaluate import AccessRequest
from tools import make_practice

LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group"


def role(*statements: dict[str, Any], partition: str = "aws") -> IdentityPolicies:
    policy = document({"Version": "2012-10-17", "Statement": list(statements)})
    return IdentityPolicies(
        (("inline policy I", policy),), own=(f"arn:{partition}:iam::123456789012:role/R",)
    )


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def deny(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


@pytest.mark.parametrize(
    ("statements", "action", "resource", "answer"),
    [
        # Nobody needs a permission for it, and no deny keeps anybody from it (STS, GetCallerIdentity).
        ([], "sts:GetCallerIdentity", "*", "allowed"),
        ([deny("sts:*", "*")], "sts:GetCallerIdentity", "*", "allowed"),
        # AWS was seen to refuse these on ARNs that the reference does not list.
        ([allow("sns:ListTopics", "arn:aws:sns:us-east-1:123456789012:*")], "sns:ListTopics", "*", "unknown"),
        (
            [allow("dynamodb:ListTables", "arn:aws:dynamodb:*:*:table/*")],
            "dynamodb:ListTables",
            "*",
            "unknown",
        ),
        # S3 user guide: a list of all buckets is granted on every bucket's ARN.
        ([allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")], "s3:ListAllMyBuckets", "*", "allowed"),
        ([allow("s3:List*", "arn:aws:s3:::*")], "s3:ListAllMyBuckets", "*", "allowed"),
        ([allow("s3:ListAllMyBuckets", "arn:*:s3:::*")], "s3:ListAllMyBuckets", "*", "allowed"),
        ([allow("s3:ListAllMyBuckets", "*")], "s3:ListAllMyBuckets", "*", "allowed"),
        ([allow("s3:ListAllMyBuckets", "arn:aws:s3:::mine")], "s3:ListAllMyBuckets", "*", "denied"),
        ([allow("s3:ListAllMyBuckets", "arn:aws:s3:::mine*")], "s3:ListAllMyBuckets", "*", "denied"),
        ([allow("s3:*", "*"), deny("s3:*", "arn:aws:s3:::*")], "s3:ListAllMyBuckets", "*", "denied"),
        ([allow("s3:*", "*"), deny("s3:*", "arn:aws:s3:::mine")], "s3:ListAllMyBuckets", "*", "allowed"),
        # Thirty of AWS's policies, and a report of what it is checked on (terraform-provider-aws#8804).
        ([allow("logs:DescribeLogGroups", f"{LOGS}:*")], "logs:DescribeLogGroups", "*", "unknown"),
        ([allow("logs:DescribeLogGroups", f"{LOGS}:*")], "logs:DescribeLogGroups", f"{LOGS}:a", "unknown"),
        ([allow("logs:DescribeLogGroups", "arn:aws:s3:::x")], "logs:DescribeLogGroups", "*", "denied"),
        ([allow("logs:*", "*"), deny("logs:*", f"{LOGS}:*")], "logs:DescribeLogGroups", "*", "unknown"),
        ([allow("logs:*", "*"), deny("logs:*", "*")], "logs:DescribeLogGroups", "*", "denied"),
        ([allow("iam:ListRoles", "arn:aws:iam::123456789012:role/*")], "iam:ListRoles", "*", "unknown"),
        # One of AWS's policies has this slip: nothing to be sure of either way.
        (
            [allow("ecr:GetAuthorizationToken", "arn:aws:ecr:*:*:repository/*")],
            "ecr:GetAuthorizationToken",
            "*",
            "unknown",
        ),
        # Nobody says otherwise.
        (
            [allow("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*")],
            "ec2:DescribeInstances",
            "*",
            "denied",
        ),
        (
            [allow("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*")],
            "ec2:DescribeInstances",
            "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
            "denied",
        ),
        (
            [allow("ec2:*", "*"), deny("ec2:*", "arn:aws:ec2:*:*:instance/*")],
            "ec2:DescribeInstances",
            "*",
            "allowed",
        ),
        # An action that takes resources is asked on the one that is named.
        ([allow("s3:GetObject", "arn:aws:s3:::mine/*")], "s3:GetObject", "arn:aws:s3:::mine/a", "allowed"),
    ],
)
def test_what_a_role_may(statements: Any, action: str, resource: str, answer: str) -> None:
    assert ruling(role(*statements), AccessRequest(action, resource)).answer == answer


def test_every_partition_has_its_own_buckets() -> None:
    asked = AccessRequest("s3:ListAllMyBuckets", "*")
    gov = role(allow("s3:ListAllMyBuckets", "arn:aws-us-gov:s3:::*"), partition="aws-us-gov")
    assert ruling(gov, asked).answer == "allowed"
    foreign = role(allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"), partition="aws-us-gov")
    assert ruling(foreign, asked).answer == "denied"


def test_the_table_is_that_of_the_packages() -> None:
    for target, text in make_practice.texts().items():
        assert target.read_text(encoding="utf-8") == text


def test_the_hand_kept_tables_name_actions_that_there_are() -> None:
    for name, form, _ in reference_disagreements._GUIDES:
        known = actions.action(name)
        assert known is not None, name
        assert reference_disagreements.grants_elsewhere(known, form)


@pytest.mark.parametrize(
    ("action", "key", "carried"),
    [
        ("dynamodb:ConditionCheckItem", "dynamodb:EnclosingOperation", True),
        ("dynamodb:GetItem", "dynamodb:enclosingoperation", True),
        ("dynamodb:DescribeTable", "dynamodb:EnclosingOperation", False),
        ("sagemaker:InvokeEndpoint", "sagemaker:TargetContainerHostname", True),
        ("sagemaker:CreateEndpoint", "sagemaker:TargetContainerHostname", False),
    ],
)
def test_keys_of_guides(action: str, key: str, carried: bool) -> None:
    known = actions.action(action)
    assert known is not None
    assert condition_keys.has(known, key) == carried


def test_principals_of_guides_are_known() -> None:
    for name in ("drt.shield", "hooks.cloudformation", "logdelivery.elasticloadbalancing", "cks.kms"):
        assert known_names.is_known_principal(f"{name}.amazonaws.com"), name


def test_what_people_call_services_leads_to_their_prefix_and_principal() -> None:
    for name, meant in similar_names._SERVICES.items():
        assert actions.similar_service(name) == meant
        assert meant in actions.services()
    for name in {**similar_names._SERVICES, **similar_names._PRINCIPALS}:
        guess = known_names.similar_principal(f"{name}.amazonaws.com")
        assert known_names.is_known_principal(f"{guess}.amazonaws.com"), name


def test_an_api_leads_to_the_action_that_is_checked_for_it() -> None:
    for service, table in similar_names._ACTIONS.items():
        for api, meant in table.items():
            assert actions.action(f"{service}:{api}") is None, api
            assert meant == "" or actions.action(f"{service}:{meant}") is not None, api
            assert actions.similar_action(service, api) == meant


@pytest.mark.parametrize(
    ("service", "name", "meant"),
    [
        ("s3", "GetObjekt", "GetObject"),
        ("ecr", "DescribeImage", "DescribeImages"),
        ("sqs", "RecieveMessage", "ReceiveMessage"),
        ("ecr", "PullImage", "BatchGetImage"),
        ("ec2", "DescribeAMIs", "DescribeImages"),
        # Another word is another action.
        ("securityagent", "ListAgentInstances", ""),
        ("budgets", "CreateBudget", ""),
        ("s3", "PutBucketEncriptionSettings", ""),
    ],
)
def test_a_guess_is_near_or_none(service: str, name: str, meant: str) -> None:
    assert actions.similar_action(service, name) == meant


@pytest.mark.parametrize("name", ["evidently", "codestar", "iotevents", "foo", "deepracer"])
def test_no_service_is_guessed_rather_than_a_silly_one(name: str) -> None:
    assert actions.similar_service(name) == ""


def test_a_managed_policy_without_the_end_of_its_name() -> None:
    assert known_names.similar_managed_policy("AmazonS3Readonly") == "AmazonS3ReadOnlyAccess"
    assert known_names.similar_managed_policy("PowerUser") == "PowerUserAccess"
    assert known_names.similar_managed_policy("AdministratorAcces") == "AdministratorAccess"
    assert known_names.similar_managed_policy("MyOwnPolicy") == ""
    assert known_names.similar_managed_policy("S3ReadOnlyAccess") == "AmazonS3ReadOnlyAccess"


def test_practice_is_plain_data() -> None:
    assert set(json.loads(json.dumps(known_names.aws_practice()))) == {"resources", "once", "keys"}
