"""The shape of the code: names said once, lines, functions, files and folders that end."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.import_graph import ROOT, sources

MOST_LINES, MOST_FUNCTION, MOST_IN_A_TEST, MOST_IN_A_FOLDER, WIDTH = 300, 45, 50, 20, 110
# Each kind names its own class for what a spec says of it, and for what it is: they are used by `kind.State`.
EACH_KIND_HAS = {"Section", "State"}
# One file per use case, and one per command.
MAY_BE_FULL = {"reconciler/app", "reconciler/cli/commands"}
# Words that say nothing of what a name holds.
RIDDLES = {"found", "made", "one", "said", "told", "mine"}
# Fields whose name is part of what others use.
KNOWN_RIDDLES = {"reconciler/core/problems.py": {"found"}}
# Tables that are read by row, and so may be wider than the page.
TABLES = {
    "reconciler/policy/catalogue/condition_keys.py": {"_GLOBAL_BY_TYPE"},
    "tests/end_to_end/drift/tampering.py": {"TAMPERINGS"},
    "tests/end_to_end/trouble/test_bad_input.py": {"BAD"},
    "tests/kinds/test_trust_from_document.py": {"SAID"},
    "tests/policy/document/test_grammar.py": {"REFUSED"},
    "tests/policy/meaning/test_canonical.py": {"EQUAL", "DIFFERENT"},
    "tests/sandbox/refused_calls.py": {"OF_ROLES_AND_POLICIES", "OF_CREDENTIALS"},
    "tests/sandbox/shown_answers.py": {"OF_READS", "OF_OTHER_CALLS"},
}
KIND_WORDS = {
    "role",
    "user",
    "group",
    "policy",
    "instance-profile",
    "oidc-provider",
    "saml-provider",
    "account-settings",
}
KNOW_KINDS = ("kinds/", "facets/", "language/", "policy/", "sandbox/", "core/")
# Where other code asks which kind something is, or which fields its state has: this may only shrink.
ASKS_FOR_KINDS = {
    "app/accept.py": 1,
    "app/can.py": 2,
    "app/expectations.py": 2,
    "app/export/roundtrip.py": 1,
    "app/export/select.py": 5,
    "app/observe/live_access.py": 1,
    "app/observe/live_context.py": 2,
    "app/pipeline/deletions.py": 2,
    "app/rollback/restore_detached.py": 2,
    "aws/answer_checks.py": 3,
    "aws/client.py": 1,
    "aws/reader.py": 2,
    "cli/__init__.py": 1,
    "cli/completions.py": 1,
    "plan/access/changes.py": 5,
    "plan/access/indirect.py": 2,
    "plan/access/lockout.py": 2,
    "plan/access/membership_view.py": 1,
    "plan/access/risks.py": 4,
    "plan/deletion/dependents.py": 3,
    "plan/deletion/objections.py": 2,
    "plan/deletion/orphans.py": 1,
    "plan/deletion/references.py": 2,
    "plan/findings/combined.py": 1,
    "plan/findings/differences.py": 4,
    "plan/findings/severity.py": 7,
    "plan/guard.py": 3,
    "plan/membership_order.py": 4,
    "plan/principal_views.py": 5,
    "plan/required_permissions.py": 5,
    "plan/rollback.py": 3,
    "plan/stand_in_servers.py": 2,
    "report/html/graphs.py": 3,
    "report/html/plan_items.py": 2,
    "report/words/access.py": 1,
    "spec/cross_checks.py": 2,
    "spec/lint.py": 3,
    "spec/resolve.py": 1,
}


@cache
def files() -> dict[str, ast.Module]:
    folders = ("reconciler", "tests", "tools")
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in paths
        if "node_modules" not in path.parts
    }


def test_a_class_name_is_defined_once() -> None:
    names = Counter(
        node.name for tree in files().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert {name for name, number in names.items() if number > 1} <= EACH_KIND_HAS


def bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_names_say_what_they_hold() -> None:
    riddles = {path: RIDDLES & set(bound(tree)) for path, tree in files().items()}
    assert {path: words for path, words in riddles.items() if words} == KNOWN_RIDDLES


def test_files_are_short() -> None:
    long = {path for path in files() if len((ROOT / path).read_text("utf-8").splitlines()) > MOST_LINES}
    assert long == set()


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_functions_are_short() -> None:
    long = [
        f"{path}: {name} has {length} lines"
        for path, tree in files().items()
        for name, length in functions(tree)
        if length > (MOST_IN_A_TEST if path.startswith("tests/") else MOST_FUNCTION)
    ]
    assert long == []


def test_folders_hold_no_more_than_one_sees_at_once() -> None:
    modules = Counter(Path(path).parent.as_posix() for path in files() if not path.endswith("__init__.py"))
    assert {folder for folder, number in modules.items() if number > MOST_IN_A_FOLDER} <= MAY_BE_FULL


def tables(path: str, tree: ast.Module) -> Iterator[tuple[str, range]]:
    """The statements that the formatter leaves alone, with their lines."""
    lines = (ROOT / path).read_text("utf-8").splitlines()
    for node in tree.body:
        last = node.end_lineno or 0
        if "# fmt: skip" in lines[last - 1] and isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield ast.unparse(target), range(node.lineno, last + 1)


def test_lines_end_at_110_but_in_named_tables() -> None:
    long = []
    for path, tree in files().items():
        wide = {line for name, lines in tables(path, tree) if name in TABLES.get(path, ()) for line in lines}
        for number, text in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
            if len(text) > WIDTH and number not in wide:
                long.append(f"{path}:{number}")
    assert long == []


def test_the_formatter_is_skipped_in_named_tables_only() -> None:
    skipped = {}
    for path, tree in files().items():
        names = {name for name, _ in tables(path, tree)}
        number = sum(text.endswith("# fmt: skip") for text in (ROOT / path).read_text("utf-8").splitlines())
        if number:
            skipped[path] = names
            assert number == len(names), path
    assert skipped == TABLES


def questions(tree: ast.Module) -> int:
    """How often a word for a kind is compared or looked up, or a state is asked for a field."""
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Subscript | ast.Dict)]
    words = {
        id(part)
        for node in compared
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in KIND_WORDS
    }
    asked = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr"
    ]
    return len(words) + len(asked)


def test_what_is_special_about_a_kind_stands_with_the_kind() -> None:
    asks = {
        path: number
        for path, tree in sources().items()
        if not path.startswith(KNOW_KINDS) and (number := questions(tree))
    }
    assert asks == ASKS_FOR_KINDS


def test_only_the_terminal_prints() -> None:
    printing = [
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []
