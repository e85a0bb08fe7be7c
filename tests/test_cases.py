"""Runs the files in `cases/`: a spec and a live state in, changes and calls out.

Each plan is applied then, and planned again. A call is an operation, or `{OPERATION: parameters}`: those that
are named are compared, documents by what they say.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.case_files import FILES
from tests.conftest import Server
from tests.end_to_end.metadata import METADATA, write_metadata
from tests.laws.runner import Runner


def check_calls(wanted: list[Any], calls: list[dict[str, Any]]) -> None:
    named = [entry if isinstance(entry, dict) else {entry: {}} for entry in wanted]
    assert [call["operation"] for call in calls] == [operation for entry in named for operation in entry]
    for entry, call in zip(named, calls, strict=True):
        for parameters in entry.values():
            for name, value in parameters.items():
                assert as_said(call["params"][name]) == value, (call, name)


def as_said(value: Any) -> Any:
    """A parameter; of a document what it says."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_case(path: Path, sandbox: Server, tmp_path: Path) -> None:
    case: dict[str, Any] = yaml.load(path.read_text(), yaml.CSafeLoader)
    iam = sandbox.iam()
    write_metadata(tmp_path)
    for step in case.get("live", []):
        ((operation, params),) = step.items()
        if "SAMLMetadataDocument" in params:
            params["SAMLMetadataDocument"] = METADATA[params["SAMLMetadataDocument"]]
        getattr(iam, operation)(**params)
    runner = Runner(sandbox, tmp_path, case["spec"])
    plan = runner.plan(**case.get("consent", {}))
    changes = {c["address"]: c for c in plan["changes"]}
    differences = {
        address: {"action": c["action"], "fields": sorted({f["field"] for f in c["fields"]})}
        for address, c in changes.items()
        if c["differs"] and c["action"] != "create"
    }
    assert differences == {
        a: {"action": w["action"], "fields": sorted(w.get("fields", []))}
        for a, w in case.get("changes", {}).items()
    }
    for address, wanted in case.get("changes", {}).items():
        remarks = str([changes[address][key] for key in ("obstacles", "notes", "noted", "origin")])
        assert all(text in remarks for text in wanted.get("says", [])), remarks
    check_calls(case.get("calls", []), plan["calls"])
    refusals = [tuple(entry) for entry in case.get("refusals", [])]
    assert [(r["address"], r["consent"]) for r in plan["refusals"]] == [entry[:2] for entry in refusals]
    for refusal, (_, _, *texts) in zip(plan["refusals"], refusals, strict=True):
        assert all(text in refusal["message"] for text in texts), refusal
    if not case.get("refusals"):
        assert runner.apply(**case.get("consent", {})) == "done"
        assert runner.plan()["calls"] == []
