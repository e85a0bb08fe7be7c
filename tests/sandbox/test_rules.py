"""Each rule of the sandbox: what IAM does, and that moto alone does something else."""

import json
import urllib.error
import urllib.request
from typing import Any

import botocore.exceptions
import pytest

from reconciler.sandbox.rule import STATUS
from reconciler.sandbox.rules import RULES
from tests.conftest import Server, parsed
from tests.sandbox.refused_calls import REFUSED
from tests.sandbox.rule_steps import LINKED, SERVICE_LINKED, tagged
from tests.sandbox.shown_answers import SHOWN, trust_principals, trusting
from tests.sandbox.steps import (
    GROUP,
    POLICY,
    ROLE,
    TRUST,
    USER,
    P,
    R,
    Step,
    answered,
    arn,
    document,
    run,
    trust_of,
)

# moto says the same, but through code that the sandbox has to go around.
AGREED = {"quotas.versions", "entities.attachments"}
ELSEWHERE = {
    "quotas.per_account": "test_quotas_per_account",
    "entities.attachments": "moto's words are IAM's",
    "entities.new_profiles": "test_lags.py: only on request",
    "updates.keys": "test_authorisation.py: only with --authorize",
    "answers.ids_as_arns": "test_lags.py: only on request",
}


@pytest.mark.parametrize(
    ("rule", "steps", "code", "message"),
    REFUSED,
    ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(REFUSED)],
)
def test_iam_refuses(
    rule: str, steps: list[Step], code: str, message: str, sandbox: Server, request: pytest.FixtureRequest
) -> None:
    assert answered(sandbox, steps) == (STATUS[code], code, message)
    if rule not in AGREED:
        assert answered(request.getfixturevalue("plain"), steps) != (STATUS[code], code, message)


STRICT_ONLY = {
    "listing.by_name": "test_roles_are_listed_by_name",
    "listing.summary": "test_quotas_per_account",
    "listing.groups_of_user": "test_a_user_seen_late_is_in_its_groups",
}


@pytest.mark.parametrize(
    ("rule", "steps", "observe", "expected"), SHOWN, ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(SHOWN)]
)
def test_iam_shows(
    rule: str, steps: list[Step], observe: Any, expected: Any, sandbox: Server, request: pytest.FixtureRequest
) -> None:
    run(sandbox, steps)
    assert observe(sandbox.iam()) == expected
    plain: Server = request.getfixturevalue("plain")
    try:
        run(plain, steps)
        observed = observe(plain.iam())
    except (botocore.exceptions.ClientError, botocore.parsers.ResponseParserError, KeyError, AttributeError):
        return
    assert observed != expected


def test_every_rule_says_what_iam_does_and_where_that_is_known_from_and_has_a_test() -> None:
    assert all(rule.source and rule.says and rule.operations for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    tested = {rule for rule, *_ in REFUSED} | {rule for rule, *_ in SHOWN} | set(ELSEWHERE) | set(STRICT_ONLY)
    assert {rule.name for rule in RULES} == tested
    refused = {(rule, code) for rule, _, code, _ in REFUSED}
    assert {
        (rule.name, code) for rule in RULES for code in rule.codes if rule.name not in ELSEWHERE
    } == refused


def test_quotas_per_account(sandbox: Server) -> None:
    sandbox.control("quota", RolesPerAccount=1, PoliciesPerRole=20)
    steps: list[Step] = [ROLE, ("create_role", {**R, "RoleName": "S"})]
    assert answered(sandbox, steps) == (409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1")
    summary = sandbox.iam().get_account_summary()["SummaryMap"]
    assert (
        summary["RolesQuota"],
        summary["AttachedPoliciesPerRoleQuota"],
        summary["RolePolicySizeQuota"],
    ) == (1, 20, 10240)


def test_roles_are_listed_by_name(sandbox: Server) -> None:
    run(sandbox, [("create_role", {**R, "RoleName": name}) for name in ("C", "A", "D", "B")])
    assert [role["RoleName"] for role in sandbox.iam().list_roles()["Roles"]] == ["A", "B", "C", "D"]


def test_a_user_seen_late_is_in_its_groups(sandbox: Server) -> None:
    run(sandbox, [USER, GROUP, ("add_user_to_group", {"UserName": "U", "GroupName": "G"})])
    sandbox.control("faults", **{"stale-reads": 9})
    run(sandbox, [("update_user", {"UserName": "U", "NewPath": "/a/"})])
    iam = sandbox.iam()
    assert iam.get_user(UserName="U")["User"]["Path"] == "/"
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="U")["Groups"]] == ["G"]


def test_service_linked_roles_can_be_described_and_tagged(sandbox: Server) -> None:
    run(
        sandbox,
        [
            SERVICE_LINKED,
            ("update_role", {**LINKED, "Description": "mine"}),
            ("tag_role", {**LINKED, "Tags": tagged("a")}),
        ],
    )
    role = sandbox.iam().get_role(**LINKED)["Role"]
    assert (role["Description"], role["Tags"]) == ("mine", tagged("a"))


def test_a_recreated_principal_is_another_until_the_trust_is_saved_again(sandbox: Server) -> None:
    trust = trust_of({"AWS": [arn("role", "R")]})
    run(sandbox, [ROLE, trusting(arn("role", "R"))])
    assert trust_principals(sandbox.iam()) == [arn("role", "R")]
    run(sandbox, [("delete_role", {"RoleName": "R"}), ROLE])
    assert trust_principals(sandbox.iam())[0].startswith("AROA")
    run(sandbox, [("update_assume_role_policy", {"RoleName": "S", "PolicyDocument": trust})])
    assert trust_principals(sandbox.iam()) == [arn("role", "R")]


def test_principals_are_told_apart_by_case_and_partition(sandbox: Server) -> None:
    run(sandbox, [ROLE])
    for principal in (
        arn("role", "r"),
        arn("role", "*"),
        arn("group", "G"),
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/*",
        "alice",
    ):
        assert (
            answered(sandbox, [trusting(principal)])[2] == f'Invalid principal in policy: "AWS":"{principal}"'
        )


def test_escapes_in_documents_survive(sandbox: Server) -> None:
    run(
        sandbox,
        [
            ("create_policy", {**POLICY[1], "PolicyDocument": document(Resource="arn:aws:s3:::a%3Ab+c/*")}),
            ROLE,
            (
                "put_role_policy",
                {
                    "RoleName": "R",
                    "PolicyName": "I",
                    "PolicyDocument": document(Resource="arn:aws:s3:::a%3Ab+c/*"),
                },
            ),
        ],
    )
    iam = sandbox.iam()
    details = iam.get_account_authorization_details(Filter=["LocalManagedPolicy", "Role"])
    for policy in (
        iam.get_policy_version(PolicyArn=P, VersionId="v1")["PolicyVersion"]["Document"],
        iam.get_role_policy(RoleName="R", PolicyName="I")["PolicyDocument"],
        details["Policies"][0]["PolicyVersionList"][0]["Document"],
        details["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"],
    ):
        assert parsed(policy)["Statement"][0]["Resource"] == "arn:aws:s3:::a%3Ab+c/*"
    assert iam.list_roles()["Roles"][0]["AssumeRolePolicyDocument"] == json.loads(TRUST)


NULL = "Value null at '{}' failed to satisfy constraint: Member must not be null"


@pytest.mark.parametrize(
    ("form", "status", "code", "says"),
    [
        (
            "Action=CreateRole",
            400,
            "ValidationError",
            (
                f"2 validation errors detected: {NULL.format('roleName')};"
                f" {NULL.format('assumeRolePolicyDocument')}"
            ),
        ),
        (
            "Action=AttachRolePolicy&RoleName=R",
            400,
            "ValidationError",
            f"1 validation error detected: {NULL.format('policyArn')}",
        ),
        (
            "Action=TagRole&RoleName=R&Tags.member.1.Value=x",
            400,
            "ValidationError",
            f"1 validation error detected: {NULL.format('tags.1.member.key')}",
        ),
        ("Action=ListRoles&MaxItems=x", 400, "MalformedInput", "ValueError"),
        (
            "Action=ListRoles&MaxItems=1001",
            400,
            "ValidationError",
            "1 validation error detected: Value &apos;1001&apos; at &apos;maxItems&apos;",
        ),
        ("Action=NoSuch", 400, "InvalidAction", "Could not find operation NoSuch"),
        ("Action=", 400, "InvalidAction", "Could not find operation"),
        ("nonsense", 400, "InvalidAction", "Could not find operation"),
        (
            "Action=DeleteRole&RoleName=%00",
            400,
            "ValidationError",
            "The specified value for roleName is invalid.",
        ),
    ],
)
def test_what_no_sdk_sends_is_refused_like_the_rest(
    form: str, status: int, code: str, says: str, sandbox: Server
) -> None:
    headers = {
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIATESTTESTTESTTEST/20261124/us-east-1/iam/aws4_request,"
            " SignedHeaders=host, Signature=0"
        )
    }
    request = urllib.request.Request(f"{sandbox.url}/", form.encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    answer = refused.value.read().decode()
    assert (refused.value.code, f"<Code>{code}</Code>" in answer) == (status, True)
    assert says.replace("&apos;", "'") in answer
