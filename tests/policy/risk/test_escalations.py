"""Administrator access, and the ways to it: each line of the table is seen where it is allowed."""

import re
from typing import Any

import pytest

from reconciler.policy.catalogue.actions import actions_of
from reconciler.policy.document.document import document
from reconciler.policy.meaning.statements import Statement, statements
from reconciler.policy.risk.caller_keys import CallerFacts
from reconciler.policy.risk.escalations import Escalation, JudgedBy, allows_everything, reachable, ways

ACCOUNT = "123456789012"


def held(*statements_: dict[str, Any]) -> tuple[Statement, ...]:
    return statements(document({"Version": "2012-10-17", "Statement": list(statements_)}))


def allow(actions: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def deny(actions: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": actions, "Resource": resource, **more}


def reached(*statements_: dict[str, Any], own: tuple[str, ...] = ()) -> frozenset[Escalation]:
    return reachable(JudgedBy(held(*statements_), CallerFacts(ACCOUNT, "aws", own)))


ME = "arn:aws:iam::123456789012:user/people/me"
ROLE = "arn:aws:iam::123456789012:role/r"
GROUP = "arn:aws:iam::123456789012:group/g"
POLICY = "arn:aws:iam::123456789012:policy/p"


@pytest.mark.parametrize(
    ("action", "resource", "own", "how"),
    [
        ("iam:PutUserPolicy", ME, (ME,), "writes policies into itself"),
        (
            "iam:AttachUserPolicy",
            "arn:aws:iam::*:user/*/${aws:username}",
            (ME,),
            "attaches any policy to itself",
        ),
        ("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}", (GROUP,), "writes policies into itself"),
        ("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}", (ROLE,), ""),
        ("iam:PutUserPolicy", "arn:aws:iam::123456789012:user/you", (ME,), ""),
        ("iam:PutUserPolicy", ROLE, (ROLE,), ""),
        ("iam:PutRolePolicy", ROLE, (ROLE,), "writes policies into itself"),
        ("iam:PutGroupPolicy", GROUP, (ME, GROUP), "writes policies into its own group"),
        ("iam:PutGroupPolicy", GROUP, (ME,), ""),
        ("iam:CreatePolicyVersion", POLICY, (ROLE, POLICY), "rewrites a policy that is attached to it"),
        (
            "iam:SetDefaultPolicyVersion",
            POLICY,
            (ROLE, POLICY),
            "restores any version of a policy that is attached to it",
        ),
    ],
)
def test_on_what_is_its_own(action: str, resource: str, own: tuple[str, ...], how: str) -> None:
    assert [way.how for way in reached(allow(action, resource), own=own)] == ([how] if how else [])
    assert reached(allow(action, resource), deny(action, resource), own=own) == frozenset()


@pytest.mark.parametrize("way", ways(), ids=lambda way: " ".join(way.actions))
def test_each_way(way: Escalation) -> None:
    for action in way.actions:
        service, name = action.split(":")
        assert actions_of(service)[name.lower()].full == action
    actions = list(way.actions)
    assert way.how in {w.how for w in reached(allow(actions))}
    # What a caller can meet is no obstacle, nor is a deny of a few names.
    for met in (
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"DateLessThan": {"aws:CurrentTime": "2031-01-31"}},
        {"StringEquals": {"aws:RequestTag/team": "red"}},
    ):
        assert way.how in {w.how for w in reached(allow(actions, Condition=met))}
    unless_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    assert way.how in {w.how for w in reached(allow(actions), deny("*", Condition=unless_mfa))}
    names = ["arn:aws:iam::*:*/a*", "arn:aws:iam::*:*/anything"]
    assert way.how in {w.how for w in reached(allow(actions), deny("*", names))}
    for left in actions:
        assert way.how not in {w.how for w in reached(allow(actions), deny(left))}


@pytest.mark.parametrize("way", [w for w in ways() if not w.passed_to], ids=lambda way: " ".join(way.actions))
def test_what_names_its_resources_is_no_way(way: Escalation) -> None:
    forms = [form for action in way.actions for form in taken(action)]
    named = [re.sub(r"\$\{[^}]*\}", "shop-*", form.replace("${Region}", "*")) for form in forms]
    named = [arn.replace("arn:shop-*", "arn:aws").replace(":shop-*:", ":123456789012:", 1) for arn in named]
    statements_ = [allow(list(way.actions), named)]
    statements_ += [allow(action) for action in way.actions if not taken(action)]
    if forms:
        assert way.how not in {w.how for w in reached(*statements_)}
        besides = {"Effect": "Deny", "Action": list(way.actions), "NotResource": [*named, "*:*:*/none"]}
        if all(map(taken, way.actions)):
            assert way.how not in {w.how for w in reached(allow(list(way.actions)), besides)}


def taken(action: str) -> tuple[str, ...]:
    service, name = action.split(":")
    return actions_of(service)[name.lower()].resources


PASSING = [w for w in ways() if w.passed_to]


@pytest.mark.parametrize("way", PASSING, ids=lambda way: " ".join(way.actions))
def test_a_role_is_handed_to_the_service_that_runs_it(way: Escalation) -> None:
    def handed(to: Any, resource: str = "*") -> set[str]:
        limited = allow("iam:PassRole", resource, Condition={"StringEquals": {"iam:PassedToService": to}})
        return {w.how for w in reached(limited, allow(list(way.actions[1:])))}

    assert way.how in handed(list(way.passed_to))
    assert way.how in handed(way.passed_to[-1])
    assert way.how not in handed("monitoring.rds.amazonaws.com")
    assert way.how not in handed(list(way.passed_to), "arn:aws:iam::123456789012:role/app-*")
    # What runs with the role may be named: the role is what gives the power.
    somewhere = [f"arn:aws:{s}:*:123456789012:*app-*" for s in {a.partition(":")[0] for a in way.actions[1:]}]
    assert way.how in {
        w.how for w in reached(allow("iam:PassRole"), allow(list(way.actions[1:]), ["*", *somewhere]))
    }


@pytest.mark.parametrize(
    ("statements_", "everything"),
    [
        ([allow("*")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("iam:*")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("iam:Get*")], False),
        ([allow("*"), deny("s3:DeleteBucket")], True),
        ([allow("*", "arn:aws:s3:::*")], False),
        (
            [
                allow("*", "arn:aws:s3:::*"),
                {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"},
            ],
            True,
        ),
        ([allow(["s3:*", "iam:*"])], False),
    ],
)
def test_everything_by_several_statements(statements_: list[dict[str, Any]], everything: bool) -> None:
    assert allows_everything(held(*statements_), bounded=False) is everything
