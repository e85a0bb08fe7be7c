"""What people write with boto3 in an afternoon, as a baseline: it reads everything and compares nothing.

A program of its own: `python by_hand.py bulk|targeted|sequential|writes`; the names, or the calls, come as
JSON lines on standard input. The endpoint comes from the environment, as for reconcile.
"""

import json
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal

import boto3
from botocore import xform_name
from botocore.config import Config

THREADS = 32
Item = tuple[str, str, str]


def client(service: Literal["iam", "resourcegroupstaggingapi"]) -> Any:
    config = Config(max_pool_connections=THREADS, retries={"total_max_attempts": 1})
    return boto3.client(service, region_name="us-east-1", config=config)


def pages(of: Any, operation: str, key: str, **params: Any) -> list[Any]:
    """All pages of a list, one after another."""
    return [entry for page in of.get_paginator(operation).paginate(**params) for entry in page[key]]


def details(iam: Any) -> int:
    count = 0
    pages_ = iam.get_paginator("get_account_authorization_details")
    for page in pages_.paginate(Filter=["Role", "LocalManagedPolicy"], MaxItems=1000):
        count += len(page["RoleDetailList"]) + len(page["Policies"])
    return count


def bulk() -> None:
    """The account-wide answers, side by side."""
    iam, tagging = client("iam"), client("resourcegroupstaggingapi")
    with ThreadPoolExecutor(4) as pool:
        waits: list[Future[int] | Future[list[Any]]] = [
            pool.submit(details, iam),
            pool.submit(pages, iam, "list_roles", "Roles", MaxItems=1000),
            pool.submit(pages, iam, "list_instance_profiles", "InstanceProfiles", MaxItems=1000),
            pool.submit(
                pages,
                tagging,
                "get_resources",
                "ResourceTagMappingList",
                TagFilters=[{"Key": "reconciler:spec"}],
            ),
        ]
        for wait in waits:
            wait.result()


def read_resource(iam: Any, item: Item) -> None:
    """Everything about one resource."""
    kind, name, arn = item
    if kind == "policy":
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    elif kind == "role":
        iam.get_role(RoleName=name)
        iam.list_attached_role_policies(RoleName=name)
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.get_role_policy(RoleName=name, PolicyName=inline)
    else:
        iam.get_instance_profile(InstanceProfileName=name)


def targeted(items: list[Item], threads: int) -> None:
    """Resource by resource."""
    iam = client("iam")
    if threads == 1:
        for item in items:
            read_resource(iam, item)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda item: read_resource(iam, item), items))


def writes(rounds: list[list[tuple[str, dict[str, Any]]]]) -> None:
    """Calls that somebody else has worked out, round by round."""
    iam = client("iam")
    with ThreadPoolExecutor(THREADS) as pool:
        for calls in rounds:
            list(pool.map(lambda call: getattr(iam, xform_name(call[0]))(**call[1]), calls))


def main() -> None:
    calls = [json.loads(line) for line in sys.stdin] if sys.argv[1] != "bulk" else []
    if sys.argv[1] == "bulk":
        bulk()
    elif sys.argv[1] == "writes":
        writes(calls)
    else:
        targeted([(*item,) for item in calls], 1 if sys.argv[1] == "sequential" else THREADS)


if __name__ == "__main__":
    main()
