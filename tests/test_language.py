"""Runs the files in `language/`: what specs become, and what is refused, warned of or noted, with its line.

A file is a list of cases. `spec` is the text below `version` and `name`; lines count from the first line of
`spec`, which is the file's third. `becomes` is compared in every key that it has, lists as sets, one value as
a list of one.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app import specs as spec_loading
from reconciler.app.request import SpecSelection
from reconciler.core.errors import SpecError
from tests.conftest import ROOT

HEAD = "version: 1\nname: t/language\n"
HEAD_LINES = 2
TODAY = date(2026, 11, 24)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['case']}")
        for path in sorted((ROOT / "tests" / "language").glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    ]


def as_sets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_sets(inner) for key, inner in value.items()}
    members = value if isinstance(value, list) else [value]
    return sorted(
        {json.dumps(as_sets(m) if isinstance(m, dict) else str(m), sort_keys=True) for m in members}
    )


def check_findings(case: dict[str, Any], severity: str, findings: list[Any]) -> None:
    """Each finding that the case names is there, at its line, and there is no other of its severity."""
    wanted = [
        (int(line) + HEAD_LINES, words)
        for line, phrases in case.get(severity, {}).items()
        for words in listed(phrases)
    ]
    messages = [(p.line, p.message) for p in findings if p.severity == severity]
    assert len(messages) == len(wanted), messages
    for line, words in wanted:
        assert any(at == line and words in message for at, message in messages), (line, words, messages)


def load(case: dict[str, Any], folder: Path) -> tuple[Any, list[Any]]:
    """The specs (None where they are refused), and all problems of theirs."""
    (folder / "spec.yaml").write_text(HEAD + case["spec"], encoding="utf-8")
    for name, text in case.get("files", {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    account, partition = case.get("account", "123456789012"), case.get("partition", "aws")
    today = date.fromisoformat(case["today"]) if "today" in case else TODAY
    request = SpecSelection((str(folder / "spec.yaml"),), case.get("variables", {}))
    try:
        specs = spec_loading.load(request, account, partition, today)
    except SpecError as error:
        return None, list(error.problems)
    return specs, list(specs.warnings)


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    specs, findings = load(case, tmp_path)
    if "error" in case:
        assert specs is None
        check_findings(case, "error", findings)
        return
    assert specs is not None, findings
    for severity in ("warning", "note"):
        check_findings(case, severity, findings)
    rendered = {str(r.address): r.kind.render(r.state) for r in specs.desired}
    for address, settings in case.get("becomes", {}).items():
        for key, wanted in settings.items():
            assert as_sets(rendered[address][key]) == as_sets(none(wanted)), (address, key)
    for address, statements in case.get("statements", {}).items():
        kind = "trust" if address.startswith("role.") else "document"
        assert as_sets(listed(rendered[address][kind]["Statement"])) == as_sets(listed(statements))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def none(value: Any) -> Any:
    """The base loader reads null as text."""
    return None if value == "null" else value
