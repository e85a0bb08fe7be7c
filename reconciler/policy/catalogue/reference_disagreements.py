"""Where the Service Authorization Reference and other texts of AWS disagree: on ARNs, and on condition keys.

The reference is a list, and lists have gaps. What AWS's guides grant stands here, each with its source;
what AWS's own managed policies rely on is generated (`tools/make_practice.py`). None of it says that the
reference is wrong: it says that nobody knows without trying, except for the few actions of which it is
documented what AWS asks for.
"""

from collections.abc import Iterable
from functools import cache

from reconciler.policy import globs
from reconciler.policy.catalogue import known_names
from reconciler.policy.catalogue.actions import Action
from reconciler.policy.catalogue.resource_arns import readable

# What a request for these is checked against, though the reference lists no resource for them.
_ASKED_ON = {
    # S3 user guide, example-policies-s3 and walkthrough1; IAM user guide,
    # reference_policies_elements_statement and reference_policies_evaluation-logic: granted on every bucket's
    # ARN.
    "s3:listallmybuckets": "arn:{partition}:s3:::*",
}
# UG: IAM user guide; S3, DynamoDB: their developers' guides; TF#: an issue of
# hashicorp/terraform-provider-aws.
_GUIDES = (
    ("logs:describeloggroups", "arn:*:logs:*:*:*", "TF#8804: checked on log-group::log-stream:"),
    ("s3:getaccountpublicaccessblock", "arn:*:s3:::*", "UG reference_policies_evaluation-logic"),
    ("s3:listaccesspoints", "arn:*:s3:::*", "UG reference_policies_evaluation-logic"),
    (
        "s3express:listallmydirectorybuckets",
        "arn:*:s3express:*:*:bucket/*",
        "S3 s3-express-security-iam-identity-policies",
    ),
    ("s3:putstoragelensconfiguration", "arn:*:s3:*:*:storage-lens/*", "S3 S3LensCLIExamples"),
    ("iam:listusers", "arn:*:iam::*:*", "UG access_permissions-required"),
    ("dynamodb:liststreams", "arn:*:dynamodb:*:*:table/*", "DynamoDB Streams.Lambda.Tutorial"),
    (
        "dynamodb:describereservedcapacity",
        "arn:*:dynamodb:*:*:*",
        "DynamoDB iam-policy-prevent-purchase-reserved-capacity",
    ),
    (
        "dynamodb:describereservedcapacityofferings",
        "arn:*:dynamodb:*:*:*",
        "DynamoDB iam-policy-prevent-purchase-reserved-capacity",
    ),
    (
        "dynamodb:listtables",
        "arn:*:dynamodb:*:*:table/*",
        "AntonShuvaev/intellij-dynamodb#20: refused on table/*",
    ),
    (
        "states:liststatemachines",
        "arn:*:states:*:*:stateMachine:*",
        "scribd/terraform-aws-datadog#18: refused on stateMachine:*",
    ),
    (
        "states:validatestatemachinedefinition",
        "arn:*:states:*:*:stateMachine:*",
        "DataBiosphere/azul#8006: the same",
    ),
    ("sns:listtopics", "arn:*:sns:*:*:*", "nccgroup/Scout2#129: refused on arn:aws:sns:REGION:ACCOUNT:*"),
    (
        "cloudformation:createchangeset",
        "arn:*:cloudformation:*:aws:transform/*",
        "aws/serverless-application-model#179: refused on it",
    ),
    (
        "dynamodb:describestream",
        "arn:*:dynamodb:*:*:table/*",
        "UG reference_policies_examples_dynamodb_specific-table",
    ),
)
# GetCallerIdentity's reference: "No permissions are required", and it answers under an explicit deny too.
_NEEDS_NO_PERMISSION = frozenset({"sts:getcalleridentity"})
# Keys of guides that the reference lists for none of these actions, or not at all: key, type, actions,
# source.
_KEYS = (
    ("dynamodb:EnclosingOperation", "String", "dynamodb:*item", "DynamoDB transaction-apis-iam"),
    (
        "sagemaker:TargetContainerHostname",
        "String",
        "sagemaker:invokeendpoint*",
        "SageMaker multi-container-direct",
    ),
    ("aws:IsMcpServiceAction", "Bool", "*", "AWS's managed policies"),
    ("aws:PrincipalOrgMasterAccountId", "String", "*", "AWS's managed policies"),
)


def needs_no_permission(action: Action) -> bool:
    """Whether anyone may, whatever policies say."""
    return action.full.lower() in _NEEDS_NO_PERMISSION


def asked_on(action: Action, partition: str) -> str:
    """The resource that a request for an action names where the reference lists none for it.

    It is "*", or a documented ARN.
    """
    return _ASKED_ON.get(action.full.lower(), "*").format(partition=partition)


def is_asked_on(action: Action, arn: str) -> bool:
    """Whether the ARN, a pattern perhaps, has what the action is documented to be asked on."""
    known = _ASKED_ON.get(action.full.lower())
    own = arn.split(":", 2)[1:2]
    partition = own[0] if own and not globs.is_pattern(own[0]) else "aws"
    return known is not None and globs.matches(readable(arn), known.format(partition=partition))


def grants_elsewhere(action: Action, arn: str) -> bool:
    """Whether AWS itself grants the action on an ARN, or pattern, that the reference does not list for it."""
    return _is_of(_forms(action.full.lower()), arn)


def grants_once(action: Action, arn: str) -> bool:
    """Whether one single policy of AWS does so, which is more likely a mistake.

    It is too little to rely on, and too much to say never.
    """
    return _is_of(known_names.aws_practice()["once"].get(action.full.lower(), ()), arn)


def _is_of(forms: Iterable[str], arn: str) -> bool:
    text = readable(arn)
    return any(globs.overlaps(form, text) for form in forms)


@cache
def _forms(action: str) -> tuple[str, ...]:
    """Nothing where it is documented what is asked for."""
    if action in _ASKED_ON:
        return ()
    guides = (form for name, form, _ in _GUIDES if name == action)
    return (*guides, *known_names.aws_practice()["resources"].get(action, ()))


def type_of_key(key: str) -> str:
    """The type of a key that guides have and the reference has not, "" for any other."""
    folded = key.lower()
    return next((kind for name, kind, _, _ in _KEYS if name.lower() == folded), "")


def carries(action: Action, key: str) -> bool:
    """Whether a guide says that a request carries a key that the reference does not list for the action."""
    folded, name = key.lower(), action.full.lower()
    return any(k.lower() == folded and globs.matches(pattern, name) for k, _, pattern, _ in _KEYS)


def tests_elsewhere(action: Action, key: str) -> bool:
    """Whether AWS's own policies allow the action under a test of the key.

    The reference does not list the key for the action.
    """
    folded = key.lower()
    head, slash, _ = folded.partition("/")
    return action.full.lower() in known_names.aws_practice()["keys"].get(f"{head}/*" if slash else folded, ())
