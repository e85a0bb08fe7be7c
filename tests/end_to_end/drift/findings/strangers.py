"""What somebody may make by hand, each with how bad it is that it is there."""

import json
from collections.abc import Callable
from typing import Any

from mypy_boto3_iam import IAMClient

from tests.conftest import ACCOUNT
from tests.end_to_end.drift.tampering import ADMIN, HEAD
from tests.end_to_end.metadata import METADATA

AWS = "arn:aws:iam::aws:policy/"
EC2 = {"Service": "ec2.amazonaws.com"}
OTHER = "arn:aws:iam::999988887777:root"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": "*", **more}


def role(
    iam: IAMClient, principal: Any = EC2, *attached: str, inline: str = "", action: str = "", **more: Any
) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action or "sts:AssumeRole", **more}
    iam.create_role(RoleName="X", AssumeRolePolicyDocument=text(statement))
    for arn in attached:
        iam.attach_role_policy(RoleName="X", PolicyArn=arn)
    if inline:
        iam.put_role_policy(RoleName="X", PolicyName="I", PolicyDocument=inline)


def policy(iam: IAMClient, document: str) -> str:
    return iam.create_policy(PolicyName="X", PolicyDocument=document)["Policy"]["Arn"]


def held(iam: IAMClient, document: str, *, as_boundary: bool = False) -> None:
    """By a role of the spec, so that it is the only stranger."""
    arn = policy(iam, document)
    if as_boundary:
        iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=arn)
    else:
        iam.attach_role_policy(RoleName="R", PolicyArn=arn)


def user(iam: IAMClient, *attached: str, inline: str = "", group: str = "", boundary: str = "") -> None:
    iam.create_user(UserName="X")
    if boundary:
        iam.put_user_permissions_boundary(UserName="X", PermissionsBoundary=boundary)
    for arn in attached:
        iam.attach_user_policy(UserName="X", PolicyArn=arn)
    if inline:
        iam.put_user_policy(UserName="X", PolicyName="I", PolicyDocument=inline)
    if group:
        iam.add_user_to_group(GroupName=group, UserName="X")


def group(iam: IAMClient, *attached: str, inline: str = "") -> None:
    iam.create_group(GroupName="X")
    for arn in attached:
        iam.attach_group_policy(GroupName="X", PolicyArn=arn)
    if inline:
        iam.put_group_policy(GroupName="X", PolicyName="I", PolicyDocument=inline)


def profile(iam: IAMClient, of: str = "") -> None:
    iam.create_instance_profile(InstanceProfileName="X")
    if of:
        iam.add_role_to_instance_profile(InstanceProfileName="X", RoleName=of)


def oidc(iam: IAMClient) -> None:
    iam.create_open_id_connect_provider(Url="https://oidc.example/X")


EVERYTHING = text(allow("*"))
PASSES = text(allow("iam:PassRole"))
READS = text(allow("s3:GetObject"))
REMARK, FOREIGN = "may do everything, by its policies together", "the account 999988887777 may assume it"
# What is done by hand, the address and severity of the one finding, and a remark of it.
STRANGERS: dict[str, tuple[Callable[[IAMClient], object], str, str, str]] = {
    "admin, attached": (lambda i: role(i, EC2, ADMIN), "role.X", "critical", REMARK),
    "admin, inline": (lambda i: role(i, inline=EVERYTHING), "role.X", "critical", REMARK),
    "admin but for one thing": (
        lambda i: role(i, inline=text({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
        "role.X",
        "critical",
        "can give itself everything",
    ),
    "all of IAM by AWS's policy": (
        lambda i: role(i, EC2, f"{AWS}IAMFullAccess"),
        "role.X",
        "critical",
        "aws:IAMFullAccess allows everything, or leads there",
    ),
    "all of IAM, inline": (
        lambda i: role(i, inline=text(allow("iam:*"))),
        "role.X",
        "critical",
        "can give itself everything",
    ),
    "a way by two policies": (
        lambda i: role(i, EC2, f"{AWS}AmazonEC2FullAccess", inline=PASSES),
        "role.X",
        "critical",
        "can give itself everything",
    ),
    "anyone": (lambda i: role(i, {"AWS": "*"}), "role.X", "critical", "anyone can assume the role"),
    "anyone beside another": (
        lambda i: role(i, {"AWS": [OTHER, "*"]}),
        "role.X",
        "critical",
        "anyone can assume the role",
    ),
    "every repository of GitHub": (
        lambda i: role(i, {"Federated": GITHUB}, action="sts:AssumeRoleWithWebIdentity"),
        "role.X",
        "critical",
        "anyone can assume the role",
    ),
    "a foreign account": (lambda i: role(i, {"AWS": OTHER}), "role.X", "gained", FOREIGN),
    "a foreign account by number": (lambda i: role(i, {"AWS": "999988887777"}), "role.X", "gained", FOREIGN),
    "a foreign account that has an external id": (
        lambda i: role(i, {"AWS": OTHER}, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
        "role.X",
        "gained",
        "may assume it under conditions",
    ),
    "a reader": (
        lambda i: role(i, EC2, f"{AWS}ReadOnlyAccess"),
        "role.X",
        "gained",
        "holds aws:ReadOnlyAccess",
    ),
    "a role with little": (lambda i: role(i, inline=READS), "role.X", "gained", "gained: s3:GetObject"),
    "a role with nothing": (role, "role.X", "metadata", "holds no policy"),
    "a role that only denies": (
        lambda i: role(i, inline=text({**allow("*"), "Effect": "Deny"})),
        "role.X",
        "metadata",
        "holds inline policy I",
    ),
    "ours attached to a role": (
        lambda i: role(i, EC2, f"{HEAD}P"),
        "role.X",
        "gained",
        "has what specs describe: policy.P",
    ),
    "ours attached to a user": (
        lambda i: user(i, f"{HEAD}P"),
        "user.X",
        "gained",
        "has what specs describe: policy.P",
    ),
    "ours attached to a group": (
        lambda i: group(i, f"{HEAD}P"),
        "group.X",
        "gained",
        "has what specs describe: policy.P",
    ),
    "ours as a user's boundary": (
        lambda i: user(i, boundary=f"{HEAD}P"),
        "user.X",
        "gained",
        "its permissions boundary is policy/P",
    ),
    "a user in our group": (
        lambda i: user(i, group="G"),
        "user.X",
        "gained",
        "has what specs describe: group.G",
    ),
    "an admin user": (lambda i: user(i, ADMIN), "user.X", "critical", REMARK),
    "a user within a boundary": (
        lambda i: user(i, ADMIN, boundary=f"{HEAD}P"),
        "user.X",
        "gained",
        "has what specs describe: policy.P",
    ),
    "a user with nothing": (user, "user.X", "metadata", "holds no policy"),
    "an admin group": (lambda i: group(i, ADMIN), "group.X", "critical", "has no members"),
    "a group with little": (lambda i: group(i, inline=READS), "group.X", "gained", "holds inline policy I"),
    "a group with nothing": (group, "group.X", "metadata", "holds no policy"),
    "an admin policy that nobody has": (
        lambda i: policy(i, EVERYTHING),
        "policy.X",
        "critical",
        "is attached to nobody",
    ),
    "a policy that nobody has": (
        lambda i: policy(i, READS),
        "policy.X",
        "metadata",
        "is attached to nobody",
    ),
    "a profile with nothing": (profile, "instance-profile.X", "metadata", ""),
    "a profile with our role": (
        lambda i: profile(i, "R"),
        "instance-profile.X",
        "gained",
        "has what specs describe: role.R",
    ),
    "an OIDC provider": (oidc, "oidc-provider.oidc.example/X", "metadata", ""),
    "a SAML provider": (
        lambda i: i.create_saml_provider(Name="X", SAMLMetadataDocument=METADATA["a.xml"]),
        "saml-provider.X",
        "metadata",
        "",
    ),
}
