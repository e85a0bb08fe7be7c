"""`reconcile sandbox` as its users run it."""

import json
import os
import re
import signal
import subprocess
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.faults import SAYS
from reconciler.sandbox.rules import RULES
from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server
from tests.sandbox.steps import POLICY, PROFILE, ROLE, P, R, Step, arn, document, run, trust_of

SHOW = (
    "import json, os, urllib.request as u; print(u.urlopen(os.environ['AWS_ENDPOINT_URL'] +"
    " '/_sandbox/{}').read().decode())"
)


def inside(cli: Cli, options: list[str | Path], *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RECONCILE, "sandbox", *options, "--", *argv],
        cwd=ROOT,
        env=cli.environment(**env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_command_inside_a_sandbox(offline: Cli) -> None:
    done = inside(
        offline,
        ["--account", "111122223333"],
        "sh",
        "-c",
        "reconcile apply specs/ecr.yaml --yes && reconcile verify specs/ecr.yaml; exit 7",
        AWS_PROFILE="the-users-own",
    )
    assert done.returncode == 7
    assert "account 111122223333" in done.stdout
    assert "4 of 4" in done.stdout


def test_a_sandbox_that_starts_from_a_spec_with_quotas_and_faults(offline: Cli) -> None:
    options: list[str | Path] = [
        "--seed",
        "specs/ecr.yaml",
        "--quota",
        "PoliciesPerRole=2",
        "--fault",
        "page-size=1",
    ]
    done = inside(
        offline,
        options,
        "sh",
        "-c",
        'reconcile verify specs/ecr.yaml && python -c "$SHOW"',
        SHOW=SHOW.format("log"),
    )
    assert done.returncode == 0, done.stderr
    assert "4 of 4" in done.stdout
    log: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    # The seed's own calls are not in the log; the attachments come a page at a time.
    assert not any(entry["write"] for entry in log)
    assert [entry["operation"] for entry in log].count("ListAttachedRolePolicies") == 2


FULL: list[Step] = [
    (
        "create_policy",
        {**POLICY[1], "Path": "/a/", "Description": "text", "Tags": [{"Key": "a", "Value": "b"}]},
    ),
    (
        "create_policy_version",
        {"PolicyArn": arn("policy", "a/P"), "PolicyDocument": document(Sid="B"), "SetAsDefault": True},
    ),
    ("create_policy_version", {"PolicyArn": arn("policy", "a/P"), "PolicyDocument": document(Sid="C")}),
    ("delete_policy_version", {"PolicyArn": arn("policy", "a/P"), "VersionId": "v3"}),
    (
        "create_role",
        {
            **R,
            "Description": "text",
            "MaxSessionDuration": 7200,
            "PermissionsBoundary": arn("policy", "a/P"),
            "Tags": [{"Key": "a", "Value": "b"}],
        },
    ),
    ("create_role", {"RoleName": "S", "AssumeRolePolicyDocument": trust_of({"AWS": arn("role", "R")})}),
    ("put_role_policy", {"RoleName": "R", "PolicyName": "I", "PolicyDocument": document()}),
    ("attach_role_policy", {"RoleName": "R", "PolicyArn": arn("policy", "a/P")}),
    ("attach_role_policy", {"RoleName": "R", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    (
        "create_instance_profile",
        {"InstanceProfileName": "I", "Path": "/p/", "Tags": [{"Key": "a", "Value": "b"}]},
    ),
    ("add_role_to_instance_profile", {"InstanceProfileName": "I", "RoleName": "R"}),
    ("create_group", {"GroupName": "G"}),
    ("create_user", {"UserName": "U", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("add_user_to_group", {"GroupName": "G", "UserName": "U"}),
]


def everything(server: Server) -> Any:
    iam = server.iam()
    answers = [
        iam.get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"]),
        iam.get_role(RoleName="R"),
        iam.get_policy(PolicyArn=arn("policy", "a/P")),
        iam.get_instance_profile(InstanceProfileName="I"),
        iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")["Policy"]["AttachmentCount"],
        iam.create_policy_version(PolicyArn=arn("policy", "a/P"), PolicyDocument=document())["PolicyVersion"][
            "VersionId"
        ],
    ]
    text = json.dumps(answers, default=lambda _time: "a time", sort_keys=True)
    return json.loads(
        re.sub(r'"(RequestId|x-amzn-requestid|content-length|date)": "[^"]*"', '"id": ""', text)
    )


def test_a_dump_brings_everything_back(sandbox: Server) -> None:
    run(sandbox, FULL)
    dump = sandbox.control("dump")
    before = everything(sandbox)
    sandbox.control("reset")
    sandbox.control("seed", **dump)
    assert everything(sandbox) == before
    run(sandbox, [("remove_role_from_instance_profile", {"InstanceProfileName": "I", "RoleName": "R"})])


def test_what_aws_exports_can_be_loaded(offline: Cli, sandbox: Server, tmp_path: Path) -> None:
    run(sandbox, FULL)
    exported = sandbox.iam().get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"])
    (tmp_path / "account.json").write_text(json.dumps(exported, default=str))
    done = inside(offline, ["--seed", tmp_path / "account.json"], "python", "-c", SHOW.format("dump"))
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert [role["RoleName"] for role in loaded["RoleDetailList"]] == ["R", "S"]
    assert [profile["Roles"] for profile in loaded["InstanceProfiles"]] == [[{"RoleName": "R"}]]


@pytest.mark.parametrize(
    ("dump", "says"),
    [
        ({"RoleDetailList": [{"RoleName": "y"}]}, "RoleId"),
        (
            {"RoleDetailList": [{"RoleId": "AROAX", "RoleName": "y", "AssumeRolePolicyDocument": "nope"}]},
            "Expecting value",
        ),
        ({"Policies": [{"PolicyName": "Q", "PolicyVersionList": []}]}, "not the answer of"),
        ({"RoleDetailList": [{"RoleName": "R"}]}, "R is there already"),
        ({"RoleDetailList": [{"RoleName": "Z", "Arn": "arn:aws:iam::999999999999:role/Z"}]}, "--account"),
    ],
)
def test_a_dump_that_is_none_changes_nothing(dump: dict[str, Any], says: str, sandbox: Server) -> None:
    run(sandbox, [ROLE, POLICY, PROFILE])
    before = sandbox.control("dump")
    with pytest.raises(urllib.error.HTTPError) as refused:
        sandbox.control("seed", **dump)
    assert (refused.value.code, says in refused.value.read().decode()) == (400, True)
    assert sandbox.control("dump") == before
    assert sandbox.iam().get_policy(PolicyArn=P)["Policy"]["AttachmentCount"] == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--account", "1"], "twelve digits"),
        (["--host", "0.0.0.0"], "--expose"),
        (["--quota", "PolicySize=9000"], "PolicySize is 6144 for everybody"),
        (["--quota", "PoliciesPerRole=99"], "AWS gives 1 to 25"),
        (["--quota", "Nope=1"], "no quota"),
        (["--fault", "reset=2"], "no value for reset"),
        (["--fault", "nope=1"], "no fault"),
        (["--plain", "--authorize"], "--plain"),
        (["--seed", "specs/none.yaml"], "specs/none.yaml"),
        (["--seed", "none.json"], "none.json can't be read"),
    ],
)
def test_what_can_not_be_is_said(options: list[str], says: str, offline: Cli) -> None:
    assert says in offline("sandbox", *options, code=1).err


def test_a_port_that_is_taken_is_said(offline: Cli, sandbox: Server) -> None:
    port = sandbox.url.rpartition(":")[2]
    ran = offline("sandbox", "--port", port, code=1)
    assert (
        ran.err.splitlines()[0]
        == f"error: the sandbox can't listen on 127.0.0.1 port {port}: Address already in use"
    )


def test_it_serves_until_it_is_stopped(offline: Cli) -> None:
    with subprocess.Popen(
        [RECONCILE, "sandbox"],
        env=offline.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        url = serving.stdout.readline().removeprefix("export AWS_ENDPOINT_URL=").strip()
        assert Server(url).iam().list_roles()["Roles"] == []
        serving.send_signal(signal.SIGINT)
        assert serving.wait(timeout=PATIENCE) == 130
        assert "Traceback" not in serving.stderr.read()
    assert os.environ.get("AWS_ENDPOINT_URL") is None


def test_the_rules_are_listed_with_their_sources(offline: Cli) -> None:
    out = offline("sandbox", "--rules").out
    assert out.splitlines()[-1] == f"{len(RULES)} rules"
    assert "quotas.policy_size · 409 LimitExceeded\n" in out
    assert all(f"    {rule.says}\n" in out and f"    source: {rule.source}\n" in out for rule in RULES)


def test_the_guide_names_every_fault_as_it_is() -> None:
    guide = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([a-z0-9-]+)=[^|]*\| (.*) \|$", guide, re.MULTILINE))
    assert {name: says for name, says in named.items() if name != "seed"} == SAYS
