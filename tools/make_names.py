"""Writes the lists of names that are compared with what specs say; `make data` runs it, a test compares.

AWS managed policies are moto's copy of AWS's list. Service principals are those that the documents of these
policies name, and the ones below, which AWS's documentation names and those documents don't. Regions are
botocore's.
"""

import json
import re
from pathlib import Path

import botocore
from moto.iam.aws_managed_policies import aws_managed_policies_data

POLICY = Path(__file__).parent.parent / "reconciler" / "policy" / "catalogue"
MANAGED, PRINCIPALS = POLICY / "aws_managed_policies.json", POLICY / "service_principals.json"
REGIONS = POLICY / "regions.json"
DATES = POLICY / "list_dates.json"
_PRINCIPAL = re.compile(r'"([a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com|aws\.internal|api\.aws))"')
# Those that each service's guide tells to trust; IAM user guide, reference_service_principals_listing, among
# them.
_DOCUMENTED = [
    "acm",
    "apigateway",
    "appstream",
    "aoss",
    "appflow",
    "appconfig",
    "application-autoscaling",
    "apprunner",
    "athena",
    "backup-gateway",
    "batchoperations.s3",
    "bedrock",
    "billing",
    "billingconsole",
    "build.apprunner",
    "cassandra",
    "chatbot",
    "chime",
    "clouddirectory",
    "cloudfront",
    "cloudhsm",
    "cloudhsmv2",
    "cloudsearch",
    "codecommit",
    "codedeploy",
    "codedeploy-commands-secure",
    "codestar",
    "codestar-notifications",
    "cognito-sync",
    "config-multiaccountsetup",
    "connect",
    "databrew",
    "datapipeline",
    "dax",
    "deadline",
    "deeplens",
    "delivery.apigateway",
    "delivery.logs",
    "devicefarm",
    "directconnect",
    "discovery",
    "dlm",
    "dms",
    "dynamodb",
    "ebs",
    "ec2-instance-connect",
    "ec2.application-autoscaling",
    "ecr",
    "edgelambda",
    "eks",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "elasticache",
    "elasticmapreduce",
    "es",
    "events",
    "export.rds",
    "fargate",
    "federate.athena",
    "freertos",
    "gamelift",
    "glacier",
    "groundstation",
    "honeycode",
    "iam",
    "importexport",
    "iotanalytics",
    "iotevents",
    "iotfleetwise",
    "iottwinmaker",
    "ivs",
    "kafkaconnect",
    "kinesis",
    "kinesisanalytics",
    "kms",
    "lex",
    "lookoutvision",
    "machinelearning",
    "macie",
    "managedblockchain",
    "management.chatbot",
    "marketplace-commerceanalytics",
    "mediapackage",
    "mediastore",
    "mediatailor",
    "migrationhub",
    "mobileanalytics",
    "mobilehub",
    "monitoring",
    "monitoring.rds",
    "opensearch",
    "ops.apigateway",
    "opsdatasync.ssm",
    "opsworks",
    "opsworks-cm",
    "pinpoint",
    "pinpoint-email",
    "polly",
    "qbusiness",
    "redshift",
    "replicator.lambda",
    "resources.cloudformation",
    "route53",
    "route53-recovery-control-config",
    "s3-outposts",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "serverlessrepo",
    "ses",
    "signer",
    "sms",
    "sms-voice",
    "snowball",
    "sns",
    "sqs",
    "ssm-contacts",
    "ssm-incidents",
    "stacksets.cloudformation",
    "member.org.stacksets.cloudformation",
    "storagegateway",
    "streams.metrics.cloudwatch",
    "sts",
    "support",
    "swf",
    "tagpolicies.tag",
    "tasks.apprunner",
    "timestream",
    "tnb",
    "transcribe",
    "trustedadvisor",
    "verifiedpermissions",
    "vmie",
    "voiceid",
    "vpc-flow-logs",
    "vpc-lattice",
    "waf",
    "waf-regional",
    "wam",
    "workdocs",
    "worklink",
    "workmail",
    "workspaces",
    "workspaces-web",
    "xray",
    "credentials.iot",
    "lakeformation",
    "apidestinations.events",
    "pipes",
    "textract",
    "rekognition",
    "comprehend",
    "personalize",
    "translate",
    "kendra",
    "forecast",
    "lightsail",
    "nimble",
    "robomaker",
    "sumerian",
    "elasticbeanstalk",
    "autoscaling-plans",
    "codestar-connections",
    "osis",
    "opensearchservice",
    "maintenance.apigateway",
    "email.cognito-idp",
    "cognito-idp",
    "cognito-identity",
    "grafana",
    "aps",
    "emr-serverless",
    "emr-containers",
    "airflow",
    "airflow-env",
    "osis-pipelines",
    # Shield's AssociateDRTRole, Route 53's CreateKeySigningKey, RAM's and Redshift's guides: named in
    # botocore's documentation.
    "drt.shield",
    "dnssec-route53",
    "exportv2.securityhub",
    "maintenance.s3tables",
    "scheduler.redshift",
    "aiops.alarms.cloudwatch",
    "lambda.alarms.cloudwatch",
    # CloudFormation hooks user guide, and the S3 user guide (ServerLogs, example-bucket-policies,
    # storage_lens).
    "hooks.cloudformation",
    "logging.s3",
    "logdelivery.elasticloadbalancing",
    "storage-lens.s3",
    # Service-linked roles that were recorded on AWS (localstack, test_iam.py, test_service_role_lifecycle).
    "accountdiscovery.ssm",
    "cks.kms",
    "dms-fleet-advisor",
    "emrwal",
    "mrk.kms",
    "opsinsights.ssm",
    "pullthroughcache.ecr",
    "repository.sync.codeconnections",
    "vpcorigin.cloudfront",
]


def managed() -> list[str]:
    """Path and name of each AWS managed policy, such as `service-role/AWSLambdaRole`."""
    policies = json.loads(aws_managed_policies_data)
    return sorted(policy.get("Path", "/").lstrip("/") + name for name, policy in policies.items())


def principals() -> list[str]:
    """Service principals without the suffix .amazonaws.com; others whole."""
    names = set(_PRINCIPAL.findall(aws_managed_policies_data)) | {
        f"{name}.amazonaws.com" for name in _DOCUMENTED
    }
    return sorted(name.removesuffix(".amazonaws.com") for name in names)


def dates() -> dict[str, str]:
    """The date of the lists: that of the newest AWS managed policy, as they name the principals."""
    policies = json.loads(aws_managed_policies_data).values()
    newest = max(policy["UpdateDate"] for policy in policies)[:10]
    return {"managed_policies": newest, "service_principals": newest}


def regions() -> dict[str, list[str]]:
    """The regions of each partition, the one that stands for all of a partition left out."""
    listed = json.loads(
        (Path(botocore.__file__).parent / "data" / "partitions.json").read_text(encoding="utf-8")
    )
    return {
        partition["id"]: [name for name in partition["regions"] if not name.endswith("-global")]
        for partition in listed["partitions"]
    }


def texts() -> dict[Path, str]:
    """The content of each file."""
    return {
        MANAGED: json.dumps(managed(), indent=0) + "\n",
        PRINCIPALS: json.dumps(principals(), indent=0) + "\n",
        DATES: json.dumps(dates(), indent=0) + "\n",
        REGIONS: json.dumps(regions(), indent=0) + "\n",
    }


if __name__ == "__main__":
    for target, content in texts().items():
        target.write_text(content, encoding="utf-8")
