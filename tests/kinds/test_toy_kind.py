"""A kind is one file and a folder of cases: all that kinds get runs over a toy that is no more than these.

It runs in Pythons of their own, in whose registry the toy is (`toy/registry`); no file of the product knows
of it. What moto lacks of the resource, `toy/sandboxed.py` adds.
"""

import ast
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from reconciler.core.kind import _FACTS
from tests.conftest import PATIENCE, ROOT

TOY = ROOT / "tests" / "kinds" / "toy"
SOURCE = TOY / "server_certificate.py"
CASES = sorted((TOY / "cases" / "server_certificate").glob("*.yaml"))
RUN = (
    # The laws, with specs that are drawn from the cases; and the cases.
    "tests/laws/test_laws.py",
    *(f"tests/test_cases.py::test_case[server_certificate: {path.stem}]" for path in CASES),
    # The facts, and exports of all kinds together.
    "tests/core/test_kind.py",
    "tests/end_to_end/change/test_export.py::test_an_exported_account_is_adopted_and_made_again",
    # The laws over toys alone, survival, lost answers; export, drift, permissions, reports.
    "tests/kinds/toy/checks_of_changes.py",
    "tests/kinds/toy/checks_of_output.py",
)
OPTIONS = ("-p", "no:cacheprovider", "-p", "tests.kinds.toy.sandboxed")


def test_all_that_kinds_get_runs_over_the_toy(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *OPTIONS, f"--junitxml={results}", *RUN],
        cwd=ROOT,
        env={
            **kept,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, TOY / "registry"))),
            "MORE_CASES": str(TOY / "cases"),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = list(ET.parse(results).iter("testcase"))
    assert [case.get("name") for case in cases if len(case)] == []
    of_cases = [case for case in cases if case.get("classname") == "tests.test_cases"]
    assert len(of_cases) == len(CASES)


def without(fact: str) -> str:
    """The toy's file without what states this fact."""
    tree = ast.parse(SOURCE.read_text("utf-8"))
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        kind.body = [statement for statement in kind.body if fact not in stated(statement)]
    return ast.unparse(tree)


def stated(statement: ast.stmt) -> set[str]:
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    return {target.id for target in targets if isinstance(target, ast.Name)}


def imported(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = spec_from_file_location("toy_in_a_file", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "toy_in_a_file", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("fact", _FACTS)
def test_a_kind_that_lacks_a_fact_fails_at_import(
    fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "toy.py"
    path.write_text(without(""), "utf-8")
    assert imported(path, monkeypatch).kind.KIND == "server-certificate"
    path.write_text(without(fact), "utf-8")
    with pytest.raises(TypeError, match=rf"ServerCertificateKind lacks {fact}$"):
        imported(path, monkeypatch)
