"""`schedule`: each scheduler takes what is printed, and the permissions printed are the ones needed."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from reconciler.report.schedules import KINDS, WATCHES
from tests.conftest import ACCOUNT, PATIENCE, RECONCILE, Cli, Server
from tests.end_to_end.drift.tampering import SPEC
from tests.end_to_end.limited_user import LimitedUser

SPECS = ("specs", "it's #1: 50% $HOME/a b.yaml")


class Cloud(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


Cloud.add_multi_constructor(
    "!",
    lambda loader, suffix, node: {
        suffix: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
    },
)


def folder(tmp_path: Path, path: str) -> Path:
    """A folder with the spec at a path in it."""
    spec = tmp_path / (path if path.endswith(".yaml") else f"{path}/job.yaml")
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(SPEC)
    return tmp_path


def printed(cli: Cli, home: Path, kind: str, path: str) -> str:
    """What the command prints in that folder."""
    return cli("schedule", kind, path, "--account", ACCOUNT, cwd=home).out


def policy_in(kind: str, text: str) -> list[dict[str, Any]]:
    if kind == "eventbridge":
        role = yaml.load(text, Cloud)["Resources"]["JobRole"]["Properties"]["Policies"][0]
        return list(role["PolicyDocument"]["Statement"])
    lines = text.splitlines()
    begin = next(i for i, line in enumerate(lines) if line == "#   {")
    end = next(i for i, line in enumerate(lines) if i > begin and line == "#   }")
    return list(json.loads("\n".join(line[4:] for line in lines[begin : end + 1]))["Statement"])


def shell_of(kind: str, text: str, state: Path) -> str:
    """The job's command line for sh, as the scheduler would hand it over."""
    if kind == "cron":
        line = text.splitlines()[-1].split(" ", 5)[5].replace("\\%", "%")
        set_ = dict(re.findall(r"^([A-Z]+)=(.*)$", text, re.MULTILINE))
        return f"SPECS={shlex.quote(set_['SPECS'])} HEARTBEAT=; {line}"
    if kind == "watch-container":
        (line,) = re.findall(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)
        return (
            shlex.join(json.loads(line))
            .replace("/state/", f"{state}/")
            .replace("0.0.0.0:9469", "127.0.0.1:0")
        )
    if kind in ("systemd", "watch-systemd"):
        (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
        words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line.replace("${STATE_DIRECTORY}", str(state)))
        unquoted = [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in words]
        return shlex.join(word.replace("%%", "%").replace("$$", "$") for word in unquoted)
    if kind == "github":
        steps = yaml.safe_load(text)["jobs"]["drift"]["steps"]
        return str(next(step["run"] for step in steps if step.get("name") == "drift"))
    if kind == "gitlab":
        return str(yaml.safe_load(text)["iam-drift"]["script"][0])
    if kind == "kubernetes":
        job = list(yaml.safe_load_all(text))[1]
        container = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
        assert container["command"] == ["/bin/sh", "-c"]
        return (
            str(container["args"][0])
            .replace("/dev/termination-log", str(state / "log"))
            .replace("/tmp/drift.txt", str(state / "drift.txt"))
        )
    spec = yaml.safe_load(yaml.load(text, Cloud)["Resources"]["Job"]["Properties"]["Source"]["BuildSpec"])
    return str(spec["phases"]["build"]["commands"][0])


@pytest.mark.parametrize(("kind", "path"), [("cron", SPECS[0]), *((kind, SPECS[1]) for kind in KINDS)])
def test_the_command_line_runs_with_what_is_printed(
    kind: str, path: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    home = folder(tmp_path / "home", path)
    text = printed(cli, home, kind, path)
    assert "@{" not in text
    cli("apply", home / path, "--yes")
    keys = LimitedUser(cli, sandbox).keys
    document = json.dumps({"Version": "2012-10-17", "Statement": policy_in(kind, text)})
    sandbox.iam().put_user_policy(UserName="Job", PolicyName="Own", PolicyDocument=document)
    (tmp_path / "job").mkdir()
    line = shell_of(kind, text, tmp_path / "job")

    def ran() -> subprocess.CompletedProcess[str]:
        sandbox.control("authorize", on=True)
        env = {**cli.environment(**keys), "PATH": f"{RECONCILE.parent}:/usr/bin:/bin", "HEARTBEAT": ""}
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=home, env=env, capture_output=True, text=True, check=False
        )
        sandbox.control("authorize", on=False)
        return done

    if path == SPECS[0]:
        first = ran()
        assert first.returncode == 0, first.stdout + first.stderr
    sandbox.iam().update_role(RoleName="R", MaxSessionDuration=7200)
    second = ran()
    assert second.returncode == 2, second.stdout + second.stderr
    assert "max_session_duration" in second.stdout


def test_a_watch_runs_with_what_is_printed(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    home = folder(tmp_path / "home", SPECS[1])
    unit, line = (shell_of(kind, printed(cli, home, kind, SPECS[1]), tmp_path) for kind in WATCHES)
    assert (
        shlex.split(unit)[1:7]
        == shlex.split(line)[:6]
        == ["reconcile", "watch", SPECS[1], "--unmanaged", "--every", "15m"]
    )
    cli("apply", home / SPECS[1], "--yes")
    env = {**cli.environment(), "PATH": f"{RECONCILE.parent}:/usr/bin:/bin"}
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line}"], cwd=home, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0
    assert "result: in sync" in first
    assert json.loads((tmp_path / "watch.json").read_text())["failed"] is False


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_takes_the_units(cli: Cli, tmp_path: Path) -> None:
    home = folder(tmp_path / "home", "specs")
    texts = (printed(cli, home, kind, "specs") for kind in ("systemd", "watch-systemd"))
    files = [part for text in texts for part in re.split(r"^# file: (\S+)$", text, flags=re.MULTILINE)[1:]]
    paths = []
    for name, text in zip(files[::2], files[1::2], strict=True):
        paths.append(tmp_path / Path(name).name)
        paths[-1].write_text(text)
    assert [path.name for path in paths] == [
        "reconcile-drift.service",
        "reconcile-drift.timer",
        "reconcile-watch.service",
    ]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "reconcile-" in line]) == (0, [])
    assert "SuccessExitStatus=2" in paths[0].read_text()


@pytest.mark.parametrize(
    ("kind", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")]
)
def test_github_and_gitlab_take_the_workflow(kind: str, schema: str, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "job.yml"
    file.write_text(printed(cli, folder(tmp_path / "home", SPECS[1]), kind, SPECS[1]))
    done = subprocess.run(
        [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", schema, file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_kubernetes_takes_the_manifest(cli: Cli, tmp_path: Path) -> None:
    manifests = list(yaml.safe_load_all(printed(cli, folder(tmp_path, "specs"), "kubernetes", "specs")))
    for manifest in manifests:
        kubernetes_validate.validate(manifest, "1.33", strict=True)
    spec = manifests[1]["spec"]
    assert (spec["concurrencyPolicy"], spec["jobTemplate"]["spec"]["backoffLimit"]) == ("Forbid", 0)


def test_cloudformation_names_what_is_there(cli: Cli, tmp_path: Path) -> None:
    template = yaml.load(printed(cli, folder(tmp_path, "specs"), "eventbridge", "specs"), Cloud)
    known = {
        *template["Resources"],
        *template["Parameters"],
        "AWS::AccountId",
        "AWS::Partition",
        "AWS::Region",
    }

    def named(data: Any) -> set[str]:
        if isinstance(data, dict):
            own = (
                {str(data["Ref"])}
                if "Ref" in data
                else (
                    {str(data["GetAtt"]).split(".")[0]}
                    if "GetAtt" in data
                    else set(re.findall(r"\$\{([^}]+)\}", str(data["Sub"])))
                    if "Sub" in data
                    else set()
                )
            )
            return own.union(*(named(value) for value in data.values()))
        return set().union(*map(named, data)) if isinstance(data, list) else set()

    assert named(template["Resources"]) <= known
    assert template["Resources"]["Job"]["Properties"]["ConcurrentBuildLimit"] == 1


@pytest.mark.parametrize(
    ("path", "says"),
    [("a\nb.yaml", "control character"), ("${{ x }}.yaml", "GitHub"), ("../specs", "leads out")],
)
def test_no_schedule_of_a_path_that_a_file_could_not_say(
    path: str, says: str, cli: Cli, tmp_path: Path
) -> None:
    home = folder(tmp_path / "home", path if path.endswith(".yaml") else "specs")
    folder(tmp_path, "specs")
    assert (
        "of this machine"
        in cli("schedule", "watch-container", tmp_path / "specs", "--account", ACCOUNT, cwd=home, code=1).err
    )
    for kind in KINDS:
        assert says in cli("schedule", kind, path, "--account", ACCOUNT, cwd=home, code=1).err


def test_the_minute_is_off_the_hour_and_the_same_each_time(cli: Cli, tmp_path: Path) -> None:
    home = folder(tmp_path, "specs")
    texts = {printed(cli, home, "cron", "specs") for _ in range(2)}
    assert len(texts) == 1
    minute = int(texts.pop().splitlines()[-1].split()[0])
    assert 0 < minute < 60
    assert minute % 5
