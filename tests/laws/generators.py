"""Specs drawn from the kinds' own sections, and how many of them a run draws."""

import json
import os
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from tests.case_files import entries
from tests.end_to_end.metadata import METADATA

REACHED: Counter[str] = Counter()
# The suite's share; `make soak` sets more, and then draws anew on every run.
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "1"))
words = st.text(alphabet="abcxyz", min_size=1, max_size=6)
paths = st.sampled_from(["/", "/team/", "/a/b/"])
tags = st.dictionaries(
    st.sampled_from(["env", "team", "Owner", "cost"]), st.sampled_from(["", "1", "đội", "a b"]), max_size=3
)
arns = st.sampled_from(["arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::*/x"])
grants = st.one_of(
    st.fixed_dictionaries(
        {
            "service": st.just("s3"),
            "read": st.just("GetObject"),
            "resources": st.lists(arns, min_size=1, max_size=2, unique=True),
        },
        optional={
            "condition": st.just({"Bool": {"aws:SecureTransport": "true"}}),
            "write": st.just(["PutObject"]),
        },
    ),
    st.just({"service": "ecr", "list": ["ListImages"], "resources": "any-in-account"}),
    st.just(
        {
            "service": "s3",
            "permissions_management": "PutBucketPolicy",
            "tagging": "PutBucketTagging",
            "resources": "*",
        }
    ),
    st.just({"service": "sqs", "actions": "Send*", "resources": "any-in-account", "sid": "Queues"}),
    st.just(
        {
            "actions": ["ec2:Describe*", "s3:Get*"],
            "resources": "*",
            "when": {"aws:RequestedRegion": "eu-west-1"},
        }
    ),
    st.just(
        {
            "service": "dynamodb",
            "read": ["GetItem", "Query"],
            "resources": ["table/orders", "table/x/index/*"],
            "region": "eu-west-1",
            "when": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"},
            "expires": "2099-01-31",
            "reason": "a trial",
        }
    ),
    st.just({"service": "iam", "write": "PassRole", "resources": ["${role.RoleB}", "role/app/*"]}),
)
documents = st.sampled_from(["s3:GetObject", "sqs:*", "ec2:Describe*"]).map(
    lambda action: {"document": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}
)
denies = st.fixed_dictionaries(
    {
        "deny": st.sampled_from(
            [
                [{"service": "s3", "actions": "*"}],
                [
                    {
                        "not_actions": ["iam:*", "sts:*"],
                        "unless": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
                    }
                ],
                [{"service": "s3", "actions": "*", "not_resources": ["docs", "docs/*"]}],
            ]
        )
    }
)
allows = st.fixed_dictionaries({"allow": st.lists(grants, min_size=1, max_size=2, unique_by=str)})
bodies = st.one_of(allows, documents, denies)
ACKNOWLEDGED = st.just([{"what": "admin", "reason": "none", "until": "2099-01-31"}])
POLICIES, ROLES = ("PolicyA", "PolicyB", "PolicyC"), ("RoleA", "RoleB", "RoleC")
ATTACHABLE = (*POLICIES, "aws:ReadOnlyAccess", "aws:job-function/Billing", "aws:AWSLambdaBasicExecutionRole")


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "description": st.sampled_from(["", "text", "đ"]),
                "path": paths,
                "tags": tags,
                "acknowledge": ACKNOWLEDGED,
            },
        )
    )
    return {**draw(bodies), **extra}


@st.composite
def trusts(draw: st.DrawFn) -> dict[str, Any]:
    statement = st.one_of(
        st.just({"service": ["ec2", "lambda"]}),
        st.just({"account": "this"}),
        st.just(
            {
                "account": "111122223333",
                "condition": {"StringEquals": {"sts:ExternalId": "x"}},
                "sid": "Partner",
            }
        ),
        st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(
            lambda names: {"role": names}
        ),
        st.just({"user": ["UserA", "UserB"]}),
        st.just({"user": "arn:aws:iam::111122223333:user/robot", "mfa": "15m", "expires": "2099-01-31"}),
        st.just({"account": "111122223333", "external_id": ["acme-1", "acme-2"], "session_tags": "true"}),
        st.just({"oidc": "token.actions.githubusercontent.com", "subject": ["repo:acme/app:*"]}),
        st.just(
            {"saml": "Okta", "audience": "https://signin.aws.amazon.com/saml", "when": {"SAML:sub_type": "x"}}
        ),
    )
    if draw(st.booleans()):
        return {"trust": draw(st.lists(statement, min_size=1, max_size=2, unique_by=str))}
    return {
        "trust_document": {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        }
    }


@st.composite
def roles(draw: st.DrawFn) -> dict[str, Any]:
    optional = {
        "description": st.sampled_from(["", "Rôle", "text"]),
        "path": paths,
        "tags": tags,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, bodies, max_size=2),
        "boundary": st.sampled_from(["PolicyA", "aws:PowerUserAccess"]),
        "max_session_duration": st.sampled_from(["1h", "7200", "12h"]),
        "instance_profile": st.sampled_from(["true", {"path": "/p/", "tags": {"x": "y"}}]),
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    }
    return {**draw(trusts()), **draw(st.fixed_dictionaries({}, optional=optional))}


providers = st.fixed_dictionaries(
    {
        "audiences": st.lists(
            st.sampled_from(["sts.amazonaws.com", "a", "b"]), min_size=1, max_size=3, unique=True
        )
    },
    optional={
        "thumbprints": st.lists(
            st.sampled_from(["a" * 40, "B" * 40, "1" * 40]), min_size=1, max_size=2, unique=True
        ),
        "tags": tags,
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)
saml_providers = st.fixed_dictionaries(
    {"metadata_file": st.sampled_from(sorted(METADATA))},
    optional={
        "tags": tags,
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)
rules = st.fixed_dictionaries(
    {"max_password_age": st.sampled_from(["90", "1095"])},
    optional={
        "minimum_password_length": st.sampled_from(["8", "128"]),
        "password_reuse_prevention": st.just("24"),
        **{
            key: st.sampled_from(["true", "false"])
            for key in (
                "require_symbols",
                "require_numbers",
                "require_uppercase_characters",
                "require_lowercase_characters",
                "allow_users_to_change_password",
                "hard_expiry",
            )
        },
    },
)
account_settings = st.fixed_dictionaries(
    {"alias": st.sampled_from(["acme-one", "acme-two"])},
    optional={
        "password_policy": rules,
        "ignore": st.just([{"facet": "alias", "match": "nobody-*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)
groups = st.fixed_dictionaries(
    {},
    optional={
        "path": paths,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, bodies, max_size=2),
        "members": st.lists(st.sampled_from(["mara", "theo", "UserA"]), max_size=3, unique=True),
        "ignore": st.just([{"facet": "attached", "match": "nobody*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)
users = st.fixed_dictionaries(
    {},
    optional={
        "path": paths,
        "tags": tags,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, allows, max_size=2),
        "boundary": st.sampled_from(["PolicyA", "aws:PowerUserAccess"]),
        "groups": st.lists(st.sampled_from(["GroupA", "GroupB", "Outside"]), max_size=3, unique=True),
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)


def agreeing(spec: dict[str, Any]) -> None:
    """Both ends of a membership say the same, where both say something."""
    for name, group in spec["groups"].items():
        for user, user_settings in spec["users"].items():
            if "members" in group and "groups" in user_settings:
                others = [member for member in group["members"] if member != user]
                group["members"] = [*others, *([user] if name in user_settings["groups"] else [])]


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "version": "1",
        "name": "law/spec",
        **{section: {n: draw(strategy) for n in names} for section, (names, strategy) in NAMED.items()},
        **draw(st.fixed_dictionaries({}, optional={"tags": tags})),
    }
    agreeing(spec)
    for section in NAMED:
        REACHED.update(f"{section}.{key}" for resource in spec[section].values() for key in resource)
    if draw(st.booleans()):
        spec |= {"account": "123456789012", "account_settings": draw(account_settings)}
        REACHED.update(f"account_settings.{key}" for key in spec["account_settings"])
    return spec


# What is drawn of each section, and under which names.
NAMED: dict[str, tuple[tuple[str, ...], st.SearchStrategy[dict[str, Any]]]] = {
    "policies": (POLICIES, policies()),
    "roles": (ROLES, roles()),
    "groups": (("GroupA", "GroupB"), groups),
    "users": (("UserA", "UserB"), users),
    "oidc_providers": (("gitlab.com", "oidc.example/id/A"), providers),
    "saml_providers": (("Okta", "Entra"), saml_providers),
}
# Of kinds that have no strategy of their own, the entries of their cases.
NAMED |= {
    kind.SECTION: (("first", "second"), st.sampled_from(entries(kind.SECTION)))
    for kind in KINDS
    if kind.SECTION not in NAMED and not kind.ONE_IN_ACCOUNT
}


def text(spec: dict[str, Any]) -> str:
    return json.dumps(spec, ensure_ascii=False)


relaxed = settings(
    max_examples=EXAMPLES,
    derandomize="LAW_EXAMPLES" not in os.environ,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
