"""Reads lag behind writes where that was asked for, and nothing else does."""

from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import pytest
from mypy_boto3_iam import IAMClient

from tests.conftest import PATIENCE, Server, until
from tests.sandbox.clients import outcome
from tests.sandbox.steps import POLICY, PROFILE, ROLE, P, R, Step, arn, document, run, trust_of


def seen(server: Server, observe: Callable[[Any], Any], times: int) -> list[Any]:
    return [observe(server.iam()) for _ in range(times)]


def status_of(step: Step) -> Callable[[Any], str]:
    return lambda iam: outcome(getattr(iam, step[0]), **step[1])


GET_ROLE = status_of(("get_role", {"RoleName": "R"}))
ATTACH = status_of(("attach_role_policy", {"RoleName": "R", "PolicyArn": P}))


def test_a_create_is_not_seen_at_once_by_reads_and_writes_but_is_there(sandbox: Server) -> None:
    sandbox.control("faults", unseen=3)
    run(sandbox, [ROLE])
    assert outcome(sandbox.iam().create_role, **R) == "EntityAlreadyExists"
    assert seen(sandbox, GET_ROLE, 2) == ["NoSuchEntity"] * 2
    run(sandbox, [POLICY])
    assert seen(sandbox, status_of(("get_policy", {"PolicyArn": P})), 3) == ["NoSuchEntity"] * 3
    assert seen(sandbox, ATTACH, 2) == ["NoSuchEntity", ""]


def test_or_for_some_time(sandbox: Server) -> None:
    sandbox.control("faults", unseen=f"{PATIENCE}s")
    run(sandbox, [ROLE])
    assert GET_ROLE(sandbox.iam()) == "NoSuchEntity"
    sandbox.control("faults", unseen="0.1s")
    run(sandbox, [("create_role", {**R, "RoleName": "S"})])
    until(lambda: status_of(("get_role", {"RoleName": "S"}))(sandbox.iam()) == "")
    assert GET_ROLE(sandbox.iam()) == "NoSuchEntity"


def test_reads_are_stale_after_updates_and_deletes(sandbox: Server) -> None:
    sandbox.control("faults", **{"stale-reads": 2})
    run(sandbox, [ROLE, ("update_role", {"RoleName": "R", "Description": "new"})])
    assert seen(sandbox, lambda iam: iam.get_role(RoleName="R")["Role"].get("Description"), 3) == [
        None,
        None,
        "new",
    ]
    run(sandbox, [POLICY, ("attach_role_policy", {"RoleName": "R", "PolicyArn": P})])
    assert seen(
        sandbox, lambda iam: len(iam.list_attached_role_policies(RoleName="R")["AttachedPolicies"]), 3
    ) == [0, 0, 1]
    run(
        sandbox,
        [("create_policy_version", {"PolicyArn": P, "PolicyDocument": document(), "SetAsDefault": True})],
    )
    assert seen(sandbox, lambda iam: iam.get_policy(PolicyArn=P)["Policy"]["DefaultVersionId"], 3) == [
        "v1",
        "v1",
        "v2",
    ]
    run(
        sandbox,
        [("detach_role_policy", {"RoleName": "R", "PolicyArn": P}), ("delete_role", {"RoleName": "R"})],
    )
    assert seen(sandbox, GET_ROLE, 3) == ["", "", "NoSuchEntity"]


def test_a_lag_ends_where_it_is_turned_off(sandbox: Server) -> None:
    sandbox.control("faults", unseen=9)
    run(sandbox, [ROLE])
    sandbox.control("faults", unseen=0)
    assert GET_ROLE(sandbox.iam()) == ""


def test_lists_are_stale_after_creates_and_deletes(sandbox: Server) -> None:
    sandbox.control("faults", **{"stale-lists": 1})

    def names(iam: IAMClient) -> list[str]:
        return [role["RoleName"] for role in iam.list_roles()["Roles"]]

    run(sandbox, [ROLE])
    assert seen(sandbox, names, 2) == [[], ["R"]]
    run(sandbox, [("delete_role", {"RoleName": "R"})])
    assert seen(sandbox, names, 2) == [["R"], []]


def test_a_new_role_is_no_principal_yet(sandbox: Server) -> None:
    sandbox.control("faults", **{"new-principal": 1})
    run(sandbox, [ROLE])
    trusting = {"RoleName": "S", "AssumeRolePolicyDocument": trust_of({"AWS": arn("role", "R")})}
    assert seen(sandbox, status_of(("create_role", trusting)), 2) == ["MalformedPolicyDocument", ""]


def test_a_new_profile_is_not_usable_yet_though_it_can_be_read(sandbox: Server) -> None:
    sandbox.control("faults", **{"new-profile": 1})
    run(sandbox, [ROLE, PROFILE, ("get_instance_profile", {"InstanceProfileName": "I"})])
    add = {"RoleName": "R", "InstanceProfileName": "I"}
    assert seen(sandbox, status_of(("add_role_to_instance_profile", add)), 2) == ["NoSuchEntity", ""]


def test_a_new_role_shows_its_id_as_its_arn_for_a_while(sandbox: Server) -> None:
    sandbox.control("faults", **{"id-as-arn": 2})
    run(sandbox, [ROLE, PROFILE])
    iam = sandbox.iam()
    shown = [iam.get_role(RoleName="R")["Role"]["Arn"], iam.list_roles()["Roles"][0]["Arn"]]
    assert [text[:4] for text in shown] == ["AROA", "AROA"]
    assert iam.get_role(RoleName="R")["Role"]["Arn"] == arn("role", "R")
    profiles = [iam.get_instance_profile(InstanceProfileName="I")["InstanceProfile"]["Arn"] for _ in range(3)]
    assert [text[:4] for text in profiles] == ["AIPA", "AIPA", "arn:"]


def test_the_tagging_api_finds_policies_and_profiles_and_lags_on_request(sandbox: Server) -> None:
    tagging = boto3.client("resourcegroupstaggingapi", endpoint_url=sandbox.url, region_name="us-east-1")
    tags = [{"Key": "team", "Value": "x"}]

    def tagged_resources(**params: Any) -> list[str]:
        pages = tagging.get_paginator("get_resources").paginate(**params)
        return [m["ResourceARN"].rpartition(":")[2] for page in pages for m in page["ResourceTagMappingList"]]

    run(
        sandbox,
        [
            ("create_role", {**R, "Tags": tags}),
            ("create_policy", {**POLICY[1], "Tags": tags}),
            ("create_instance_profile", {"InstanceProfileName": "I", "Tags": tags}),
            ("create_instance_profile", {"InstanceProfileName": "J"}),
        ],
    )
    sandbox.control("faults", **{"page-size": 1})
    assert tagged_resources() == ["instance-profile/I", "policy/P"]
    assert tagged_resources(ResourceTypeFilters=["iam:policy"]) == ["policy/P"]
    assert tagged_resources(TagFilters=[{"Key": "team", "Values": ["y"]}]) == []
    elsewhere = boto3.client("resourcegroupstaggingapi", endpoint_url=sandbox.url, region_name="eu-west-1")
    assert elsewhere.get_resources()["ResourceTagMappingList"] == []
    sandbox.control("faults", **{"stale-tags": 1})
    run(sandbox, [("untag_policy", {"PolicyArn": P, "TagKeys": ["team"]})])
    assert [tagged_resources(ResourceTypeFilters=["iam:policy"]) for _ in range(2)] == [["policy/P"], []]
    assert sandbox.log()[-1]["service"] == "tagging"
    refused_params: tuple[dict[str, Any], ...] = ({"TagFilters": [{}]}, {"ResourcesPerPage": 101})
    for params in refused_params:
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            tagging.get_resources(**params)
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
