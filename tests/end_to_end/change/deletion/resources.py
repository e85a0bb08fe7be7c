"""The parts of the spec that is deleted, and what its policy is attached to outside the spec."""

import json

from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT, Server

HEAD = "version: 1\nname: team/app\n"
LIST = "{allow: [{service: s3, list: ListAllMyBuckets, resources: '*'}]}"
POLICIES = f"policies:\n  P: {LIST}\n"
ROLE = "  R: {trust: [{service: ec2}], attach: [P], instance_profile: true, inline: {x: " + LIST + "}}\n"
P = f"arn:aws:iam::{ACCOUNT}:policy/P"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


def operations(sandbox: Server, since: int) -> list[str]:
    return [write["operation"] for write in sandbox.writes()[since:]]


def outside(iam: IAMClient) -> None:
    """A user and a group that no spec knows hold the policy."""
    iam.create_user(UserName="mara")
    iam.create_group(GroupName="people")
    iam.attach_user_policy(UserName="mara", PolicyArn=P)
    iam.attach_group_policy(GroupName="people", PolicyArn=P)
