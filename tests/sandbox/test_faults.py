"""What goes wrong on request goes wrong at the socket, as often and as repeatably as it was asked for."""

import http.client
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.exceptions
import pytest

from reconciler.sandbox.faults import SAYS, Faults, Weather, changed
from tests.conftest import PATIENCE, Server
from tests.sandbox.clients import outcome, patient, roles
from tests.sandbox.steps import POLICY, PROFILE, ROLE, R, answered, run


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
    client, other_client = patient(sandbox), patient(sandbox, "AKIAOTHEROTHEROTHER0")
    assert [outcome(client.list_roles) for _ in range(3)] == ["", "", "ExpiredToken"]
    assert outcome(other_client.list_roles) == ""


def test_a_stop_after_a_write(sandbox: Server) -> None:
    sandbox.control("faults", **{"stop-after-write": 2})
    run(sandbox, [ROLE, POLICY])
    assert sandbox.control("held", seconds=PATIENCE / 2)["held"]
    sandbox.control("faults", **{"stop-after-write": 1})
    run(sandbox, [PROFILE])
    assert sandbox.control("held", seconds=PATIENCE / 2)["held"]
    sandbox.control("release")


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
    ("settings", "says"),
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
def test_what_is_no_fault_is_said(settings: dict[str, Any], says: str, sandbox: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        sandbox.control("faults", **settings)
    assert says in refused.value.read().decode()


def test_every_fault_is_explained() -> None:
    named = {name.replace("_", "-") for name in Faults.__slots__ if name != "seed"}
    assert named == set(SAYS)


def asked(server: Server, path: str, method: str = "POST", body: str = "{}", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE)
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
