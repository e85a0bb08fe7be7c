"""ARNs that no resource can have (IAM115, 116)."""

from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.catalogue import known_names, resource_arns
from reconciler.policy.catalogue.resource_arns import readable
from reconciler.policy.document.arns import ACCOUNT
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, Subject

RULES = (
    LintRule(
        "IAM115",
        "ARN that nothing can have",
        why="A partition that is not the account's, a region that does not exist, or an account that has"
        " not twelve digits.",
        source="UG reference-arns; the AWS partitions that botocore lists",
        analyzer=(
            "INVALID_PARTITION",
            "INVALID_ARN_REGION",
            "INVALID_REGION",
            "INVALID_ARN_ACCOUNT",
            "ARN_REGION_NOT_ALLOWED",
        ),
        parliament=("INVALID_ARN",),
    ),
    LintRule(
        "IAM116",
        "Secret without its suffix",
        why="Secrets Manager puts a hyphen and six characters behind the name that you give, and checks"
        " the ARN with them.",
        source="Secrets Manager user guide, auth-and-access_examples and troubleshoot",
    ),
)
_SUFFIX = 7


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each ARN by itself."""
    for part in subject.parts:
        for path, text in part.resources:
            yield from _impossible(path, text, subject.surroundings.partition)


def _impossible(path: Path, text: str, partition: str) -> Iterator[LintFinding]:
    parts = readable(text).split(":", 5)
    if parts[0] != "arn":
        return
    unreadable = _unreadable(path, text, parts, partition)
    if unreadable:
        yield unreadable
    else:
        yield from _fields(path, text, parts, partition)


def _unreadable(path: Path, text: str, parts: list[str], partition: str) -> LintFinding | None:
    """The fault after which other fields are not checked: too few fields, another partition, any service."""
    if len(parts) < 6:
        return LintFinding(
            "IAM115",
            path,
            f"{text} is cut short, and IAM reads {':'.join([*parts, *['*'] * (6 - len(parts))])}: write all"
            " six parts",
        )
    own, service = parts[1:3]
    if not globs.is_pattern(own) and own != partition:
        return LintFinding(
            "IAM115",
            path,
            f"{text} is in the partition {own}, and this is {partition}: nothing here has such an ARN",
        )
    if globs.is_pattern(service):
        return LintFinding(
            "IAM115",
            path,
            f'{text}: "{service}" is no service, and IAM documents no wildcard there: name the service',
        )
    return None


def _fields(path: Path, text: str, parts: list[str], partition: str) -> Iterator[LintFinding]:
    """Regions and accounts that do not exist, and names that their services do not have."""
    service, region, account, tail = parts[2:]
    if region and not globs.is_pattern(region) and region not in known_names.regions(partition):
        yield LintFinding(
            "IAM115", path, f'{text}: there is no region "{region}" in {partition}{_meant(region, partition)}'
        )
    if (
        account
        and not globs.is_pattern(account)
        and account not in resource_arns.AWS_OWN
        and not ACCOUNT.fullmatch(account)
    ):
        yield LintFinding("IAM115", path, f'{text}: an account has twelve digits, and "{account}" is none')
    if service == "s3" and not region and ":" in tail:
        yield LintFinding(
            "IAM115", path, f"{text}: a bucket's name has no colon; its ARN is arn:{partition}:s3:::NAME"
        )
    if service == "ssm" and tail.startswith("parameter//"):
        yield LintFinding(
            "IAM115", path, f"{text}: a parameter's ARN has one slash, also where its name begins with one"
        )
    if service == "secretsmanager" and _lacks_suffix(tail):
        yield LintFinding(
            "IAM116",
            path,
            f"{text} is no secret: Secrets Manager puts a hyphen and six characters behind each name, so"
            f" write {text}-??????",
        )


def _meant(region: str, partition: str) -> str:
    guess = known_names.similar_region(region, partition)
    return f"; did you mean {guess}?" if guess else ""


def _lacks_suffix(tail: str) -> bool:
    name = tail.removeprefix("secret:")
    if name == tail or globs.is_pattern(name):
        return False
    last = name[1 - _SUFFIX :]
    # Six letters of one case are a word: of two hundred suffixes one looks like that.
    is_word = last.isalpha() and last.islower()
    return not (len(name) > _SUFFIX and name[-_SUFFIX] == "-" and last.isalnum() and not is_word)
