"""The imports of the package as its files have them, for the architecture tests and docs/architecture.md."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "reconciler"
# Highest first; those on one line are blind to each other.
LAYERS = (
    ("cli",),
    ("app",),
    ("aws", "plan", "report", "spec"),
    ("kinds",),
    ("facets",),
    ("language",),
    ("policy",),
    ("core",),
)


@cache
def sources() -> Mapping[str, ast.Module]:
    """Each file by its path in the package, as `plan/planner.py`, parsed."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def module_of(path: str) -> str:
    """`reconciler.plan.planner` for `plan/planner.py`."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(("reconciler", *parts)).removesuffix(".__init__")


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """The modules of the package that each module of it imports, also late in a function."""
    modules = {module_of(path): tree for path, tree in sources().items()}
    return {name: frozenset(_imports(tree, frozenset(modules))) for name, tree in modules.items()}


def _imports(tree: ast.Module, modules: frozenset[str]) -> Iterator[str]:
    for module, name in imported_names(tree):
        if f"{module}.{name}" in modules:
            yield f"{module}.{name}"
        elif module in modules:
            yield module


def imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every imported module with the name that is taken from it, "" for the module as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def layer_of(module: str) -> str:
    """`plan` for `reconciler.plan.planner`, "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def rank(layer: str) -> int:
    """How far down a layer is."""
    return next(index for index, names in enumerate(LAYERS) if layer in names)


def siblings(package: str) -> Mapping[str, frozenset[str]]:
    """The members of a package, with the other members that each of them imports."""
    depth = package.count(".") + 1
    graph: dict[str, set[str]] = {}
    for module, others in imports().items():
        if not module.startswith(f"{package}."):
            continue
        member = module.split(".")[depth]
        inside = {other.split(".")[depth] for other in others if other.startswith(f"{package}.")}
        graph.setdefault(member, set()).update(inside - {member})
    return {member: frozenset(others) for member, others in graph.items()}


def packages() -> tuple[str, ...]:
    """All packages, the whole one first."""
    files = PACKAGE.rglob("__init__.py")
    return tuple(sorted(module_of(file.relative_to(PACKAGE).as_posix()) for file in files))
