"""What goes wrong on request goes wrong at the socket, as often and as repeatably as it was asked for."""

import http.client
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from reconciler.sandbox.faults import SAYS, Faults, Weather, changed
from tests.conftest import Server
from tests.sandbox.steps import POLICY, PROFILE, ROLE, P, R, Step, answered, arn, document, run, trust_of

# A truncated answer reaches botocore as XML that it can't parse.
CUT = (
    botocore.exceptions.ConnectionError,
    botocore.exceptions.HTTPClientError,
    botocore.parsers.ResponseParserError,
)


def patient(server: Server, key: str = "AKIATESTTESTTESTTEST") -> Any:
    """A client that asks once, so that every fault is seen."""
    return boto3.client(
        "iam",
        endpoint_url=server.url,
        aws_access_key_id=key,
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def outcome(call: Callable[..., Any], **params: Any) -> str:
    """The error code, "cut" for a broken connection, "" where all is well."""
    try:
        call(**params)
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    except CUT:
        return "cut"
    return ""


def roles(server: Server) -> list[str]:
    server.control(
        "faults", **dict.fromkeys(("error-500", "error-503", "reset", "lost-answer", "truncated"), 0)
    )
    return [role["RoleName"] for role in server.iam().list_roles()["Roles"]]


@pytest.mark.parametrize(
    ("fault", "seen", "acts"),
    [
        ("error-503", "ServiceUnavailable", False),
        ("reset", "cut", False),
        ("lost-answer", "cut", True),
        ("truncated", "cut", True),
        ("concurrent-modification", "ConcurrentModification", False),
    ],
)
def test_faults_of_every_call(fault: str, seen: str, acts: bool, sandbox: Server) -> None:
    sandbox.control("faults", **{fault: 1})
    assert outcome(patient(sandbox).create_role, **R) == seen
    sandbox.control("faults", **{fault: 0})
    assert roles(sandbox) == (["R"] if acts else [])
    assert sandbox.log()[0]["status"] in (0, 409, 503)


def test_a_500_comes_with_and_without_effect(sandbox: Server) -> None:
    sandbox.control("faults", **{"error-500": 1})
    names = [f"R{n}" for n in range(12)]
    client = patient(sandbox)
    assert {outcome(client.create_role, **{**R, "RoleName": name}) for name in names} == {"ServiceFailure"}
    assert 0 < len(roles(sandbox)) < len(names)


def test_a_reset_is_a_reset_of_tcp(sandbox: Server) -> None:
    sandbox.control("fail", operation="GetRole", cut="reset")
    with pytest.raises(botocore.exceptions.ConnectionClosedError) as closed:
        patient(sandbox).get_role(RoleName="R")
    assert "ConnectionResetError" in repr(closed.value.kwargs["error"])


def test_one_operation_alone_can_be_cut(sandbox: Server) -> None:
    run(sandbox, [ROLE])
    client = patient(sandbox)
    for cut, acts in (("reset", False), ("truncated", True)):
        sandbox.control("fail", operation="TagRole", cut=cut, times=1)
        tag = {"RoleName": "R", "Tags": [{"Key": cut, "Value": ""}]}
        assert outcome(client.tag_role, **tag) == "cut"
        assert (cut in str(client.get_role(RoleName="R")["Role"].get("Tags"))) == acts
        assert outcome(client.tag_role, **tag) == ""


def test_throttling(sandbox: Server) -> None:
    sandbox.control("faults", throttle=0.01)
    client = patient(sandbox)
    assert [outcome(client.list_roles), outcome(client.list_roles), outcome(client.list_policies)] == [
        "",
        "Throttling",
        "",
    ]
    sandbox.control("faults", **{"throttle": 0, "throttle-all": 0.01})
    assert [outcome(client.list_roles), outcome(client.list_policies)] == ["", "Throttling"]
    assert sandbox.log()[-1]["status"] == 400


def test_credentials_expire_in_the_middle(sandbox: Server) -> None:
    sandbox.control("faults", **{"expire-after": 2})
    one, other = patient(sandbox), patient(sandbox, "AKIAOTHEROTHEROTHER0")
    assert [outcome(one.list_roles) for _ in range(3)] == ["", "", "ExpiredToken"]
    assert outcome(other.list_roles) == ""


def test_a_stop_after_a_write(sandbox: Server) -> None:
    sandbox.control("faults", **{"stop-after-write": 2})
    run(sandbox, [ROLE, POLICY])
    assert sandbox.control("held", seconds=10)["held"]
    sandbox.control("faults", **{"stop-after-write": 1})
    run(sandbox, [PROFILE])
    assert sandbox.control("held", seconds=10)["held"]
    sandbox.control("release")


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
    sandbox.control("faults", unseen="0.3s")
    run(sandbox, [ROLE])
    assert GET_ROLE(sandbox.iam()) == "NoSuchEntity"
    sandbox.iam().get_waiter("role_exists").wait(RoleName="R", WaiterConfig={"Delay": 1, "MaxAttempts": 9})


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

    def names(iam: Any) -> list[str]:
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

    def found(**params: Any) -> list[str]:
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
    assert found() == ["instance-profile/I", "policy/P"]
    assert found(ResourceTypeFilters=["iam:policy"]) == ["policy/P"]
    assert found(TagFilters=[{"Key": "team", "Values": ["y"]}]) == []
    elsewhere = boto3.client("resourcegroupstaggingapi", endpoint_url=sandbox.url, region_name="eu-west-1")
    assert elsewhere.get_resources()["ResourceTagMappingList"] == []
    sandbox.control("faults", **{"stale-tags": 1})
    run(sandbox, [("untag_policy", {"PolicyArn": P, "TagKeys": ["team"]})])
    assert [found(ResourceTypeFilters=["iam:policy"]) for _ in range(2)] == [["policy/P"], []]
    assert sandbox.log()[-1]["service"] == "tagging"
    for wrong in ({"TagFilters": [{}]}, {"ResourcesPerPage": 101}):
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            tagging.get_resources(**wrong)
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_pages_are_smaller_than_asked_for(sandbox: Server) -> None:
    run(sandbox, [("create_role", {**R, "RoleName": f"R{n}"}) for n in range(5)])
    sandbox.control("faults", **{"page-size": 2})
    iam = sandbox.iam()
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1000}))
    assert [len(page["Roles"]) for page in pages] == [2, 2, 1]
    details = list(iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"]))
    assert [len(page["RoleDetailList"]) for page in details] == [2, 2, 1]
    elsewhere = pages[0]["Marker"]
    assert answered(sandbox, [("list_policies", {"Marker": elsewhere})]) == (
        400,
        "ValidationError",
        "Invalid Marker.",
    )
    assert answered(sandbox, [("list_roles", {"Marker": "gone"})]) == (
        400,
        "ValidationError",
        "Invalid Marker.",
    )


def test_the_same_seed_draws_the_same_whoever_comes_first(sandbox: Server) -> None:
    run(sandbox, [("create_role", {**R, "RoleName": f"R{n}"}) for n in range(6)])
    client = patient(sandbox)

    def drawn(seed: int, workers: int) -> dict[str, list[str]]:
        sandbox.control("faults", **{"seed": seed, "reset": 0.3, "error-503": 0.3})

        def of(name: str) -> list[str]:
            return [outcome(client.get_role, RoleName=name) for _ in range(5)]

        with ThreadPoolExecutor(workers) as pool:
            return dict(zip(names, pool.map(of, names), strict=True))

    names = [f"R{n}" for n in range(6)]
    first = drawn(7, 1)
    assert drawn(7, 6) == first
    assert drawn(8, 6) != first
    assert {code for codes in first.values() for code in codes} == {"", "cut", "ServiceUnavailable"}


def test_an_error_can_be_ordered_after_the_effect(sandbox: Server) -> None:
    sandbox.control("fail", operation="CreateRole", code="ServiceFailure", status=500, times=1, lost=True)
    assert outcome(patient(sandbox).create_role, **R) == "ServiceFailure"
    assert roles(sandbox) == ["R"]


def test_rates_are_kept() -> None:
    weather = Weather(changed(Faults(), {"lost-answer": "0.3"}))
    struck = sum(weather.strikes("lost_answer", "GetRole", f"R{n}", 1) for n in range(4000))
    assert 0.27 < struck / 4000 < 0.33


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"nosuch": 1}, "there is no fault"),
        ({"reset": 2}, "is no value for reset"),
        ({"latency": "nan"}, "is no value for latency"),
        ({"reset": "often"}, "is no value for reset"),
        ({"unseen": "-1"}, "is no value for unseen"),
        ({"unseen": "soon"}, "is no value for unseen"),
        ({"throttle": None}, "is no value for throttle"),
    ],
)
def test_what_is_no_fault_is_said(told: dict[str, Any], says: str, sandbox: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        sandbox.control("faults", **told)
    assert says in refused.value.read().decode()


def test_every_fault_is_explained() -> None:
    named = {name.replace("_", "-") for name in Faults.__slots__ if name != "seed"}
    assert named == set(SAYS)


def asked(server: Server, path: str, method: str = "POST", body: str = "{}", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, body=body, headers=named)
        return connection.getresponse().status
    finally:
        connection.close()


JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
CREATE = "Action=CreateUser&UserName=evil&Version=2010-05-08"


def test_no_request_of_a_web_page_is_taken(sandbox: Server) -> None:
    """It has an Origin, or a Host that somebody's name leads here by; of neither has an AWS tool any."""
    for origin in ("https://evil.example", "null", "http://localhost:3000", sandbox.url):
        for path in ("/_sandbox/reset", "/_sandbox/log", "/"):
            assert asked(sandbox, path, Origin=origin, Content_Type=JSON) == 403
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", ""):
        assert asked(sandbox, "/_sandbox/dump", "GET", Host=host) == 403
        assert asked(sandbox, "/", body=CREATE, Host=host, Content_Type=FORM) == 403
    assert sandbox.iam().list_users()["Users"] == []
    for host in ("localhost:1", "[::1]:80", "127.0.0.9"):
        assert asked(sandbox, "/_sandbox/dump", "GET", Host=host) == 200


def test_what_changes_anything_is_a_post_of_json(sandbox: Server) -> None:
    for what in ("reset", "calm", "seed", "faults", "quota", "authorize", "fail", "hold", "release"):
        assert asked(sandbox, f"/_sandbox/{what}", "GET", Content_Type=JSON) == 405
        for kind in ("text/plain", FORM, "multipart/form-data", ""):
            assert asked(sandbox, f"/_sandbox/{what}", Content_Type=kind) == 415
    assert asked(sandbox, "/_sandbox/calm", Content_Type="application/json; charset=utf-8") == 200
    assert [asked(sandbox, f"/_sandbox/{what}", "GET") for what in ("log", "dump", "held")] == [200, 200, 200]
