"""What people call things to which AWS gives other names, and misspelt names.

A name is looked up in the tables of meanings first, then compared by spelling.

An API and the action that IAM checks for it often have two names: PutBucketEncryption is allowed by
PutEncryptionConfiguration (S3 user guide, using-with-s3-policy-actions). Where the nearest name is far
off nothing is suggested.
"""

from collections.abc import Iterable
from functools import lru_cache

_SERVICES = {
    "alb": "elasticloadbalancing",
    "apigw": "apigateway",
    "asg": "autoscaling",
    "beanstalk": "elasticbeanstalk",
    "certificatemanager": "acm",
    "cfn": "cloudformation",
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "cloudwatch-logs": "logs",
    "cognito": "cognito-idp",
    "containerregistry": "ecr",
    "costexplorer": "ce",
    "cw": "cloudwatch",
    "cwl": "logs",
    "ddb": "dynamodb",
    "directoryservice": "ds",
    "docdb": "rds",
    "documentdb": "rds",
    "dynamo": "dynamodb",
    "efs": "elasticfilesystem",
    "elasticsearch": "es",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "eventbridge-scheduler": "scheduler",
    "identitycenter": "sso",
    "identity-center": "sso",
    "kinesisfirehose": "firehose",
    "kinesis-firehose": "firehose",
    "msk": "kafka",
    "neptune": "neptune-db",
    "nlb": "elasticloadbalancing",
    "opensearch": "es",
    "parameterstore": "ssm",
    "parameter-store": "ssm",
    "r53": "route53",
    "secrets": "secretsmanager",
    "secretmanager": "secretsmanager",
    "securitytoken": "sts",
    "sfn": "states",
    "sso-admin": "sso",
    "stepfunction": "states",
    "stepfunctions": "states",
    "step-functions": "states",
    "systemsmanager": "ssm",
    "systems-manager": "ssm",
    "transferfamily": "transfer",
    "vpc": "ec2",
    "amazonmq": "mq",
    "autoscale": "autoscaling",
    "bedrock-runtime": "bedrock",
    "cloudmap": "servicediscovery",
    "keyspaces": "cassandra",
    "location": "geo",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sagemaker-runtime": "sagemaker",
    "timestream-write": "timestream",
}
# Principals that are called otherwise than the prefix of their actions.
_PRINCIPALS = {
    "ecstasks": "ecs-tasks",
    "ecs-task": "ecs-tasks",
    "opensearch": "opensearchservice",
    "cognito": "cognito-idp",
    "vpcflowlogs": "vpc-flow-logs",
    "flowlogs": "vpc-flow-logs",
    "lambdaedge": "edgelambda",
    "lambda@edge": "edgelambda",
}
# By service: the API's name, in lower case, and the action that is checked for it.
_ACTIONS = {
    "s3": {
        "completemultipartupload": "PutObject",
        "copyobject": "PutObject",
        "createmultipartupload": "PutObject",
        "deletebucketcors": "PutBucketCORS",
        "deletebucketencryption": "PutEncryptionConfiguration",
        "deletebucketlifecycle": "PutLifecycleConfiguration",
        "deletebucketreplication": "PutReplicationConfiguration",
        "deletebuckettagging": "PutBucketTagging",
        "deleteobjects": "DeleteObject",
        "deletepublicaccessblock": "PutBucketPublicAccessBlock",
        "getbucketaccelerateconfiguration": "GetAccelerateConfiguration",
        "getbucketanalyticsconfiguration": "GetAnalyticsConfiguration",
        "getbucketencryption": "GetEncryptionConfiguration",
        "getbucketinventoryconfiguration": "GetInventoryConfiguration",
        "getbucketlifecycle": "GetLifecycleConfiguration",
        "getbucketlifecycleconfiguration": "GetLifecycleConfiguration",
        "getbucketmetricsconfiguration": "GetMetricsConfiguration",
        "getbucketnotificationconfiguration": "GetBucketNotification",
        "getbucketreplication": "GetReplicationConfiguration",
        "getobjectlockconfiguration": "GetBucketObjectLockConfiguration",
        "getpublicaccessblock": "GetBucketPublicAccessBlock",
        "headbucket": "ListBucket",
        "headobject": "GetObject",
        "listbuckets": "ListAllMyBuckets",
        "listmultipartuploads": "ListBucketMultipartUploads",
        "listobjects": "ListBucket",
        "listobjectsv2": "ListBucket",
        "listobjectversions": "ListBucketVersions",
        "listparts": "ListMultipartUploadParts",
        "putbucketaccelerateconfiguration": "PutAccelerateConfiguration",
        "putbucketanalyticsconfiguration": "PutAnalyticsConfiguration",
        "putbucketencryption": "PutEncryptionConfiguration",
        "putbucketinventoryconfiguration": "PutInventoryConfiguration",
        "putbucketlifecycle": "PutLifecycleConfiguration",
        "putbucketlifecycleconfiguration": "PutLifecycleConfiguration",
        "putbucketmetricsconfiguration": "PutMetricsConfiguration",
        "putbucketnotificationconfiguration": "PutBucketNotification",
        "putbucketreplication": "PutReplicationConfiguration",
        "putobjectlockconfiguration": "PutBucketObjectLockConfiguration",
        "putpublicaccessblock": "PutBucketPublicAccessBlock",
        "selectobjectcontent": "GetObject",
        "uploadpart": "PutObject",
        "uploadpartcopy": "PutObject",
    },
    "lambda": {
        "updatefunction": "UpdateFunctionCode",
        "invoke": "InvokeFunction",
        "invokewithresponsestream": "InvokeFunction",
    },
    "sqs": {
        "changemessagevisibilitybatch": "ChangeMessageVisibility",
        "deletemessagebatch": "DeleteMessage",
        "sendmessagebatch": "SendMessage",
    },
    "sns": {"publishbatch": "Publish"},
    "dynamodb": {
        "transactgetitems": "GetItem",
        "transactwriteitems": "PutItem",
        "executestatement": "PartiQLSelect",
    },
    "ec2": {"describeamis": "DescribeImages", "listinstances": "DescribeInstances"},
    "ecs": {"execcommand": "ExecuteCommand"},
    "ssm": {"runcommand": "SendCommand"},
    "bedrock": {"converse": "InvokeModel", "conversestream": "InvokeModelWithResponseStream"},
    "ecr": {
        "pullimage": "BatchGetImage",
        "pushimage": "PutImage",
        "deleteimage": "BatchDeleteImage",
        "pull": "BatchGetImage",
        "push": "PutImage",
        "getlogin": "GetAuthorizationToken",
    },
    "iam": {"assumerole": ""},
    "rds": {"connect": ""},
}
_KEYS = {
    "aws:mfa": "aws:MultiFactorAuthPresent",
    "aws:mfapresent": "aws:MultiFactorAuthPresent",
    "aws:multifactorauth": "aws:MultiFactorAuthPresent",
    "aws:orgid": "aws:PrincipalOrgID",
    "aws:principalorg": "aws:PrincipalOrgID",
    "aws:region": "aws:RequestedRegion",
    "aws:requestregion": "aws:RequestedRegion",
    "aws:sourceipaddress": "aws:SourceIp",
    "aws:vpcid": "aws:SourceVpc",
    "aws:vpce": "aws:SourceVpce",
    "aws:sourcevpcendpoint": "aws:SourceVpce",
    "aws:vpcendpoint": "aws:SourceVpce",
    "aws:user": "aws:username",
    "s3:x-amz-sse": "s3:x-amz-server-side-encryption",
    "iot:clientid": "",
    "aws:accountid": "",
    "aws:account": "",
    "aws::accountid": "",
    "aws::region": "",
    "aws::partition": "",
}


def service(name: str, known: Iterable[str]) -> str:
    """The prefix of the service that a name most likely means, or ""."""
    folded = name.lower().removeprefix("aws-").removeprefix("amazon-")
    return _SERVICES.get(folded) or near(name, known)


def principal(name: str, known: Iterable[str]) -> str:
    """The service principal, without its suffix, that a name most likely means, or ""."""
    folded = name.lower()
    return _PRINCIPALS.get(folded) or _SERVICES.get(folded) or near(name, known)


def action(of_service: str, name: str, known: Iterable[str]) -> str:
    """The action that a name most likely means, or ""."""
    meant = _ACTIONS.get(of_service, {}).get(name.lower())
    return near(name, known) if meant is None else meant


def key(name: str, known: Iterable[str]) -> str:
    """The condition key that a name most likely means, or ""."""
    meant = _KEYS.get(name.lower())
    return near(name, known) if meant is None else meant


def managed_policy(name: str, known: Iterable[str]) -> str:
    """The AWS managed policy that a name most likely means, or "".

    People leave out what its name ends with.
    """
    names = list(known)
    folded = name.lower()
    # What is left out in front: S3ReadOnlyAccess, and never one that gives more than was named.
    branded = [k for k in names if k.lower() in (f"amazon{folded}", f"aws{folded}")]
    if branded:
        return branded[0]
    longer = [
        k
        for k in names
        if k.lower().startswith(folded) and k.lower()[len(folded) :] in ("access", "policy", "s")
    ]
    if longer:
        return longer[0]
    close = near(name, names)
    # A name with a word less gives more: ReadOnlyAccess for FooReadOnlyAccess.
    return "" if close and len(close) < len(name) - 1 else close


def near(word: str, known: Iterable[str]) -> str:
    """The known name that differs by few letters, without regard to case; "" where none does."""
    from difflib import get_close_matches  # noqa: PLC0415 - start-up: only an error needs it

    folded = {name.lower(): name for name in known}
    wanted = word.lower()
    most = 1 if len(wanted) < 6 else 2 if len(wanted) < 12 else 3
    close = get_close_matches(wanted, folded, n=3, cutoff=0.7)
    best = min(close, key=lambda name: _distance(wanted, name), default="")
    return folded[best] if best and _distance(wanted, best) <= most else ""


@lru_cache(maxsize=4096)
def _distance(word: str, other: str) -> int:
    """How many letters are put in, left out, changed, or exchanged with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        older, before = before, row
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == against:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
