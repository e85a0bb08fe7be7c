"""The JSON outputs of three jobs, as recorded: members, values, exit codes and calls.

Only messages may change.

With RECORD=1 in the environment the recordings are written anew.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server

RECORDED = Path(__file__).parent / "recorded"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
HEAD = "arn:aws:iam::123456789012:policy/"
SPEC = """version: 1
name: a/job
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], tags: {team: x}}
  Q: {allow: [{service: sqs, read: GetQueueUrl, resources: q}], description: text}
roles:
  R:
    trust: [{service: ec2}]
    attach: [P]
    description: text
    tags: {team: x}
    instance_profile: true
groups:
  G: {attach: [Q]}
"""
# What is said to people; everything else is for programs.
MESSAGES = {
    "message",
    "messages",
    "says",
    "hint",
    "reason",
    "title",
    "explanation",
    "notes",
    "obstacles",
    "remarks",
    "text",
}
CHANGING = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://sandbox"),
    (re.compile(r"\b(AROA|AIDA|ANPA|AGPA|AIPA|AKIA|ASIA)[A-Z0-9]{12,}\b"), r"\1ID"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "REQUEST"),
    (re.compile(r"\d{8}T\d{12}Z"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "TIME"),
)


def comparable(value: Any, name: str = "") -> Any:
    """The value without what differs from run to run, and without the words of messages."""
    if isinstance(value, dict):
        return {key: comparable(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [comparable(member, name) for member in value]
    if isinstance(value, str):
        if name in MESSAGES:
            return "<message>"
        for pattern, fixed in CHANGING:
            value = pattern.sub(fixed, value)
    return value


class RecordedJob:
    """Runs commands and keeps what they printed and asked of AWS."""

    def __init__(self, cli: Cli, server: Server, folder: Path) -> None:
        self.cli, self.server, self.folder = cli, server, folder
        self.steps: list[dict[str, Any]] = []

    def run(self, *arguments: str | Path) -> None:
        before = len(self.server.log())
        ran = self.cli(*arguments, code=None)
        calls = sorted(entry["operation"] for entry in self.server.log()[before:])
        command = " ".join(str(argument).replace(str(self.folder), ".") for argument in arguments)
        output = ran.out.replace(str(self.folder), ".")
        lines = [line for line in output.splitlines() if not line.startswith("#")]
        printed = json.loads(output) if "json" in arguments else lines
        self.steps.append(
            {"command": command, "code": ran.code, "calls": calls, "printed": comparable(printed)}
        )


def founding_job(job: RecordedJob) -> None:
    for command in ("render", "validate", "plan", "apply", "plan", "verify", "drift"):
        more = ("--yes",) if command == "apply" else ()
        job.run(command, "specs/ecr.yaml", "--format", "json", *more)
    job.run("permissions", "specs/ecr.yaml", "--account", "123456789012")


def drift_with_six_findings(job: RecordedJob) -> None:
    spec = job.folder / "job.yaml"
    spec.write_text(SPEC)
    job.cli("apply", spec, "--yes")
    iam = job.server.iam()
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMIN)
    iam.tag_role(RoleName="R", Tags=[{"Key": "team", "Value": "y"}])
    iam.update_role(RoleName="R", MaxSessionDuration=7200)
    iam.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    iam.untag_policy(PolicyArn=HEAD + "P", TagKeys=["team"])
    iam.detach_group_policy(GroupName="G", PolicyArn=HEAD + "Q")
    job.run("drift", spec, "--format", "json")
    assert len(job.steps[-1]["printed"]["findings"]) == 6
    job.run("plan", spec, "--format", "json")
    job.run("verify", spec, "--format", "json")
    sarif = job.folder / "drift.sarif"
    job.run("drift", spec, "--format", "json", "--report", f"sarif={sarif}")
    job.steps.append({"sarif": comparable(json.loads(sarif.read_text().replace(str(job.folder), ".")))})


def export(job: RecordedJob) -> None:
    job.cli("apply", "specs/ecr.yaml", "--yes")
    job.run("export", "--all", "--owned", "--name", "a/b")


@pytest.mark.parametrize(
    "play", [founding_job, drift_with_six_findings, export], ids=lambda play: play.__name__
)
def test_outputs_are_as_recorded(play: Any, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    job = RecordedJob(cli, sandbox, tmp_path)
    play(job)
    path = RECORDED / f"{play.__name__}.json"
    if os.environ.get("RECORD"):
        path.write_text(json.dumps(job.steps, indent=1, ensure_ascii=False) + "\n")
    assert job.steps == json.loads(path.read_text())
