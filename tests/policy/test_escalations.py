"""Everything by effect, and the ways to it: each line of the table is found where it is allowed on anything, and only there."""

from typing import Any

import pytest

from reconciler.policy.actions import actions_of
from reconciler.policy.document import document
from reconciler.policy.escalations import ESCALATIONS, Escalation, allows_everything, reachable
from reconciler.policy.statements import Statement, statements

ACCOUNT = "123456789012"


def held(*made: dict[str, Any]) -> tuple[Statement, ...]:
    return statements(document({"Version": "2012-10-17", "Statement": list(made)}))


def allow(actions: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def found(*made: dict[str, Any]) -> frozenset[Escalation]:
    return reachable(held(*made), ACCOUNT, "aws")


ME = "arn:aws:iam::123456789012:user/people/me"
ROLE = "arn:aws:iam::123456789012:role/r"
GROUP = "arn:aws:iam::123456789012:group/g"
POLICY = "arn:aws:iam::123456789012:policy/p"


@pytest.mark.parametrize(
    ("action", "resource", "own", "how"),
    [
        ("iam:PutUserPolicy", ME, (ME,), "writes policies into itself"),
        ("iam:AttachUserPolicy", "arn:aws:iam::*:user/*/${aws:username}", (ME,), "attaches any policy to itself"),
        ("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}", (GROUP,), "writes policies into itself"),
        ("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}", (ROLE,), ""),
        ("iam:PutUserPolicy", "arn:aws:iam::123456789012:user/you", (ME,), ""),
        ("iam:PutUserPolicy", ROLE, (ROLE,), ""),
        ("iam:PutRolePolicy", ROLE, (ROLE,), "writes policies into itself"),
        ("iam:PutGroupPolicy", GROUP, (ME, GROUP), "writes policies into its own group"),
        ("iam:PutGroupPolicy", GROUP, (ME,), ""),
        ("iam:CreatePolicyVersion", POLICY, (ROLE, POLICY), "rewrites a policy that it holds"),
    ],
)  # fmt: skip
def test_on_what_is_its_own(action: str, resource: str, own: tuple[str, ...], how: str) -> None:
    found = reachable(held(allow(action, resource)), ACCOUNT, "aws", own=own)
    assert [one.how for one in found] == ([how] if how else [])
    limited = {"Effect": "Deny", "Action": action, "Resource": resource}
    assert reachable(held(allow(action, resource), limited), ACCOUNT, "aws", own=own) == frozenset()


@pytest.mark.parametrize("way", ESCALATIONS, ids=lambda way: " ".join(way.actions))
def test_each_way(way: Escalation) -> None:
    for action in way.actions:
        service, name = action.split(":")
        assert actions_of(service)[name.lower()].full == action
    assert way in found(allow(list(way.actions)))
    assert way in found(*(allow(action) for action in way.actions))
    assert way not in found(allow(list(way.actions[1:])) if way.actions[1:] else allow("s3:GetObject"))
    assert way not in found(allow(list(way.actions), "arn:aws:iam::123456789012:role/one"))
    # What a caller can meet is no obstacle, nor is a deny of a few names; a condition on what is acted on is.
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert way in found(allow(list(way.actions), Condition=mfa))
    assert way in found(
        allow(list(way.actions), Condition={"DateLessThan": {"aws:CurrentTime": "2031-01-31"}})
    )
    assert way not in found(
        allow(list(way.actions), Condition={"StringEquals": {"iam:PermissionsBoundary": "b"}})
    )
    names = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": ["arn:aws:iam::*:*/a*", "arn:aws:iam::*:*/anything"],
    }
    assert way in found(allow(list(way.actions)), names)
    unless_mfa = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }
    assert way in found(allow(list(way.actions)), unless_mfa)
    assert way not in found(
        allow(list(way.actions)), {"Effect": "Deny", "Action": way.actions[0], "Resource": "*"}
    )


def test_passing_to_the_service_itself_is_no_obstacle() -> None:
    def passed(to: str) -> frozenset[Escalation]:
        return found(
            allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": to}}),
            allow("ec2:RunInstances"),
        )

    assert [way.actions[1] for way in passed("ec2.amazonaws.com")] == ["ec2:RunInstances"]
    assert not passed("glue.amazonaws.com")


@pytest.mark.parametrize(
    ("made", "everything"),
    [
        ([allow("*")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("iam:*")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("iam:Get*")], False),
        ([allow("*"), {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}], True),
        ([allow("*", "arn:aws:s3:::*")], False),
        ([allow("*", "arn:aws:s3:::*"), {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}], True),
        ([allow(["s3:*", "iam:*"])], False),
    ],
)  # fmt: skip
def test_everything_by_several_statements(made: list[dict[str, Any]], everything: bool) -> None:
    assert allows_everything(held(*made), bounded=False) is everything
