"""Resource ARNs of grants: which ARN an action takes, and the console's "any in this account".

Templates are the Service Authorization Reference's: `arn:${Partition}:ecr:${Region}:${Account}:repository/…`.
"""

import re

from reconciler.policy import globs
from reconciler.policy.actions import PLACEHOLDER, Action

_SEGMENTS = 6
_ACCOUNT_FIELD = 4
_VARIABLE = re.compile(r"\$\{[^}]*:[^}]*\}")
_LITERAL = re.compile(r"\$\{[*?$]\}")


class OddTemplate(ValueError):
    """A template whose account field names neither nobody, nor the account, nor AWS."""


def takes(action: Action, arn: str) -> bool:
    """Whether the ARN can name a resource of one of the action's types."""
    return any(_overlap(template, arn) for template in action.resources)


def _overlap(template: str, arn: str) -> bool:
    wanted, given = _template_segments(template), _arn_segments(arn)
    pairs = zip(wanted, given, strict=True)
    return all(overlaps(one, other) for one, other in pairs) and not _is_beyond_bucket(template, given)


def _template_segments(template: str) -> list[str]:
    segments = template.split(":", _SEGMENTS - 1)
    return [PLACEHOLDER.sub("*", segment) for segment in segments]


def _arn_segments(arn: str) -> list[str]:
    segments = _VARIABLE.sub("*", _LITERAL.sub("_", arn)).split(":", _SEGMENTS - 1)
    return segments + ["*"] * (_SEGMENTS - len(segments))


def _is_beyond_bucket(template: str, given: list[str]) -> bool:
    """A bucket's name holds no slash, so an object's ARN is never a bucket's."""
    return template.endswith(":s3:::${BucketName}") and "/" in given[-1]


def overlaps(one: str, other: str) -> bool:
    """Whether some text fits both patterns (product of positions)."""
    seen, todo = {(0, 0)}, [(0, 0)]
    while todo:
        i, j = todo.pop()
        if i == len(one) and j == len(other):
            return True
        for step in _common_steps(one, i, other, j):
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return False


def _common_steps(one: str, i: int, other: str, j: int) -> list[tuple[int, int]]:
    a, b = one[i : i + 1], other[j : j + 1]
    steps = []
    if a == "*":
        steps.append((i + 1, j))
        if b:
            steps.append((i, j + 1))
    if b == "*":
        steps.append((i, j + 1))
        if a:
            steps.append((i + 1, j))
    if a and b and "*" not in (a, b) and (a == b or "?" in (a, b)):
        steps.append((i + 1, j + 1))
    return steps


def any_in_account(action: Action, account: str, partition: str) -> tuple[str, ...]:
    """The ARNs of everything in the account that the action can act on; none where it takes no resource.

    Raises:
        OddTemplate: a template's account field has no reading.
    """
    return tuple(sorted({_filled(template, account, partition) for template in action.resources}))


def _filled(template: str, account: str, partition: str) -> str:
    segments = template.split(":", _SEGMENTS - 1)
    field = segments[_ACCOUNT_FIELD]
    if field not in ("", "aws", "${Account}", "${AccountId}"):
        raise OddTemplate(template)
    segments[1] = partition
    segments[_ACCOUNT_FIELD] = account if field.startswith("$") else field
    return PLACEHOLDER.sub("*", ":".join(segments))


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
