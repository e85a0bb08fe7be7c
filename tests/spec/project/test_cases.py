"""Runs the tables beside it: what files become within a project, and what is refused, with every place.

A case has `files`, by their paths, and what a command line says: `paths`, `env`, `vars`, `var_files`,
`recurse`, `no_project`, `project`, `in` (the working folder). It ends in one of these:

- `becomes`: settings by address (by environment where the project has some and `env` names none), compared in
  every key that they have; `addresses`: all of them; `specs`: the names of the specs; `sources`: places;
- `error`: each line is part of a problem, and there is no other; `refused`: part of why nothing is loaded.

`notes` are parts of what is said beside it, in any order, and all of them.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app.project import Words, selection
from reconciler.app.validate import Validated, validate_each
from reconciler.core.errors import PlanError, SpecError

HERE = Path(__file__).parent
WORDS = {"paths", "env", "vars", "var_files", "recurse", "no_project", "project", "in"}
ENDS = {"becomes", "addresses", "specs", "sources", "error", "refused"}
KEYS = {
    "case",
    "files",
    "paths",
    "env",
    "vars",
    "var_files",
    "recurse",
    "no_project",
    "project",
    "in",
    "notes",
}


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['case']}")
        for path in sorted(HERE.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    ]


Outcome = tuple[Validated, ...] | SpecError | PlanError


def outcome(case: dict[str, Any]) -> Outcome:
    words = Words(
        tuple(case.get("paths", ())),
        case.get("vars", {}),
        tuple(map(Path, case.get("var_files", ()))),
        case.get("env", ""),
        "recurse" in case,
        Path(case["project"]) if "project" in case else None,
        "no_project" in case,
    )
    try:
        return validate_each(selection(words), None, strict=False)
    except (SpecError, PlanError) as error:
        return error


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(case) <= {"case", "files", "notes"} | WORDS | ENDS
    (tmp_path / ".git").mkdir()
    for name, text in case["files"].items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / case.get("in", "."))
    result = outcome(case)
    if "error" in case:
        assert isinstance(result, SpecError)
        check_each(case["error"], [str(problem) for problem in result.problems])
    elif "refused" in case:
        assert isinstance(result, PlanError)
        assert case["refused"] in f"{result.message}; {result.advice}"
    else:
        assert isinstance(result, tuple), result
        check_results(case, result)


def check_each(parts: list[str], messages: list[str]) -> None:
    """Each message has one of the parts in it, and each part is in one message."""
    left = list(messages)
    for part in parts:
        fitting = [message for message in left if part in message]
        assert fitting, (part, messages)
        left.remove(fitting[0])
    assert left == []


def check_results(case: dict[str, Any], results: tuple[Validated, ...]) -> None:
    by_environment = {result.environment: result for result in results}
    several = len(results) > 1
    notes = [str(m) for m in {m for result in results for m in result.messages} if not m.code]
    check_each(case.get("notes", []), notes)
    for end in ENDS & set(case):
        wanted = case[end] if several else {results[0].environment: case[end]}
        assert set(wanted) == set(by_environment)
        for name, result in by_environment.items():
            check_end(end, wanted[name], result)


def check_end(end: str, wanted: Any, result: Validated) -> None:
    desired = result.specs.desired
    if end == "specs":
        assert sorted(result.specs.names) == sorted(wanted)
    elif end == "addresses":
        assert sorted(str(d.address) for d in desired) == sorted(wanted)
    elif end == "sources":
        assert {str(d.address): str(d.source) for d in desired if str(d.address) in wanted} == wanted
    else:
        rendered = {str(d.address): d.kind.render(d.state) for d in desired}
        for address, settings in wanted.items():
            for key, value in settings.items():
                assert as_text(rendered[address][key]) == as_text(value), (address, key)


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    return [as_text(inner) for inner in value] if isinstance(value, list | tuple) else str(value)
