"""A verdict lists what is new, under the conditions under which it is new.

A group of actions that can't be decided leaves the others decided.
"""

import pytest

from reconciler.policy.catalogue.actions import action
from reconciler.policy.compare.concerned_statements import gained_and_lost
from reconciler.policy.compare.delta import Delta, delta
from reconciler.policy.compare.identity import IdentityPolicies, written
from reconciler.policy.compare.witness import better_delta
from reconciler.policy.meaning.evaluate import evaluate
from tests.policy.compare.statements import Raw, listed, of, says

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
TEAM = {"StringEquals": {"aws:PrincipalTag/t": ["a"]}}
TEAMS = {"StringEquals": {"aws:PrincipalTag/t": ["a", "b"]}}
EVERYTHING = says("s3:*", "*")


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        (
            [says("s3:GetObject", "arn:aws:s3:::a/*")],
            [says("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"])],
            [says(["s3:GetObject"], ["arn:aws:s3:::b/*"])],
        ),
        (
            [EVERYTHING, says("s3:DeleteObject", "arn:aws:s3:::a/*", MFA, "Deny")],
            [EVERYTHING],
            [
                says(
                    ["s3:DeleteObject"],
                    ["arn:aws:s3:::a/*"],
                    {"Bool": {"aws:MultiFactorAuthPresent": ["false"]}},
                )
            ],
        ),
        (
            [says("s3:GetObject", "arn:aws:s3:::a/*", TEAM)],
            [says("s3:GetObject", "arn:aws:s3:::a/*", TEAMS)],
            [says(["s3:GetObject"], "arn:aws:s3:::a/*", {"StringEquals": {"aws:PrincipalTag/t": ["b"]}})],
        ),
        (
            [{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": ["sts:*"], "Resource": "*"}],
            [says(["iam:*"], "*")],
        ),
        # DescribeTags is allowed before.
        (
            [says(["ec2:Describe*"], "*")],
            [says(["ec2:Describe*", "ec2:*Tags"], "*")],
            [says(["ec2:CreateTags", "ec2:DeleteTags"], "*")],
        ),
        (
            [says("sqs:SendMessage", "arn:aws:sqs:*:*:${aws:username}")],
            [says(["sqs:SendMessage", "sqs:PurgeQueue"], "arn:aws:sqs:*:*:${aws:username}")],
            [says(["sqs:PurgeQueue"], "arn:aws:sqs:*:*:${aws:username}")],
        ),
        # Of any service not all actions are known, so the pattern stands.
        (
            [says(["*:Get*"], "arn:aws:sqs:*:*:y")],
            [says(["*:Get*", "*:*Object"], "arn:aws:sqs:*:*:y")],
            [says(["*:*Object"], "arn:aws:sqs:*:*:y")],
        ),
        # A deny is gone too, so the value that was there gains as well.
        (
            [says("s3:GetObject", "arn:aws:s3:::a/*", TEAM), says("s3:*", "*", MFA, "Deny")],
            [says("s3:GetObject", "arn:aws:s3:::a/*", TEAMS)],
            [
                says(
                    ["s3:GetObject"],
                    ["arn:aws:s3:::a/*"],
                    {
                        "StringEquals": {"aws:PrincipalTag/t": ["a", "b"]},
                        "Bool": {"aws:MultiFactorAuthPresent": ["false"]},
                    },
                ),
                says(["s3:GetObject"], "arn:aws:s3:::a/*", {"StringEquals": {"aws:PrincipalTag/t": ["b"]}}),
            ],
        ),
    ],
)
def test_what_is_listed(old: list[Raw], new: list[Raw], gained: list[Raw]) -> None:
    answer = delta(of(*old), of(*new)).gained
    assert listed(answer, new) == gained
    assert delta(of(*new), of(*old)).lost.answer == "yes"


def test_a_wider_boundary_gives_what_it_allows() -> None:
    identity = (("P", of(says("*", "*"))),)
    narrow, wide = says("s3:Get*", "*"), says("sqs:SendMessage", "arn:aws:sqs:*:*:q", MFA)
    before, after = (
        IdentityPolicies(identity, ("limit", of(*statements))) for statements in ([narrow], [narrow, wide])
    )
    gained, lost = gained_and_lost(before, after)
    assert listed(gained, written(after)) == [
        says(["sqs:SendMessage"], ["arn:aws:sqs:*:*:q"], {"Bool": {"aws:MultiFactorAuthPresent": ["false"]}})
    ]
    assert lost.answer == "no"


def test_within_a_boundary_the_values_that_are_new() -> None:
    on = "arn:aws:s3:::a/*"
    new = {"StringEquals": {"aws:PrincipalTag/t": ["b"]}}
    limit, everything = ("limit", of(says("s3:*", "*"))), (("P", of(EVERYTHING)),)
    for before, after in (
        (
            IdentityPolicies((("P", of(says("s3:GetObject", on, TEAM))),), limit),
            IdentityPolicies((("P", of(says("s3:GetObject", on, TEAMS))),), limit),
        ),
        (
            IdentityPolicies(everything, ("limit", of(says("s3:GetObject", on, TEAM)))),
            IdentityPolicies(everything, ("limit", of(says("s3:GetObject", on, TEAMS)))),
        ),
    ):
        (shown,) = listed(gained_and_lost(before, after)[0], written(after))
        assert (shown["Condition"], shown["Resource"]) == (new, [on])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            [],
            [
                says(
                    "s3:ListBucket",
                    "*",
                    {
                        "StringLike": {
                            "s3:prefix": "${aws:username}/*",
                            "aws:username": "${aws:PrincipalTag/team}-*",
                        }
                    },
                )
            ],
        ),
        (
            [],
            [
                says(
                    "s3:GetObject",
                    ["arn:aws:sqs:${aws:RequestedRegion}:*:y", "arn:aws:sqs:*:*:y"],
                    {"StringLike": {"aws:RequestedRegion": ["${aws:username}"]}},
                )
            ],
        ),
        # Empty, as tags may be.
        (
            [],
            [
                says(
                    "s3:*",
                    "*",
                    {
                        "StringEquals": {"s3:prefix": ["${aws:PrincipalTag/t}"]},
                        "StringEqualsIfExists": {"s3:prefix": ""},
                    },
                )
            ],
        ),
        *[
            (
                [says("sqs:*", "arn:aws:sqs:${aws:RequestedRegion}:*:y", c)],
                [says("sqs:*", "arn:aws:sqs:*:*:y", c)],
            )
            for c in [{"StringEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/home}"}}]
        ],
    ],
)
def test_a_variable_that_is_tested_against_another_one(old: list[Raw], new: list[Raw]) -> None:
    answer = delta(of(*old), of(*new)).gained
    assert answer.answer == "yes"
    assert answer.witness is not None
    assert evaluate([of(*new)], answer.witness).answer == "allowed"
    assert evaluate([of(*old)], answer.witness).answer != "allowed"


def test_a_boundary_of_one_service_around_patterns_of_any() -> None:
    on = "arn:aws:s3:::a/*"
    statement = says(["*:*Object", "s*:Get*", "s3:???Object"], on)
    before = IdentityPolicies((), ("limit", of(says("s3:*", ["arn:aws:s3:::b/*", on]))))
    after = IdentityPolicies((("P", of(statement)),), ("limit", of(says("s3:*", on))))
    shown = listed(gained_and_lost(before, after)[0], written(after))
    assert {name for each in shown for name in each["Action"]} == {"s3:*Object", "s3:Get*"}


def test_a_variable_meets_an_escaped_star() -> None:
    limit = ("limit", of(says("s3:*", "arn:aws:s3:::a/${*}/x")))
    after = IdentityPolicies((("P", of(says("s3:*", "arn:aws:s3:::a/${aws:username}/*"))),), limit)
    assert gained_and_lost(IdentityPolicies((), limit), after)[0].answer == "yes"


def test_of_a_trust_the_principals_that_are_new() -> None:
    def trust(*accounts: str) -> Raw:
        return {"Effect": "Allow", "Principal": {"AWS": list(accounts)}, "Action": "sts:AssumeRole"}

    old, new = trust("111122223333"), trust("111122223333", "444455556666")
    (shown,) = listed(delta(of(old), of(new)).gained, [new])
    assert shown["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}


HARD = says(["s3:PutObject"], "BUCKET_ARN")


def test_what_is_decided_is_said_beside_what_is_not() -> None:
    answer: Delta = delta(of(), of(HARD, says("sqs:SendMessage", "arn:aws:sqs:*:*:q")))
    assert (answer.gained.answer, answer.gained.is_complete, answer.lost.answer) == ("yes", False, "no")
    assert listed(answer.gained, [HARD, says("sqs:SendMessage", "x")]) == [says(["sqs:SendMessage"], "x")]
    ((actions, why),) = [(entry.actions, entry.why) for entry in answer.gained.undecided]
    assert actions == ("s3:putobject",)
    assert "BUCKET_ARN" in why
    assert "Statement[0] of the new document" in why


def test_a_removal_is_no_gain_because_something_else_is_unknown() -> None:
    answer = delta(of(says("sqs:SendMessage", "*"), HARD), of(HARD))
    assert (answer.gained.answer, answer.lost.answer, answer.lost.is_complete) == ("no", "yes", True)


@pytest.mark.parametrize(
    "resource", ["BUCKET_ARN", "${BucketArn}/*", "<your-bucket>", "{{ bucket }}/*", "my-bucket/*"]
)
def test_resources_that_are_no_arn(resource: str) -> None:
    policy = of(says("s3:GetObject", [resource, "arn:aws:s3:::a/*"]))
    more = of(says(["s3:GetObject", "s3:PutObject"], resource), says("s3:GetObject", "arn:aws:s3:::a/*"))
    assert delta(policy, policy).equivalent is True
    assert delta(policy, more).equivalent is None
    assert delta(policy, of(says("s3:GetObject", "arn:aws:s3:::a/*"))).lost.answer == "unknown"


@pytest.mark.parametrize(
    "key",
    [
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "dynamodb:LeadingKeys",
        "cognito-identity.amazonaws.com:amr",
        "aws:TagKeys",
        "kms:EncryptionContextKeys",
        "nobody:Knows",
    ],
)
@pytest.mark.parametrize("over", ["ForAnyValue:", "ForAllValues:"])
def test_a_plain_operator_on_several_values(key: str, over: str) -> None:
    guard = {"Null": {key: "false"}} if over == "ForAllValues:" else {}
    plain = of(says("dynamodb:GetItem", "*", {"StringEquals": {key: "x"}, **guard}))
    several = of(says("dynamodb:GetItem", "*", {f"{over}StringEquals": {key: "x"}, **guard}))
    assert delta(plain, several).equivalent is not True
    assert delta(plain, plain).equivalent is True
    again = of(says("dynamodb:GetItem", "*", {"StringEquals": {key.upper(): ["x"]}, **guard}))
    assert delta(plain, again).equivalent is True


@pytest.mark.parametrize(
    "key",
    ["aws:PrincipalTag/team", "aws:RequestedRegion", "saml:sub", "token.actions.githubusercontent.com:sub"],
)
def test_a_key_with_one_value(key: str) -> None:
    plain, several = (
        of(says("s3:GetObject", "*", {f"{over}StringEquals": {key: "x"}})) for over in ("", "ForAnyValue:")
    )
    assert delta(plain, several).equivalent is True


@pytest.mark.parametrize("pattern", ["*", "s3:*", "ec2:*", "xray:*", "sqs:Get*", "*:Get*", "e*:*"])
def test_a_witness_is_a_real_request(pattern: str) -> None:
    old, new = of(), of(says(pattern, ["arn:aws:sqs:*:*:q", "*"]))
    witness = better_delta(delta(old, new), old, new).gained.witness
    assert witness is not None
    known = action(witness.action)
    assert known is not None
    assert witness.action == known.full
    if not known.resources:
        assert witness.resource == "*"
    else:
        assert (
            str(witness.resource).startswith(f"arn:aws:{known.resources[0].split(':')[2]}:")
            or len(known.resources) > 1
        )
