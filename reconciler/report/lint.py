"""What validate says, for machines: JSON, and SARIF 2.1.0 for code scanning."""

from collections.abc import Iterable
from typing import Any

from reconciler.core.address import Source
from reconciler.core.problems import Located
from reconciler.policy.lint.rules import RULES
from reconciler.report.drift.sarif import SCHEMA, location

DOCUMENTATION = "docs/lint.md"


def lint_data(problems: Iterable[Located]) -> dict[str, Any]:
    """Every problem with its place; `code` is null for what is an error whatever lint says."""
    return {
        "findings": [
            {
                "code": problem.code or None,
                "severity": problem.severity,
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "path": problem.path,
                "message": problem.message,
                "used_at": problem.used_at or None,
                "documentation": f"{DOCUMENTATION}#{problem.code.lower()}" if problem.code else None,
            }
            for problem in problems
        ]
    }


def lint_sarif(problems: Iterable[Located], version: str) -> dict[str, Any]:
    """One run; errors of the language have the rule "spec"."""
    rules = [_rule(code, rule.title, rule.why) for code, rule in RULES.items()]
    rules.append(_rule("spec", "What the language or IAM refuses", "Such a spec is never planned."))
    ids = [rule["id"] for rule in rules]
    driver = {"name": "reconcile", "semanticVersion": version, "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": "reconcile/validate/"},
                "results": [_result(problem, ids) for problem in problems],
            }
        ],
    }


def _rule(code: str, title: str, why: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": why}}


def _used(problem: Located) -> str:
    return f" (used at {problem.used_at})" if problem.used_at else ""


def _result(problem: Located, ids: list[str]) -> dict[str, Any]:
    code = problem.code or "spec"
    where = f"{problem.path}: " if problem.path else ""
    return {
        "ruleId": code,
        "ruleIndex": ids.index(code),
        "level": problem.severity,
        "message": {"text": f"{where}{problem.message}{_used(problem)}"},
        "locations": [location(Source(problem.file, problem.line), problem.column)] if problem.file else [],
    }
