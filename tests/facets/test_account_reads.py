"""What account-wide answers tell, and what they leave out: that is never taken for empty."""

from typing import Any

import pytest

from reconciler.core.call import Answers, Call, Params
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads.account import NOT_TOLD, AccountWide
from reconciler.kinds.instance_profile.bulk import BULK_ANSWERS as INSTANCE_PROFILE_CUTS
from reconciler.kinds.managed_policy.bulk import BULK_ANSWERS as MANAGED_POLICY_CUTS
from reconciler.kinds.role.bulk import BULK_ANSWERS as ROLE_CUTS
from reconciler.kinds.user.bulk import BULK_ANSWERS as USER_CUTS

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:policy/P"
SPECS = (("a/b", 3),)
TAGGED = account_reads.tagged(SPECS)[0]
CUTS = {**ROLE_CUTS, **MANAGED_POLICY_CUTS, **INSTANCE_PROFILE_CUTS}

LISTED = {
    "RoleName": "R",
    "RoleId": "AROA1",
    "Path": "/",
    "Description": "text",
    "MaxSessionDuration": 7200,
    "AssumeRolePolicyDocument": {"old": 1},
}
DETAIL = {
    "RoleName": "R",
    "RoleId": "AROA1",
    "Path": "/",
    "Tags": [{"Key": "k", "Value": "v"}],
    "AssumeRolePolicyDocument": {},
    "AttachedManagedPolicies": [{"PolicyArn": ARN}],
    "RolePolicyList": [{"PolicyName": "i", "PolicyDocument": {"a": 1}}],
}
BOUNDED = {**DETAIL, "RoleName": "B", "PermissionsBoundary": {"PermissionsBoundaryArn": ARN}}
POLICY = {
    "Arn": ARN,
    "PolicyName": "P",
    "DefaultVersionId": "v2",
    "PolicyVersionList": [{"VersionId": "v2", "Document": {"a": 1}}],
}
APPLIED = [{"Key": "reconciler:applied", "Value": "1 description=00000000"}]


def account(answers: dict[Call, Params]) -> AccountWide:
    return AccountWide(ACCOUNT, SPECS, Answers(answers))


def lists(details: list[Any], listed: list[Any], bounded: list[Any] | None = None) -> dict[Call, Params]:
    answers: dict[Call, Params] = {
        account_reads.ROLE_DETAILS: {"RoleDetailList": details},
        account_reads.ROLES: {"Roles": listed},
    }
    return answers if bounded is None else {**answers, account_reads.BOUNDARIES: {"Policies": bounded}}


def policies(tags: list[Any] | None, **more: Any) -> dict[Call, Params]:
    answers: dict[Call, Params] = {account_reads.POLICY_DETAILS: {"Policies": [{**POLICY, **more}]}}
    shown = [] if tags is None else [{"ResourceARN": ARN, "Tags": tags}]
    return {**answers, TAGGED: {"ResourceTagMappingList": shown}}


def cut(operation: str, answers: dict[Call, Params], **params: str) -> Any:
    return CUTS[operation](params, account(answers))


def test_a_role_is_put_together_from_both_lists() -> None:
    role = cut("GetRole", lists([DETAIL], [LISTED], []), RoleName="R")["Role"]
    assert (role["Description"], role["MaxSessionDuration"], role["Tags"]) == ("text", 7200, DETAIL["Tags"])
    assert role["AssumeRolePolicyDocument"] == {}


@pytest.mark.parametrize(
    ("answers", "is_known"),
    [
        (lists([], [], []), True),
        (lists([DETAIL], [], []), False),
        (lists([], [LISTED], []), False),
        (lists([DETAIL], [{**LISTED, "RoleId": "AROA2"}], []), False),
        ({}, False),
        ({account_reads.ROLES: {"Roles": []}}, False),
    ],
    ids=["neither", "one", "the other", "made anew between them", "nothing read", "half read"],
)
def test_a_role_is_absent_only_where_both_lists_lack_it(answers: dict[Call, Params], is_known: bool) -> None:
    for operation in ("GetRole", "ListAttachedRolePolicies", "ListRolePolicies"):
        assert cut(operation, answers, RoleName="R") is (None if is_known else NOT_TOLD)


@pytest.mark.parametrize(
    ("answers", "is_known"),
    [
        (lists([DETAIL], [LISTED], []), True),
        (lists([DETAIL, BOUNDED], [LISTED]), True),
        (lists([DETAIL], [LISTED], [{"Arn": ARN}]), False),
        (lists([DETAIL], [LISTED]), False),
    ],
    ids=["no policy is a boundary", "boundaries are shown", "some policy is, none is shown", "not read"],
)
def test_that_a_role_has_no_boundary_is_believed_where_something_proves_it(
    answers: dict[Call, Params], is_known: bool
) -> None:
    assert (cut("GetRole", answers, RoleName="R") is not NOT_TOLD) is is_known


def test_what_a_role_holds() -> None:
    answers = lists([DETAIL], [LISTED], [])
    assert cut("ListAttachedRolePolicies", answers, RoleName="R") == {
        "AttachedPolicies": [{"PolicyArn": ARN}]
    }
    assert cut("ListRolePolicies", answers, RoleName="R") == {"PolicyNames": ["i"]}
    assert cut("GetRolePolicy", answers, RoleName="R", PolicyName="i")["PolicyDocument"] == {"a": 1}
    assert cut("GetRolePolicy", answers, RoleName="R", PolicyName="other") is NOT_TOLD


@pytest.mark.parametrize(
    ("answers", "is_known"),
    [
        (policies(APPLIED), True),
        (policies([], Description="shown after all"), True),
        (policies([]), False),
        (policies(None), False),
        ({account_reads.POLICY_DETAILS: {"Policies": [POLICY]}}, False),
        ({TAGGED: {"ResourceTagMappingList": [{"ResourceARN": ARN, "Tags": APPLIED}]}}, False),
        (
            {
                account_reads.POLICY_DETAILS: {"Policies": []},
                TAGGED: {"ResourceTagMappingList": [{"ResourceARN": ARN, "Tags": []}]},
            },
            False,
        ),
    ],
    ids=[
        "description by its digest",
        "description shown",
        "no description told",
        "tags not known",
        "tags not read",
        "details not read",
        "only tags know it",
    ],
)
def test_a_policy_is_told_with_its_tags_and_what_its_description_is(
    answers: dict[Call, Params], is_known: bool
) -> None:
    assert (cut("GetPolicy", answers, PolicyArn=ARN) is not NOT_TOLD) is is_known


def test_policies_that_are_not_there_and_those_of_others() -> None:
    answers = policies(APPLIED)
    assert cut("GetPolicy", answers, PolicyArn=ARN + "2") is None
    for other in ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::999999999999:policy/P"):
        assert cut("GetPolicy", answers, PolicyArn=other) is NOT_TOLD
        assert cut("GetPolicyVersion", answers, PolicyArn=other, VersionId="v2") is NOT_TOLD


def test_versions_and_the_sweep_come_from_the_same_answer() -> None:
    answers = policies(APPLIED)
    assert cut("GetPolicyVersion", answers, PolicyArn=ARN, VersionId="v2")["PolicyVersion"]["Document"] == {
        "a": 1
    }
    assert cut("GetPolicyVersion", answers, PolicyArn=ARN, VersionId="v3") is NOT_TOLD
    assert cut("ListPolicyVersions", answers, PolicyArn=ARN)["Versions"] == POLICY["PolicyVersionList"]
    swept = MANAGED_POLICY_CUTS["ListPolicies"]
    listed = swept(account_reads.POLICIES.params, account(answers))
    assert listed["Policies"][0]["Arn"] == ARN  # type: ignore[index]
    assert swept(account_reads.BOUNDARIES.params, account(answers)) is NOT_TOLD


def test_a_profile_is_told_with_its_tags() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:instance-profile/I"
    listed: dict[Call, Params] = {
        account_reads.PROFILES: {"InstanceProfiles": [{"InstanceProfileName": "I", "Arn": arn, "Roles": []}]}
    }
    tagged: dict[Call, Params] = {TAGGED: {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": APPLIED}]}}
    assert (
        cut("GetInstanceProfile", {**listed, **tagged}, InstanceProfileName="I")["InstanceProfile"]["Tags"]
        == APPLIED
    )
    assert cut("GetInstanceProfile", listed, InstanceProfileName="I") is NOT_TOLD
    assert cut("GetInstanceProfile", tagged, InstanceProfileName="I") is NOT_TOLD
    assert cut("GetInstanceProfile", listed, InstanceProfileName="other") is None


@pytest.mark.parametrize(
    ("numbers", "groups"),
    [([], 0), ([3], 1), ([30] * 10, 4), ([1] * 41, 3), ([250], 1), ([60, 60], 2), ([0] * 20, 1)],
)
def test_tags_are_asked_for_about_a_page_at_a_time(numbers: list[int], groups: int) -> None:
    specs = tuple((f"a/{index:03}", number) for index, number in enumerate(numbers))
    calls = account_reads.tagged(specs)
    named = [name for call in calls for name in call.params["TagFilters"][0]["Values"]]
    assert len(calls) == groups
    assert named == [name for name, _ in specs]


USER = {
    "UserName": "u",
    "UserId": "AIDA1",
    "Path": "/p/",
    "Arn": f"arn:aws:iam::{ACCOUNT}:user/p/u",
    "GroupList": ["G"],
    "AttachedManagedPolicies": [{"PolicyArn": ARN}],
    "Tags": [{"Key": "k", "Value": "v"}],
}
LIMITED = {
    **USER,
    "UserName": "limited",
    "PermissionsBoundary": {"PermissionsBoundaryArn": ARN},
    "UserPolicyList": [{"PolicyName": "i", "PolicyDocument": {"a": 1}}],
}


def of_user(operation: str, users: list[Any], bounded: list[Any] | None, **params: str) -> Any:
    answers: dict[Call, Params] = {account_reads.PRINCIPAL_DETAILS: {"UserDetailList": users}}
    if bounded is not None:
        answers[account_reads.BOUNDARIES] = {"Policies": bounded}
    wide = AccountWide(ACCOUNT, SPECS, Answers(answers), account_reads.PRINCIPAL_DETAILS)
    return USER_CUTS[operation](params, wide)


def test_a_user_is_told_whole_and_its_absence_never() -> None:
    for name in ("u", "limited"):
        user = of_user("GetUser", [USER, LIMITED], [{"Arn": ARN}], UserName=name)["User"]
        assert (user["Path"], user["Tags"], "PermissionsBoundary" in user) == (
            "/p/",
            USER["Tags"],
            name == "limited",
        )
    assert of_user("ListGroupsForUser", [USER], [], UserName="u") == {"Groups": [{"GroupName": "G"}]}
    assert of_user("ListAttachedUserPolicies", [USER], [], UserName="u") == {
        "AttachedPolicies": [{"PolicyArn": ARN}]
    }
    assert of_user("ListUserPolicies", [USER], [], UserName="u") == {"PolicyNames": []}
    assert of_user("GetUserPolicy", [LIMITED], [], UserName="limited", PolicyName="i")["PolicyDocument"] == {
        "a": 1
    }
    assert of_user("GetUserPolicy", [LIMITED], [], UserName="limited", PolicyName="other") is NOT_TOLD
    for operation in USER_CUTS:
        assert of_user(operation, [USER], [], UserName="v", PolicyName="i") is NOT_TOLD
        assert (
            USER_CUTS[operation]({"UserName": "u", "PolicyName": "i"}, account(lists([], [], []))) is NOT_TOLD
        )


def test_that_a_user_has_no_boundary_is_believed_where_something_proves_it() -> None:
    assert of_user("GetUser", [USER], [], UserName="u") is not NOT_TOLD
    assert of_user("GetUser", [USER], [{"Arn": ARN}], UserName="u") is NOT_TOLD
    assert of_user("GetUser", [USER], None, UserName="u") is NOT_TOLD
