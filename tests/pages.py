"""HTML reports of runs against a sandbox, to be read as text or opened in a browser."""

import json
from collections.abc import Mapping
from pathlib import Path

from reconciler.core.address import Address
from reconciler.core.plan import Header, Plan
from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView
from reconciler.report import html
from reconciler.report.html.run import PageRun
from tests.conftest import ACCOUNT, Cli, Server

ECR = "specs/ecr.yaml"
# What IAM takes in a description, a tag, a name of an inline policy, a resource and a condition.
ATTACK = "</script><script>hit()</script>\"'><img src=x onerror=hit()>"
TAG = "javascript:hit"
_ARN = f"arn:aws:iam::{ACCOUNT}:policy/"
_DRIFTING = """version: 1
name: platform/images
tags: {team: platform}
policies:
  Read:
    allow: [{service: ecr, list: ListImages, read: [BatchGetImage, DescribeRepositories,\
 GetAuthorizationToken], resources: any-in-account}]
  Write:
    allow: [{service: ecr, read: BatchCheckLayerAvailability,\
 write: [CompleteLayerUpload, PutImage, UploadLayerPart], resources: any-in-account}]
  Limit:
    allow: [{actions: ["ecr:*", "s3:Get*", "logs:*"], resources: "*"}]
roles:
  Builder:
    description: pushes images
    trust: {service: ec2}
    attach: [Read, Write]
  Deployer:
    trust: [{account: "111122223333", mfa: true}, {service: ec2}]
    attach: [Read, "aws:CloudWatchReadOnlyAccess"]
    boundary: Limit
    inline:
      Logs: {allow: [{service: logs, write: [CreateLogStream, PutLogEvents], resources: "*"}]}
  Reader:
    trust: {role: Deployer}
    inline:
      Reports: {allow: [{service: s3, read: GetObject, resources: "reports/*"}]}
groups:
  builders: {attach: Write, inline: {Jobs: {allow: [{service: sqs, write: SendMessage, resources: jobs}]}},\
 members: [ada]}
users:
  ada: {}
"""


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def founding(cli: Cli, folder: Path) -> dict[str, Path]:
    """The founding job: its plan, and its check once it is applied."""
    files = {name: folder / f"{name}.html" for name in ("plan", "verify")}
    cli("plan", ECR, "--report", f"html={files['plan']}")
    cli("apply", ECR, "--yes")
    cli("verify", ECR, "--report", f"html={files['verify']}")
    return files


def drifted(cli: Cli, sandbox: Server, folder: Path) -> Path:
    """Six differences: two critical ones, one that gives and takes, one of each other severity."""
    spec, file = folder / "images.yaml", folder / "drift.html"
    spec.write_text(_DRIFTING)
    cli("apply", spec, "--yes")
    iam = sandbox.iam()
    iam.attach_role_policy(RoleName="Builder", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.update_role(RoleName="Builder", Description="pushes images, and more")
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName="Reader", PolicyDocument=_document(everyone))
    more = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::reports/*",
    }
    iam.put_role_policy(RoleName="Reader", PolicyName="Reports", PolicyDocument=_document(more))
    iam.detach_role_policy(RoleName="Deployer", PolicyArn=f"{_ARN}Read")
    where = f"arn:aws:ecr:*:{ACCOUNT}:repository/*"
    other = {
        "Effect": "Allow",
        "Action": ["ecr:BatchCheckLayerAvailability", "ecr:PutImage", "ecr:BatchDeleteImage"],
        "Resource": where,
    }
    iam.create_policy_version(PolicyArn=f"{_ARN}Write", PolicyDocument=_document(other), SetAsDefault=True)
    cli("drift", spec, "--unmanaged", "--report", f"html={file}", code=2)
    return file


def attacked(cli: Cli, sandbox: Server, folder: Path) -> Path:
    """What others can write into an account where it is read: texts that would be markup or script."""
    spec, file = folder / "attacked.yaml", folder / "attacked.html"
    text = json.dumps(ATTACK)
    spec.write_text(
        f"version: 1\nname: a/attacked\ntags: {{t: '{TAG}'}}\npolicies:\n  P: {{description: {text}, allow:"
        f" [{{service: s3, read: GetObject, resources: '*'}}]}}\nroles:\n  R: {{description: {text}, trust:"
        " {service: ec2}, attach: P}\n"
    )
    cli("apply", spec, "--yes")
    iam = sandbox.iam()
    condition = {"StringEquals": {"aws:PrincipalTag/t": ATTACK}}
    admitted = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=_document(admitted))
    allowed = {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::b/{ATTACK}",
        "Condition": condition,
    }
    iam.put_role_policy(RoleName="R", PolicyName="i", PolicyDocument=_document(allowed))
    iam.update_role(RoleName="R", Description=f"{ATTACK}!")
    iam.tag_role(RoleName="R", Tags=[{"Key": TAG, "Value": TAG}])
    cli("drift", spec, "--report", f"html={file}", code=2)
    return file


def unread(folder: Path) -> Path:
    """A plan in which the documents of AWS's own policies were not read, and one user's groups."""
    reads = HeldPolicy("aws:ReadOnlyAccess", "same")
    policy_text = _document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    drawn = (
        PrincipalView(
            Address(ACCOUNT, "group", "admins"),
            True,
            policies=(HeldPolicy("aws:AdministratorAccess", "same"),),
        ),
        PrincipalView(Address(ACCOUNT, "group", "developers"), True, policies=(reads,)),
        PrincipalView(
            Address(ACCOUNT, "role", "Fetcher"),
            True,
            policies=(HeldPolicy("get", "same", policy_text, policy_text, is_inline=True),),
        ),
        PrincipalView(
            Address(ACCOUNT, "user", "theo"), True, groups=(Membership("developers", "same", (reads,)),)
        ),
        PrincipalView(Address(ACCOUNT, "user", "zed"), True, has_all_groups=False),
    )
    file = folder / "unread.html"
    plan = Plan(Header(("a/b",), ACCOUNT, "aws", "", ""), (), ())
    file.write_text(html.plan_html(plan, drawn, PageRun(1_790_000_000.0, "0.1.0")))
    return file


def thousand(cli: Cli, folder: Path) -> Path:
    """The plan of a thousand roles with two policies each, none of which is there."""
    from tests.bench import triples

    file = folder / "thousand.html"
    cli("plan", triples.written(folder / "specs", 1000), "--report", f"html={file}")
    return file
