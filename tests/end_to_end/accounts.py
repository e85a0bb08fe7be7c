"""Accounts made by hand: drawn from what accounts have, by a seed, through boto3 alone."""

import json
import random
from typing import Any

from mypy_boto3_iam import IAMClient
from mypy_boto3_iam.type_defs import TagTypeDef

from tests.conftest import ACCOUNT, Server
from tests.language import shortened

_PATHS = ("/", "/", "/", "/team/", "/app/prod/")
_TAGS: tuple[dict[str, str], ...] = (
    {},
    {"team": "data"},
    {"team": "web", "cost": "42"},
    {"Owner": "đội a.b@c +-=/:", "env": ""},
)
_DESCRIPTIONS = ("", "", "A service's own role", "# not a comment: [nor] {this}", "yes", "~")
_AWS = (
    "ReadOnlyAccess",
    "job-function/Billing",
    "service-role/AWSLambdaBasicExecutionRole",
    "PowerUserAccess",
)


def make(server: Server, seed: int, roles: int, policies: int, users: int, groups: int) -> None:
    """Fill the account."""
    drawn = random.Random(seed)
    documents = [shortened.live(entry).text for entry in shortened.realistic()]
    iam = server.iam()
    arns = []
    for number in range(policies):
        path, tags = drawn.choice(_PATHS), _tags(drawn)
        answer = iam.create_policy(
            PolicyName=f"Policy{number}",
            Path=path,
            PolicyDocument=drawn.choice(documents),
            Description=drawn.choice(_DESCRIPTIONS),
            Tags=tags,
        )
        arns.append(answer["Policy"]["Arn"])
    arns += [f"arn:aws:iam::aws:policy/{name}" for name in _AWS]
    for number in range(groups):
        name = f"Group{number}"
        iam.create_group(GroupName=name, Path=drawn.choice(_PATHS))
        for arn in _some(drawn, arns, 3):
            iam.attach_group_policy(GroupName=name, PolicyArn=arn)
        for policy in _some(drawn, ("one", "two"), 1):
            iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=_short(drawn, documents))
    known = [f"arn:aws:iam::{ACCOUNT}:root"]
    known += [_user(iam, drawn, f"User{number}", arns, groups, documents) for number in range(users)]
    for number in range(roles):
        known.append(_role(iam, drawn, f"Role{number}", arns, known, documents))


def _user(
    iam: IAMClient, drawn: random.Random, name: str, arns: list[str], groups: int, documents: list[str]
) -> str:
    limit = {"PermissionsBoundary": drawn.choice(arns)} if drawn.random() < 0.3 else {}
    answer = iam.create_user(UserName=name, Path=drawn.choice(_PATHS), Tags=_tags(drawn), **limit)
    for group in _some(drawn, range(groups), 3):
        iam.add_user_to_group(UserName=name, GroupName=f"Group{group}")
    for arn in _some(drawn, arns, 2):
        iam.attach_user_policy(UserName=name, PolicyArn=arn)
    if drawn.random() < 0.3:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=_short(drawn, documents))
    return str(answer["User"]["Arn"])


def _role(
    iam: IAMClient, drawn: random.Random, name: str, arns: list[str], known: list[str], documents: list[str]
) -> str:
    limit = {"PermissionsBoundary": drawn.choice(arns)} if drawn.random() < 0.2 else {}
    trust = json.dumps(
        {
            "Version": drawn.choice(("2012-10-17", "2012-10-17", "2008-10-17")),
            "Statement": _trust(drawn, known),
        }
    )
    answer = iam.create_role(
        RoleName=name,
        Path=drawn.choice(_PATHS),
        AssumeRolePolicyDocument=trust,
        Description=drawn.choice(_DESCRIPTIONS[:3]) or "-",
        MaxSessionDuration=drawn.choice((3600, 3600, 7200, 5400, 43200)),
        Tags=_tags(drawn),
        **limit,
    )
    for arn in _some(drawn, arns, 4):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in _some(drawn, ("inline", "policy-2"), 2):
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_short(drawn, documents))
    if drawn.random() < 0.2:
        profile = drawn.choice((name, f"{name}-profile"))
        iam.create_instance_profile(InstanceProfileName=profile, Path=drawn.choice(_PATHS), Tags=_tags(drawn))
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=name)
    return str(answer["Role"]["Arn"])


def _trust(drawn: random.Random, known: list[str]) -> list[dict[str, Any]]:
    forms = (
        {
            "Principal": {"Service": drawn.choice(("ec2", "lambda", "ecs-tasks")) + ".amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
        {"Principal": {"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}, "Action": "sts:AssumeRole"},
        {"Principal": {"AWS": drawn.choice(known)}, "Action": "sts:AssumeRole"},
        {
            "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}},
        },
        {
            "Principal": {"AWS": drawn.choice(known)},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
        {
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"},
            "Action": "sts:AssumeRoleWithSAML",
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        },
        {
            "Principal": {"AWS": drawn.choice(known)},
            "Action": "sts:AssumeRole",
            "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
        },
    )
    return [{"Effect": "Allow", **form} for form in drawn.sample(forms, drawn.choice((1, 1, 2)))]


def _short(drawn: random.Random, documents: list[str]) -> str:
    return drawn.choice([text for text in documents if len(text) < 600])


def _tags(drawn: random.Random) -> list[TagTypeDef]:
    return [{"Key": key, "Value": value} for key, value in drawn.choice(_TAGS).items()]


def _some(drawn: random.Random, of: Any, most: int) -> list[Any]:
    return drawn.sample(list(of), min(len(of), drawn.randint(0, most)))
