"""What is gained or lost is listed by the closest patterns there are."""

from typing import Any

import pytest

from reconciler.policy.compare.delta import delta
from reconciler.policy.compare.witness import narrowed
from reconciler.policy.document.document import document

ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def deny(actions: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": actions, "Resource": "*"}


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        ([ALLOW, deny("s3:DeleteObject")], [ALLOW], ["s3:DeleteObject"]),
        ([ALLOW, deny(["s3:Put*", "s3:PutObject", "sqs:*"])], [ALLOW], ["s3:Put*", "s3:PutObject"]),
        ([ALLOW, deny("s3:*Object")], [ALLOW], ["s3:*Object"]),
        ([ALLOW, deny("s3:Get*Acl")], [ALLOW], ["s3:Get*Acl"]),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, deny("s3:DeleteObject")],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            ["s3:DeleteObject"],
        ),
        # What stays denied is not among it, and what is denied in one more place is.
        (
            [ALLOW, deny("s3:Delete*"), deny("s3:DeleteBucket")],
            [ALLOW, deny("s3:DeleteBucket")],
            ["s3:Delete*"],
        ),
        # Nothing names it.
        ([], [ALLOW, deny("s3:DeleteObject")], ["s3:*"]),
        (
            [{**ALLOW, "Resource": "arn:aws:s3:::b/*"}, deny("s3:DeleteObject")],
            [ALLOW, deny("s3:DeleteObject")],
            ["s3:*"],
        ),
        ([{**ALLOW, "Action": "s3:Get*"}], [ALLOW], ["s3:*"]),
    ],
)
def test_gained(old: list[Any], new: list[Any], gained: list[str]) -> None:
    before, after = (
        document({"Version": "2012-10-17", "Statement": statements}) for statements in (old, new)
    )
    verdict = delta(before, after).gained
    assert verdict.answer == "yes"
    ((index, part),) = verdict.by
    assert narrowed(after.statements[index], part)["Action"] == gained
