"""The same triples with Ansible's amazon.aws and with IAMbic, where they are installed.

Each has an environment of its own:

python -m venv .bench/ansible && .bench/ansible/bin/pip install ansible boto3
python -m venv .bench/iambic && .bench/iambic/bin/pip install iambic-core
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.bench import triples
from tests.bench.measured import BenchRow, Measured, sandbox
from tests.conftest import ACCOUNT, RECONCILE, ROOT

FOLDER = ROOT / ".bench"
# IAMbic names STS's address itself; without that it goes where the environment says.
_IAMBIC = """
import sys
from boto3.session import Session
client = Session.client
Session.client = lambda self, name, **more: client(self, name,\
 **{k: v for k, v in more.items() if k != "endpoint_url"})
from iambic.main import cli
sys.argv[0] = "iambic"
cli()
"""


def version(name: str, package: str) -> str:
    """The version that is installed, or ""."""
    python = FOLDER / name / "bin" / "python"
    if not python.exists():
        return ""
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False).stdout.strip()


def rows(number: int) -> Iterator[BenchRow]:
    """What is installed, each in a sandbox of its own: applied, and then looked at again."""
    runs: dict[tuple[str, str], Callable[[Measured, Path, int], Iterator[BenchRow]]] = {
        ("ansible", "ansible"): _ansible,
        ("iambic", "iambic-core"): _iambic,
    }
    for (name, package), run in runs.items():
        if not version(name, package):
            continue
        with tempfile.TemporaryDirectory() as folder, sandbox() as server:
            yield from run(server, Path(folder), number)


def _rendered(folder: Path, number: int) -> dict[str, Any]:
    specs = triples.written(folder / "specs", number)
    command: list[str | Path] = [RECONCILE, "render", specs, "--account", ACCOUNT, "--format", "json"]
    resources: dict[str, Any] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
    return resources


def _named(resources: dict[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    return (
        (address.partition(".")[2], resource)
        for address, resource in resources.items()
        if address.startswith(f"{kind}.")
    )


def _ansible(server: Measured, folder: Path, number: int) -> Iterator[BenchRow]:
    resources = _rendered(folder, number)
    tasks: list[Any] = [
        {
            "amazon.aws.iam_managed_policy": {
                "name": name,
                "description": resource["description"],
                "policy": json.dumps(resource["document"]),
                "tags": resource["tags"],
            }
        }
        for name, resource in _named(resources, "policy")
    ]
    tasks += [
        {
            "amazon.aws.iam_role": {
                "name": name,
                "description": resource["description"],
                "assume_role_policy_document": json.dumps(resource["trust"]),
                "managed_policies": resource["attached"],
                "create_instance_profile": True,
                "tags": resource["tags"],
            }
        }
        for name, resource in _named(resources, "role")
    ]
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (folder / "play.yaml").write_text(yaml.safe_dump(play))
    command: list[str | Path] = [FOLDER / "ansible" / "bin" / "ansible-playbook", folder / "play.yaml"]
    yield server.run("Ansible, first apply", command, cwd=folder)
    yield server.run("Ansible, check", [*command, "--check"], cwd=folder)


def _iambic(server: Measured, folder: Path, number: int) -> Iterator[BenchRow]:
    resources = _rendered(folder, number)
    (folder / "config").mkdir()
    hub, spoke = (f"arn:aws:iam::{ACCOUNT}:role/Iambic{word}Role" for word in ("Hub", "Spoke"))
    account = {
        "account_id": ACCOUNT,
        "account_name": "bench",
        "iambic_managed": "read_and_write",
        "hub_role_arn": hub,
        "spoke_role_arn": spoke,
    }
    config = {"template_type": "NOQ::Core::Config", "version": "1", "aws": {"accounts": [account]}}
    (folder / "config" / "iambic_config.yaml").write_text(yaml.safe_dump(config))
    for name, resource in _named(resources, "policy"):
        properties = {
            "policy_name": name,
            "description": resource["description"],
            "policy_document": _snake(resource["document"]),
            "tags": _tags(resource),
        }
        _template(folder, "NOQ::AWS::IAM::ManagedPolicy", name, properties)
    for name, resource in _named(resources, "role"):
        properties = {
            "role_name": name,
            "description": resource["description"],
            "assume_role_policy_document": _snake(resource["trust"]),
            "managed_policies": [{"policy_arn": arn} for arn in resource["attached"]],
            "tags": _tags(resource),
        }
        _template(folder, "NOQ::AWS::IAM::Role", name, properties)
    subprocess.run(["git", "init", "-q", folder], check=True)
    command: list[str | Path] = [FOLDER / "iambic" / "bin" / "python", "-c", _IAMBIC]
    where: list[str | Path] = ["--repo-dir", folder]
    files = sorted(folder.glob("*.yaml"))
    yield server.run("IAMbic, first apply", [*command, "apply", "--force", *files, *where], cwd=folder)
    yield server.run("IAMbic, plan", [*command, "plan", *files, *where], cwd=folder)


def _template(folder: Path, kind: str, name: str, properties: dict[str, Any]) -> None:
    template = {
        "template_type": kind,
        "identifier": name,
        "included_accounts": ["bench"],
        "properties": properties,
    }
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(template))


def _tags(resource: dict[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in resource["tags"].items()]


def _snake(document: dict[str, Any]) -> dict[str, Any]:
    """The document in IAMbic's spelling."""
    return {
        "version": document["Version"],
        "statement": [{key.lower(): value for key, value in s.items()} for s in document["Statement"]],
    }
