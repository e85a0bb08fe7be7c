"""A spec that is applied, and what is done to it behind its back, with what drift says of each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mypy_boto3_iam import IAMClient

from tests.conftest import Cli, Server

SPEC = """version: 1
name: a/job
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], tags: {team: x}}
  L: {allow: [{service: s3, actions: "*", resources: "*"}, {service: sqs, actions: "*", resources: "*"}]}
roles:
  R:
    trust: [{service: ec2}]
    attach: [P]
    inline: {own: {allow: [{service: sqs, read: GetQueueUrl, resources: q}]}}
    boundary: L
    description: text
    tags: {team: x}
    instance_profile: true
"""
HEAD = "arn:aws:iam::123456789012:policy/"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(action: str = "s3:GetObject", resource: str = "*", effect: str = "Allow") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": resource}}
    )


def trust(principal: dict[str, str]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},
        }
    )


@dataclass(frozen=True)
class Tampering:
    """What is done by hand, and the one finding of it: rule, severity, origin, and a word of what is said."""

    act: Callable[[Any], object]
    address: str
    rule: str
    severity: str
    origin: str = "drift"
    says: str = ""
    flags: tuple[str, ...] = ()


def new_default(iam: IAMClient) -> None:
    iam.create_policy_version(PolicyArn=HEAD + "P", PolicyDocument=document("s3:*"), SetAsDefault=True)


def old_default(iam: IAMClient) -> None:
    """A version that was there before, set in force again."""
    iam.create_policy_version(
        PolicyArn=HEAD + "P", PolicyDocument=document("s3:ListAllMyBuckets"), SetAsDefault=False
    )
    iam.set_default_policy_version(PolicyArn=HEAD + "P", VersionId="v2")


def without_policy(iam: IAMClient) -> None:
    iam.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    iam.delete_policy(PolicyArn=HEAD + "P")


def without_role(iam: IAMClient) -> None:
    iam.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    iam.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P")
    iam.delete_role_policy(RoleName="R", PolicyName="own")
    iam.delete_role(RoleName="R")


def public(iam: IAMClient) -> None:
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=trust({"AWS": "*"}))


def other_trust(iam: IAMClient) -> None:
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=trust({"Service": "lambda.amazonaws.com"}))


def untagged(iam: IAMClient) -> None:
    iam.untag_role(RoleName="R", TagKeys=["reconciler:spec", "reconciler:applied"])


def forged(iam: IAMClient) -> None:
    """The tag says that what was attached by hand is what was applied last."""
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    applied = {t["Key"]: t["Value"] for t in iam.get_role(RoleName="R")["Role"]["Tags"]}["reconciler:applied"]
    from reconciler.policy.meaning.canonical import fingerprint

    now = f"attached={fingerprint(' '.join(sorted([HEAD + 'P', ADMIN])))}"
    text = " ".join(now if part.startswith("attached=") else part for part in applied.split())
    iam.tag_role(RoleName="R", Tags=[{"Key": "reconciler:applied", "Value": text}])


TAMPERINGS = {
    "attached": Tampering(lambda i: i.attach_role_policy(RoleName="R", PolicyArn=ADMIN), "role.R", "attached", "gained", says="has beyond the spec aws:AdministratorAccess"),
    "detached": Tampering(lambda i: i.detach_role_policy(RoleName="R", PolicyArn=HEAD + "P"), "role.R", "attached", "lost", says="lost: s3:GetObject on arn:aws:s3:::b/*"),
    "new default version": Tampering(new_default, "policy.P", "document", "gained", says="for example s3:"),
    "old version made default": Tampering(old_default, "policy.P", "document", "gained", says="s3:ListAllMyBuckets"),
    "trust": Tampering(other_trust, "role.R", "trust", "gained", says="lambda.amazonaws.com"),
    "trust made public": Tampering(public, "role.R", "trust", "critical", says="anyone can assume the role"),
    "tags": Tampering(lambda i: i.tag_role(RoleName="R", Tags=[{"Key": "team", "Value": "y"}]), "role.R", "tags", "metadata"),
    "tags of a policy": Tampering(lambda i: i.untag_policy(PolicyArn=HEAD + "P", TagKeys=["team"]), "policy.P", "tags", "metadata"),
    "description": Tampering(lambda i: i.update_role(RoleName="R", Description="other"), "role.R", "description", "metadata"),
    "session length": Tampering(lambda i: i.update_role(RoleName="R", MaxSessionDuration=7200), "role.R", "max_session_duration", "metadata"),
    "boundary removed": Tampering(lambda i: i.delete_role_permissions_boundary(RoleName="R"), "role.R", "boundary", "metadata"),
    "boundary set": Tampering(lambda i: i.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=HEAD + "P"), "role.R", "boundary", "lost", says="lost: sqs:GetQueueUrl"),
    "inline policy added": Tampering(lambda i: i.put_role_policy(RoleName="R", PolicyName="new", PolicyDocument=document("s3:PutObject")), "role.R", "inline", "gained", says="s3:PutObject"),
    "inline policy changed": Tampering(lambda i: i.put_role_policy(RoleName="R", PolicyName="own", PolicyDocument=document("*")), "role.R", "inline", "gained", says="gained"),
    "inline policy removed": Tampering(lambda i: i.delete_role_policy(RoleName="R", PolicyName="own"), "role.R", "inline", "lost"),
    "profile emptied": Tampering(lambda i: i.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R"), "instance-profile.R", "roles", "lost", says="holds no role"),
    "policy deleted": Tampering(without_policy, "policy.P", "absent", "lost", "new", "so role.R lacks it"),
    "role deleted": Tampering(without_role, "role.R", "absent", "lost", "new", "so instance-profile.R lacks it"),
    "own tags removed": Tampering(untagged, "role.R", "not-owned", "metadata", "unknown", "owned by no spec", ("--adopt",)),
    "own tags forged": Tampering(forged, "role.R", "attached", "gained", "pending"),
}  # fmt: skip
APPLIED: dict[str, dict[str, Any]] = {}


def applied_once(text: str, cli: Cli, sandbox: Server, folder: Path) -> Path:
    """The spec in a file, and applied: once in a process, and then put into the sandbox as it was."""
    path = folder / "job.yaml"
    path.write_text(text)
    if text not in APPLIED:
        cli("apply", path, "--yes")
        APPLIED[text] = sandbox.control("dump")
    sandbox.control("reset")
    sandbox.control("seed", **APPLIED[text])
    return path


def drifted(cli: Cli, path: Path, *flags: str, code: int = 2) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = cli("drift", path, "--format", "json", *flags, code=code).json[
        "findings"
    ]
    return findings
