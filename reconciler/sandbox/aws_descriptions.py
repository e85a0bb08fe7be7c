"""What AWS's managed policies say of themselves, as far as a recording or a guide of AWS has it."""

from reconciler.policy.document import arns

# LS: recorded in localstack's test_iam_managed_policies; CC: in Cloud Custodian's flights; UG: IAM user
# guide, job functions and the managed policies that each service's guide describes.
_TEXTS = {
    "AdministratorAccess": "Provides full access to AWS services and resources.",
    "AmazonEC2ContainerRegistryReadOnly": (
        "Provides read-only access to Amazon EC2 Container Registry repositories."
    ),
    "AmazonS3FullAccess": "Provides full access to all buckets via the AWS Management Console.",
    "AmazonS3ReadOnlyAccess": "Provides read only access to all buckets via the AWS Management Console.",
    "AWSLambdaBasicExecutionRole": "Provides write permissions to CloudWatch Logs.",
    "IAMFullAccess": "Provides full access to IAM via the AWS Management Console.",
    # LS, CC
    "IAMUserChangePassword": "Provides the ability for an IAM user to change their own password.",
    "PowerUserAccess": (
        "Provides full access to AWS services and resources, but does not allow management of Users and"
        " groups."
    ),
    "ReadOnlyAccess": "Provides read-only access to AWS services and resources.",
    # LS
    "SystemAdministrator": (
        "Grants full access permissions necessary for resources required for application and development"
        " operations."
    ),
}


def description_of(arn: str) -> str:
    """The description; of a policy that no source has, one that is recognisably none of AWS's."""
    parsed = arns.parse(arn)
    name = parsed.name if parsed else arn
    return _TEXTS.get(name, f"AWS managed policy {name} (the sandbox does not know AWS's words)")
