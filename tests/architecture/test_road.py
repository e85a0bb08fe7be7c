"""The one road of all use cases: each stage is written once, and a use case has no copy of it."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tools.import_graph import imports, module_of, sources

# What a stage is made of, and who calls it: nobody else may, and none of these may be forgotten.
CALLERS = {
    # read: what a run begins with
    "reconciler.app.pipeline.begin.begin": {"app.plan", "app.destroy", "app.drift.run", "app.accept"},
    "reconciler.app.specs.OpenedSpecs": {
        "app.complete",
        "app.doctor",
        "app.permissions",
        "app.pipeline.begin",
        "app.specs",
    },
    # compare
    "reconciler.app.pipeline.compare.compare_with_live": {
        "app.plan",
        "app.drift.run",
        "app.accept",
        "app.apply",
        "app.pipeline.second_look",
        "app.rollback.plan",
    },
    "reconciler.plan.planner.compare": {"app.pipeline.compare"},
    "reconciler.plan.planner.assemble": {"app.pipeline.compare"},
    "reconciler.plan.recheck.doubtful": {"app.pipeline.compare"},
    # judge
    "reconciler.app.pipeline.judge.judge_plan": {"app.plan", "app.rollback.plan"},
    "reconciler.plan.judgement.judge": {"app.pipeline.judge"},
    "reconciler.plan.access.changes.changes": {"plan.judgement"},
    "reconciler.plan.access.risks.effects": {"plan.judgement"},
    "reconciler.plan.access.lockout.lockouts": {"plan.judgement"},
    "reconciler.plan.guard.refusals": {"plan.judgement"},
    "reconciler.plan.findings.differences.findings": {"app.drift.run", "app.output.pages"},
    # deletions
    "reconciler.app.pipeline.deletions.add_deletions": {
        "app.plan",
        "app.destroy",
        "app.apply",
        "app.pipeline.second_look",
    },
    "reconciler.app.pipeline.deletions.find_owned": {"app.plan", "app.destroy"},
    "reconciler.app.observe.owned.read_sweep": {"app.pipeline.deletions", "app.drift.run"},
    "reconciler.plan.deletion.orphans.orphans": {"app.observe.owned"},
    "reconciler.plan.deletion.planner.with_departures": {"app.pipeline.deletions"},
    # review
    "reconciler.app.pipeline.review.review": {"app.plan", "app.destroy"},
    "reconciler.app.pipeline.review.Planned": {"app.pipeline.review", "app.rollback.plan"},
    "reconciler.app.lint_plan.lint_messages": {"app.pipeline.review"},
}
# Modules of `plan` that hold what stages are made of.
INNER = (
    "reconciler.plan.planner",
    "reconciler.plan.recheck",
    "reconciler.plan.judgement",
    "reconciler.plan.ignore",
    "reconciler.plan.access.risks",
    "reconciler.plan.access.lockout",
    "reconciler.plan.access.indirect",
    "reconciler.plan.deletion.planner",
    "reconciler.plan.deletion.orphans",
)
USE_CASES = ("plan", "destroy", "accept", "apply", "verify", "saved_plan", "drift.run", "rollback.plan")
_Known = Mapping[str, str]


def names_in(path: str, tree: ast.Module) -> _Known:
    """What a module's names stand for, in full: what it imports and what it defines."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    known |= {
        node.name: f"{module_of(path)}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    return known


def uses(tree: ast.Module, known: _Known) -> Iterator[str]:
    """Every function or class that is called or handed on, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield known.get(node.id, "")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{known.get(node.value.id, '')}.{node.attr}"


def calls(tree: ast.Module, known: _Known) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from uses(ast.Module([ast.Expr(node.func)], []), known)
            for argument in node.args:
                # `partial(f, …)` and `map(f, …)` call it too.
                if isinstance(argument, ast.Name | ast.Attribute):
                    yield from uses(ast.Module([ast.Expr(argument)], []), known)


def callers(files: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for path, tree in files.items():
        for name in calls(tree, names_in(path, tree)):
            if name in CALLERS:
                named[name].add(module_of(path).removeprefix("reconciler."))
    return dict(named)


def test_each_stage_is_called_from_its_own_place_only() -> None:
    assert callers(sources()) == CALLERS


def test_a_use_case_takes_stages_whole() -> None:
    graph = imports()
    inner = {use_case: graph[f"reconciler.app.{use_case}"] & {*INNER} for use_case in USE_CASES}
    assert inner == dict.fromkeys(USE_CASES, frozenset())


def test_what_judges_reads_nothing() -> None:
    """Nothing that `plan/` reaches is a reader or a client: who judges is given all that was read."""
    graph = imports()
    reached, left = set[str](), [name for name in graph if name.startswith("reconciler.plan")]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += graph.get(name, ())
    assert not {name for name in reached if name.startswith(("reconciler.aws", "reconciler.app"))}


def test_a_copy_of_a_stage_is_seen() -> None:
    copied = ast.parse(
        "from functools import partial\nfrom reconciler.plan import guard, planner as p\n"
        "from reconciler.plan.judgement import judge\n"
        "def plan(): return guard.refusals(p.compare(()), partial(judge, 1))\n"
    )
    here = callers({"app/mine.py": copied})
    assert here == {
        "reconciler.plan.guard.refusals": {"app.mine"},
        "reconciler.plan.planner.compare": {"app.mine"},
        "reconciler.plan.judgement.judge": {"app.mine"},
    }
