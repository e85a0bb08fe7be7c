"""What is registered: kinds, commands, report formats, lint rules."""

import ast
import re
from importlib import import_module
from typing import Any

import click

from tools.import_graph import PACKAGE, ROOT, sources

CODE = re.compile(r"IAM\d{3}")
# Rules of the language itself, which its sections raise; and files that speak of rules: they raise none.
NAME_RULES = {"policy/lint/language_rules.py"}


def test_every_kind_is_in_the_registry_and_has_cases() -> None:
    from reconciler.kinds import KINDS
    from reconciler.kinds.lazy import OnUse

    def names(kinds: tuple[Any, ...]) -> set[str]:
        return {
            kind.module if isinstance(kind, OnUse) else type(kind).__module__.rpartition(".")[2]
            for kind in kinds
        }

    files = {path.stem for path in (PACKAGE / "kinds").glob("*.py")} - {"__init__", "lazy"}
    files |= {path.parent.name for path in (PACKAGE / "kinds").glob("*/__init__.py")}
    for kind in (kind for kind in KINDS if isinstance(kind, OnUse)):
        loaded = import_module(f"reconciler.kinds.{kind.module}").kind
        for fact in ("KIND", "SECTION", "ONE_IN_ACCOUNT"):
            assert getattr(loaded, fact) == getattr(kind, fact)
    assert names(KINDS) == files
    cases = {path.name for path in (ROOT / "tests" / "cases").iterdir() if any(path.glob("*.yaml"))}
    assert names(KINDS) <= cases


def test_each_command_is_a_file() -> None:
    from reconciler.cli import main

    files = {
        path.split("/")[-1].removesuffix(".py") for path in sources() if path.startswith("cli/commands/")
    }
    listed = main.list_commands(click.Context(main))
    assert files - {"__init__"} == set(listed)


def test_each_format_is_a_file() -> None:
    for name in ("plan", "drift"):
        formats = import_module(f"reconciler.report.{name}").FORMATS
        files = {path.stem for path in (PACKAGE / "report" / name).glob("*.py")} - {"__init__"}
        assert {format_.replace("json", "as_json") for format_ in formats} <= files | {"html"}


def codes_in(tree: ast.Module) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_a_lint_code_stands_in_one_file_beside_its_rule() -> None:
    from reconciler.policy.lint.rules import RULES

    files: dict[str, set[str]] = {}
    for path, tree in sources().items():
        for code in codes_in(tree):
            files.setdefault(code, set()).add(path)
    apart = {code: paths for code, paths in files.items() if len(paths - NAME_RULES) > 1}
    assert apart == {}
    assert set(files) == set(RULES)
