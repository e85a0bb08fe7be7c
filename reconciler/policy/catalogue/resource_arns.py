"""Resource ARNs of grants: which ARN an action takes, and the console's "any in this account".

Templates are the Service Authorization Reference's: `arn:${Partition}:ecr:${Region}:${Account}:repository/…`.
"""

import re
from functools import lru_cache

from reconciler.policy import globs
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action

_SEGMENTS = 6
_ACCOUNT_FIELD = 4
_VARIABLE = re.compile(r"\$\{[^}]*:[^}]*\}")
_LITERAL = re.compile(r"\$\{[*?$]\}")
REGION = "${Region}"
# A bucket's name holds no slash, so an object's ARN is never a bucket's.
BUCKET = ":s3:::${BucketName}"


# Two services have each of these prefixes, and of an action that both have the catalogue knows the resources
# of one alone.
SHARED_PREFIXES = frozenset(
    {"apigateway", "elasticloadbalancing", "greengrass", "kinesisanalytics", "lex", "ses"}
)


# What stands in the place of an account where AWS itself is the owner.
AWS_OWN = frozenset({"aws", "amazon", "aws-marketplace", "cloudfront", "third-party"})
# Forms of AWS's own things that no resource type has: layers of before lambda's layers had accounts.
_AWS_FORMS = {"arn:${Partition}:lambda:${Region}:${Account}:layer:": "arn:*:lambda:::awslayer:*"}
# Services of which AWS has public resources that nobody's account is in
# (arn:aws:ssm:REGION::parameter/aws/service/…).
_LENT_OUT = frozenset(
    {
        "artifact",
        "bedrock",
        "cloudformation",
        "controltower",
        "ec2",
        "health",
        "imagebuilder",
        "lambda",
        "partnercentral",
        "rds",
        "resource-explorer-2",
        "sagemaker",
        "securityhub",
        "ssm",
    }
)


class OddTemplate(ValueError):
    """A template whose account field names neither nobody, nor the account, nor AWS."""


def readable(text: str) -> str:
    """A pattern of IAM as a plain one.

    Variables stand for any text, `${*}` and similar ones for one character.
    """
    return _VARIABLE.sub("*", _LITERAL.sub("_", text))


def tail_of(arn: str) -> str:
    """What stands after the account."""
    return arn.split(":", _SEGMENTS - 1)[-1]


def takes(action: Action, arn: str) -> bool:
    """Whether the ARN can name a resource of one of the action's types, as far as those are known."""
    if action.service in SHARED_PREFIXES and arn.split(":", 3)[2:3] == [action.service]:
        return True
    return any(overlap(template, arn) for template in action.resources)


def takes_of_aws(action: Action, arn: str) -> bool:
    """The same of a thing of AWS's own, in whose ARN no account stands; of services that have such things."""
    return _service(arn) in _LENT_OUT and takes_of_nobody(action, arn)


def takes_of_nobody(action: Action, arn: str) -> bool:
    """Whether it would take the ARN if an account stood in it where none does, or the owner's name does."""
    if any(
        arn_form_fits(form, arn)
        for head, form in _AWS_FORMS.items()
        if any(t.startswith(head) for t in action.resources)
    ):
        return True
    segments = _arn_segments(arn)
    owned = ":".join((*segments[:_ACCOUNT_FIELD], "*", segments[5]))
    return is_of_aws(arn) and any(
        overlap(template, owned) for template in action.resources if _has_account(template)
    )


def is_of_aws(arn: str) -> bool:
    """Whether the ARN is of AWS's own: with AWS's name for the account, or a region and no account."""
    _, _, _, region, account, _ = _arn_segments(arn)
    return account in AWS_OWN or (account == "" and region != "")


def arn_form_fits(form: str, arn: str) -> bool:
    """Whether an ARN, a pattern perhaps, can be of a form."""
    return globs.overlaps(form, readable(arn))


def _has_account(template: str) -> bool:
    return template.split(":", _SEGMENTS - 1)[_ACCOUNT_FIELD].startswith("$")


def _service(arn: str) -> str:
    return _arn_segments(arn)[2]


def overlap(template: str, arn: str) -> bool:
    """Whether some resource of the template's type is one that the ARN, a pattern perhaps, can name."""
    wanted, given = _template_segments(template), _arn_segments(arn)
    pairs = zip(wanted, given, strict=True)
    beyond = template.endswith(BUCKET) and "/" in given[-1]
    return not beyond and all(
        globs.overlaps(template_segment, arn_segment) for template_segment, arn_segment in pairs
    )


@lru_cache(maxsize=4096)
def _template_segments(template: str) -> tuple[str, ...]:
    """Each segment as a pattern. A region and an account are given or not.

    A bucket's ARN is not one of an access point.
    """
    head, tail = template.split(":", _SEGMENTS - 1)[:-1], tail_of(template)
    return (*(PLACEHOLDER.sub("?*", segment) for segment in head), PLACEHOLDER.sub("*", tail))


@lru_cache(maxsize=256)
def _arn_segments(arn: str) -> tuple[str, ...]:
    segments = readable(arn).split(":", _SEGMENTS - 1)
    return (*segments, *["*"] * (_SEGMENTS - len(segments)))


def any_in_account(action: Action, account: str, partition: str, region: str = "") -> tuple[str, ...]:
    """The ARNs of everything in the account that the action can act on; none where it takes no resource.

    Raises:
        OddTemplate: a template's account field has no reading.
    """
    return tuple(
        sorted(
            {
                filled_head(template, account, partition, region) + PLACEHOLDER.sub("*", tail_of(template))
                for template in action.resources
            }
        )
    )


def filled_head(template: str, account: str, partition: str, region: str = "") -> str:
    """A template's part up to the account, filled in; every region where none is given.

    Raises:
        OddTemplate: the account field has no reading.
    """
    segments = template.split(":", _SEGMENTS - 1)[:-1]
    field = segments[_ACCOUNT_FIELD]
    if field not in ("", "aws", "${Account}", "${AccountId}"):
        raise OddTemplate(template)
    segments[1] = partition
    segments[3] = region if region and segments[3] == REGION else segments[3]
    segments[_ACCOUNT_FIELD] = account if field.startswith("$") else field
    return PLACEHOLDER.sub("*", ":".join(segments)) + ":"


def without_covered(arns: set[str]) -> tuple[str, ...]:
    """The ARNs sorted, less those that another one covers."""
    kept = [a for a in arns if not any(b != a and globs.covers(b, a) for b in arns)]
    return tuple(sorted(kept))


def names_no_account(arn: str) -> bool:
    """Whether the ARN has no account field, so that it names everybody's resources."""
    return arn != "*" and arn.split(":", _SEGMENTS - 1)[_ACCOUNT_FIELD] == ""


def is_s3(arn: str) -> bool:
    """Whether the ARN is S3's own."""
    return arn.split(":", 3)[2:3] == ["s3"]
