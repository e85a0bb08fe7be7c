"""Start-up, loading, comparison, calls and the sandbox: counts, and ratios within one run.

Prints them and asserts nothing.
"""

import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from mypy_boto3_iam import IAMClient
from mypy_boto3_iam.type_defs import TagTypeDef

from reconciler.policy.compare.delta import delta
from reconciler.sandbox import server
from tests.bench import measured, projects
from tests.conftest import RECONCILE, ROOT, Cli, Server
from tests.policy.compare import large

SPEC = "specs/ecr.yaml"
RUNS = 11


def seconds(command: list[str], cwd: Path = ROOT) -> float:
    """The time of one run."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, capture_output=True, check=True)
    return time.perf_counter() - began


def start_up() -> None:
    """Validate against importing what it is made of, taken in turns so that load hits both alike."""
    base = [sys.executable, "-c", "import pydantic, yaml, click"]
    commands = {"validate": [str(RECONCILE), "validate", SPEC], "--help": [str(RECONCILE), "--help"]}
    times: dict[str, list[float]] = {name: [] for name in ("imports", *commands)}
    for _ in range(RUNS):
        times["imports"].append(seconds(base))
        for name, command in commands.items():
            times[name].append(seconds(command))
    floor = median(times["imports"])
    print(f"importing pydantic, yaml, click   {floor * 1000:6.0f} ms")
    for name in commands:
        print(
            f"reconcile {name:<22}  {median(times[name]) * 1000:6.0f} ms   ratio"
            f" {median(times[name]) / floor:.2f}"
        )


# The least that asks AWS anything: two clients, a call by each.
TWO_CALLS = """
import boto3
sts, iam = boto3.client("sts"), boto3.client("iam")
sts.get_caller_identity()
iam.list_roles()
"""


def processor_time() -> None:
    """A plan against two calls with boto3, both of a sandbox, in turns.

    The least of the runs: what else the machine does can only add to a run's processor time.
    """
    commands = {
        "two calls with boto3": [sys.executable, "-c", TWO_CALLS],
        f"reconcile plan {SPEC}": [str(RECONCILE), "plan", SPEC],
    }
    with measured.sandbox(latency=0) as server:
        runs = [
            [processor_seconds(command, server.environment) for command in commands.values()]
            for _ in range(RUNS)
        ]
    least = [min(times) for times in zip(*runs, strict=True)]
    for name, seconds_ in zip(commands, least, strict=True):
        print(f"{name:<32}  {seconds_ * 1000:6.0f} ms of a processor   ratio {seconds_ / least[0]:.2f}")


def processor_seconds(command: list[str], environment: dict[str, str]) -> float:
    """The processor time of one run, in the program and in the system."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}: exit {process.returncode}")
    return used.ru_utime + used.ru_stime


FILES, POLICIES = 200, 10
GRANTS = (
    (
        '{{service: s3, list: ListBucket, read: GetObject, resources: [b-{n}, "b-{n}/*"], when:'
        ' {{"aws:SecureTransport": true}}}}'
    ),
    (
        "{{service: dynamodb, read: [GetItem, Query], write: PutItem, resources: table/t-{n}, region:"
        " eu-west-1}}"
    ),
    "{{service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: any-in-account}}",
    '{{service: ec2, actions: "Describe*", resources: "*", when: {{"aws:RequestedRegion": eu-west-1}}}}',
    (
        '{{service: iam, write: PassRole, resources: "role/r-{n}", when: {{"iam:PassedToService":'
        " lambda.amazonaws.com}}}}"
    ),
    "{{service: sqs, write: SendMessage, resources: q-{n}, expires: 2099-01-31}}",
    "{{service: kms, write: Decrypt, resources: any-in-account}}",
)


def many_specs() -> None:
    """Validate over many files: 2,000 policies of three grants each, over seven services."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            named = range(number * POLICIES, (number + 1) * POLICIES)
            policies = "".join(f"  P{n}:\n    allow:\n{grants(n)}" for n in named)
            text = f"version: 1\nname: bench/s{number}\npolicies:\n{policies}"
            (Path(folder) / f"s{number}.yaml").write_text(text)
        took = median(seconds([str(RECONCILE), "validate", folder]) for _ in range(3))
    print(
        f"validate {FILES} files, {FILES * POLICIES} policies, {FILES * POLICIES * 3} grants   {took:6.2f} s"
    )


def a_project() -> None:
    """Validate a project: 200 files in 40 folders, 10 templates used 500 times."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        projects.write(folder)
        took = median(seconds([str(RECONCILE), "validate"], cwd=folder) for _ in range(3))
    print(f"validate a project of 200 files in 40 folders, 10 templates used 500 times   {took:6.2f} s")


def grants(n: int) -> str:
    """Three grants, other ones for each policy."""
    return "".join(f"      - {GRANTS[(n + k) % len(GRANTS)].format(n=n)}\n" for k in range(3))


def meaning() -> None:
    """How long it takes to say what a change of a document gives and takes."""
    pairs = {
        "a typical pair": large.typical,
        "the largest policy that IAM takes": large.largest,
        **large.HOSTILE,
    }
    for name, make_pair in pairs.items():
        old, new = make_pair()
        times = []
        for _ in range(3):
            began = time.perf_counter()
            comparison = delta(old, new)
            times.append(time.perf_counter() - began)
        print(
            f"diff {name:<34} {median(times) * 1000:8.1f} ms   gained {comparison.gained.answer}, lost"
            f" {comparison.lost.answer}"
        )


def calls() -> None:
    """Requests counted at the server."""
    sandbox = server.start()
    served = Server(sandbox.url)
    with tempfile.TemporaryDirectory() as home:
        cli = Cli(served, Path(home))
        for name, command in (
            ("plan of nothing there", ("plan", SPEC)),
            ("first apply", ("apply", SPEC, "--yes")),
            ("converged plan", ("plan", SPEC)),
            ("second apply", ("apply", SPEC, "--yes")),
            ("verify", ("verify", SPEC)),
            ("drift", ("drift", SPEC)),
        ):
            before = served.log()
            cli(*command)
            new = served.log()[len(before) :]
            writes = sum(1 for entry in new if entry["write"])
            print(f"{name:<22} {len(new) - writes:3} reads {writes:3} writes")
        _gaining(cli, served, Path(home))
    sandbox.stop()


def _gaining(cli: Cli, served: Server, home: Path) -> None:
    """What it costs that policies allow less or more.

    The entities that a policy is attached to are asked for, in one call, for lockouts and for guards.
    """
    path = home / "gaining.yaml"
    policies = "".join(
        f"  P{n}: {{allow: [{{service: sqs, actions: [sqs-actions], resources: q{n}}}]}}\n" for n in range(3)
    )
    text = f"version: 1\nname: bench/gaining\npolicies:\n{policies}"
    path.write_text(text.replace("sqs-actions", "SendMessage, GetQueueUrl"))
    cli("apply", path, "--yes")
    for name, actions in (
        ("3 policies give less", "GetQueueUrl"),
        ("3 policies give more", "SendMessage, GetQueueUrl, PurgeQueue"),
    ):
        path.write_text(text.replace("sqs-actions", actions))
        before = len(served.log())
        cli("plan", path)
        print(f"{name:<22} {len(served.log()) - before:3} reads   0 writes")


ROLES = 200
TRUST = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}}'
)
DOCUMENT = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",'
    '"Resource":"arn:aws:s3:::b/*"}}'
)


def filled(iam: IAMClient) -> str:
    """A policy, and many roles that have it; the policy's ARN."""
    arn: str = iam.create_policy(PolicyName="P", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    for number in range(ROLES):
        tags: list[TagTypeDef] = [{"Key": "team", "Value": "x"}]
        iam.create_role(RoleName=f"R{number}", AssumeRolePolicyDocument=TRUST, Tags=tags)
    iam.attach_role_policy(RoleName="R0", PolicyArn=arn)
    return arn


def sandbox_speed() -> None:
    """A call of the sandbox, all faults off, against the same call of moto's own server, in turns."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    ours = server.start()
    motos = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    motos.start()
    host, port = motos.get_host_and_port()
    clients = [boto3.client("iam", endpoint_url=url) for url in (ours.url, f"http://{host}:{port}")]
    # Both serve the one world of this process; only who answers differs.
    arn = filled(clients[0])
    calls: dict[str, dict[str, Any]] = {
        "get_role": {"RoleName": "R0"},
        "get_policy": {"PolicyArn": arn},
        "get_policy_version": {"PolicyArn": arn, "VersionId": "v1"},
        "list_attached_role_policies": {"RoleName": "R0"},
        "attach_role_policy": {"RoleName": "R0", "PolicyArn": arn},
        "put_role_policy": {"RoleName": "R0", "PolicyName": "I", "PolicyDocument": DOCUMENT},
        "tag_role": {"RoleName": "R0", "Tags": [{"Key": "a", "Value": "b"}]},
        "list_roles": {"MaxItems": 100},
        "get_account_authorization_details": {"Filter": ["Role"]},
    }
    for name, params in calls.items():
        times: list[list[float]] = [[], []]
        for _ in range(40):
            for client, kept in zip(clients, times, strict=True):
                began = time.perf_counter()
                getattr(client, name)(**params)
                kept.append(time.perf_counter() - began)
        sandbox_time, moto_time = (median(kept) for kept in times)
        print(
            f"sandbox {name:<36} {sandbox_time * 1000:6.1f} ms   moto's server"
            f" {moto_time * 1000:6.1f} ms   ratio {sandbox_time / moto_time:.2f}"
        )
    motos.stop()
    ours.stop()
