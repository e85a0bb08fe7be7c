"""A journal, applies that write one, and how states are compared after a rollback."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Cli

# A journal as an apply writes it: a line for the plan, and two for each call.
JOURNAL = (Path(__file__).parent / "journal.jsonl").read_text(encoding="utf-8").removesuffix("\n")
READS = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"*"}}'
ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
ROLE = "version: 1\nname: a/b\nroles: {R: {trust: [{service: ec2}], attach: ['aws:ReadOnlyAccess']}}\n"
EC2 = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}}'
)


def applied(cli: Cli, folder: Path, *specs: str, adopt: bool = False) -> Path:
    """Each spec applied after the other; the journal of the last."""
    path = folder / "s.yaml"
    for number, text in enumerate(specs, start=1):
        path.write_text(text)
        journal = folder / f"{number}.jsonl"
        cli("apply", path, "--yes", "--journal", journal, *(["--adopt"] if adopt else []))
    return journal


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """Without the number of versions: what was rolled back is kept beside."""
    return {**state, "policies": {arn: (*v[:2], v[3]) for arn, v in state["policies"].items()}}


def with_settings(**changed: Any) -> dict[str, Any]:
    """The first change of a journal, with other settings."""
    change: dict[str, Any] = json.loads(JOURNAL.splitlines()[0])["changes"][0]
    change["before"]["settings"] |= changed
    return change
