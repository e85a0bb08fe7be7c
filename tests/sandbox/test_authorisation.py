"""AccessDenied as IAM answers it, by the caller's own policies."""

import boto3
import pytest

from tests.conftest import AccessKeys, Server
from tests.sandbox.callers import FINE, SignedAs, as_role, as_user, denied, policy, statement
from tests.sandbox.steps import POLICY, PROFILE, ROLE, P, R, answered, arn, run


@pytest.fixture
def guarded(sandbox: Server) -> Server:
    sandbox.control("authorize", on=True)
    return sandbox


def test_the_account_may_do_everything(guarded: Server) -> None:
    assert answered(guarded, [ROLE, POLICY]) == FINE


def test_nothing_is_allowed_that_no_policy_allows(guarded: Server) -> None:
    caller = as_user(guarded)
    run(guarded, [ROLE, POLICY, PROFILE])
    for step, action, resource in (
        (("get_role", {"RoleName": "R"}), "iam:GetRole", "role R"),
        (("get_policy", {"PolicyArn": P}), "iam:GetPolicy", f"policy {P}"),
        (
            ("get_instance_profile", {"InstanceProfileName": "I"}),
            "iam:GetInstanceProfile",
            "instance profile I",
        ),
        (
            ("create_role", {**R, "RoleName": "S", "Path": "/a/"}),
            "iam:CreateRole",
            arn("role", "a/S"),
        ),
        (("list_roles", {}), "iam:ListRoles", "*"),
    ):
        assert answered(caller, [step]) == denied(caller, action, resource)


def test_an_explicit_deny_and_a_boundary_have_words_of_their_own(guarded: Server) -> None:
    run(
        guarded,
        [
            (
                "create_policy",
                {"PolicyName": "Limit", "PolicyDocument": policy(statement("Allow", "iam:Get*"))},
            )
        ],
    )
    caller = as_role(
        guarded,
        statement("Allow", "iam:*"),
        statement("Deny", "iam:GetRole", arn("role", "R")),
        PermissionsBoundary=arn("policy", "Limit"),
    )
    run(guarded, [ROLE, POLICY])
    assert answered(caller, [("get_policy", {"PolicyArn": P})]) == FINE
    assert answered(caller, [("get_role", {"RoleName": "R"})]) == denied(
        caller, "iam:GetRole", "role R", "with an explicit deny in an identity-based policy"
    )
    assert answered(caller, [("list_roles", {})]) == denied(
        caller, "iam:ListRoles", "*", "because no permissions boundary allows the iam:ListRoles action"
    )


def test_tags_on_create_need_the_tag_action(guarded: Server) -> None:
    caller = as_user(
        guarded, statement("Allow", ["iam:CreateRole", "iam:CreatePolicy", "iam:CreateInstanceProfile"])
    )
    tags = [{"Key": "a", "Value": "b"}]
    for operation, params, action, created_arn in (
        ("create_role", R, "iam:TagRole", arn("role", "R")),
        ("create_policy", POLICY[1], "iam:TagPolicy", P),
        ("create_instance_profile", PROFILE[1], "iam:TagInstanceProfile", arn("instance-profile", "I")),
    ):
        assert answered(caller, [(operation, {**params, "Tags": tags})]) == denied(
            caller, action, created_arn
        )
        assert answered(caller, [(operation, params)]) == FINE


def test_a_role_is_passed_to_a_profile(guarded: Server) -> None:
    caller = as_user(
        guarded, statement("Allow", "iam:AddRoleToInstanceProfile", arn("instance-profile", "I"))
    )
    add = [("add_role_to_instance_profile", {"RoleName": "R", "InstanceProfileName": "I"})]
    run(guarded, [ROLE, PROFILE])
    assert answered(caller, add) == denied(caller, "iam:PassRole", arn("role", "R"))
    passing = statement(
        "Allow", "iam:PassRole", arn("role", "R"), StringEquals={"iam:PassedToService": "ec2.amazonaws.com"}
    )
    run(
        guarded,
        [("put_user_policy", {"UserName": "Ci", "PolicyName": "Pass", "PolicyDocument": policy(passing)})],
    )
    assert answered(caller, add) == FINE


def test_conditions_see_the_call(guarded: Server) -> None:
    caller = as_user(
        guarded,
        statement("Allow", "iam:AttachRolePolicy", arn("role", "R"), ArnEquals={"iam:PolicyARN": P}),
        statement("Allow", "iam:CreateRole", StringEquals={"iam:PermissionsBoundary": P}),
        statement("Allow", "iam:GetRole", StringEquals={"aws:ResourceTag/team": "${aws:username}"}),
        statement("Allow", "iam:TagRole", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
    )
    run(
        guarded,
        [
            ("create_role", {**R, "Tags": [{"Key": "team", "Value": "Ci"}]}),
            ("create_role", {**R, "RoleName": "Other"}),
            POLICY,
        ],
    )
    aws = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for step, fine in (
        (("attach_role_policy", {"RoleName": "R", "PolicyArn": P}), True),
        (("attach_role_policy", {"RoleName": "R", "PolicyArn": aws}), False),
        (("create_role", {**R, "RoleName": "S", "PermissionsBoundary": P}), True),
        (("create_role", {**R, "RoleName": "T"}), False),
        (("get_role", {"RoleName": "R"}), True),
        (("get_role", {"RoleName": "Other"}), False),
        (("tag_role", {"RoleName": "R", "Tags": [{"Key": "team", "Value": "x"}]}), True),
        (("tag_role", {"RoleName": "R", "Tags": [{"Key": "env", "Value": "x"}]}), False),
    ):
        assert (answered(caller, [step]) == FINE) == fine, step


def test_groups_count_and_so_do_managed_policies(guarded: Server) -> None:
    caller = as_user(guarded)
    run(
        guarded,
        [
            ROLE,
            ("create_group", {"GroupName": "G"}),
            ("add_user_to_group", {"GroupName": "G", "UserName": "Ci"}),
        ],
    )
    run(
        guarded,
        [
            (
                "attach_group_policy",
                {"GroupName": "G", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"},
            )
        ],
    )
    assert answered(caller, [("get_role", {"RoleName": "R"})]) == FINE
    assert answered(caller, [("delete_role", {"RoleName": "R"})])[1] == "AccessDenied"


def test_the_tagging_api_asks_too(guarded: Server) -> None:
    caller = as_user(guarded)
    tagging = boto3.client(
        "resourcegroupstaggingapi", endpoint_url=guarded.url, region_name="us-east-1", **caller.keys
    )
    with pytest.raises(tagging.exceptions.ClientError) as refused:
        tagging.get_resources()
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    run(
        guarded,
        [
            (
                "put_user_policy",
                {
                    "UserName": "Ci",
                    "PolicyName": "T",
                    "PolicyDocument": policy(statement("Allow", "tag:GetResources")),
                },
            )
        ],
    )
    assert tagging.get_resources()["ResourceTagMappingList"] == []


def test_a_form_that_iam_refuses_is_refused_before_permissions_are_asked(guarded: Server) -> None:
    caller = as_user(guarded)
    assert answered(caller, [("get_role", {"RoleName": "a b"})])[1] == "ValidationError"
    assert answered(caller, [("get_role", {"RoleName": "No"})])[1] == "AccessDenied"


def test_deleted_and_inactive_keys_are_nobodys(guarded: Server) -> None:
    caller = as_user(guarded, statement("Allow", "iam:*"))
    key = caller.iam().list_access_keys()["AccessKeyMetadata"][0]["AccessKeyId"]
    run(guarded, [("update_access_key", {"UserName": "Ci", "AccessKeyId": key, "Status": "Inactive"})])
    invalid = (403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    assert answered(caller, [("list_roles", {})]) == invalid
    run(guarded, [("delete_access_key", {"UserName": "Ci", "AccessKeyId": key})])
    assert answered(caller, [("list_roles", {})]) == invalid


def test_a_session_is_of_its_role_and_within_its_policy(guarded: Server) -> None:
    caller = as_role(guarded, statement("Allow", "iam:*"))
    sts = boto3.client("sts", endpoint_url=guarded.url)
    given = sts.assume_role(
        RoleArn=arn("role", "Deployer"),
        RoleSessionName="ci",
        Policy=policy(statement("Allow", "iam:GetRole")),
    )["Credentials"]
    keys: AccessKeys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
    }
    limited = SignedAs(guarded, keys, caller.caller)
    assert answered(limited, [("get_role", {"RoleName": "Deployer"})]) == FINE
    assert answered(limited, [("list_roles", {})]) == denied(
        caller, "iam:ListRoles", "*", "because no session policy allows the iam:ListRoles action"
    )
    run(
        guarded,
        [
            ("delete_role_policy", {"RoleName": "Deployer", "PolicyName": "Own"}),
            ("delete_role", {"RoleName": "Deployer"}),
            ("create_role", {**R, "RoleName": "Deployer"}),
        ],
    )
    assert answered(caller, [("list_roles", {})])[1] == "InvalidClientTokenId"


def test_get_user_without_a_name_is_of_the_caller(guarded: Server) -> None:
    caller = as_user(guarded, statement("Allow", "iam:GetUser", arn("user", "${aws:username}")))
    assert caller.iam().get_user()["User"]["UserName"] == "Ci"


def test_a_users_boundary_limits_too(guarded: Server) -> None:
    run(
        guarded,
        [
            (
                "create_policy",
                {"PolicyName": "Limit", "PolicyDocument": policy(statement("Allow", "iam:Get*"))},
            )
        ],
    )
    caller = as_user(guarded, statement("Allow", "iam:*"))
    run(
        guarded,
        [
            ROLE,
            (
                "put_user_permissions_boundary",
                {"UserName": "Ci", "PermissionsBoundary": arn("policy", "Limit")},
            ),
        ],
    )
    assert answered(caller, [("get_role", {"RoleName": "R"})]) == FINE
    assert answered(caller, [("list_roles", {})]) == denied(
        caller, "iam:ListRoles", "*", "because no permissions boundary allows the iam:ListRoles action"
    )
