"""What validate says, for machines: JSON, and SARIF 2.1.0 for code scanning."""

from collections.abc import Iterable
from typing import Any

from reconciler.core.address import Source
from reconciler.core.problems import Located
from reconciler.policy.lint.rules import RULES
from reconciler.report.drift.sarif import SCHEMA, location

DOCUMENTATION = "docs/lint.md"


def lint_data(said: Iterable[Located]) -> dict[str, Any]:
    """Every problem with its place; `code` is null for what is an error whatever lint says."""
    return {
        "findings": [
            {
                "code": one.code or None,
                "severity": one.severity,
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "path": one.path,
                "message": one.message,
                "documentation": f"{DOCUMENTATION}#{one.code.lower()}" if one.code else None,
            }
            for one in said
        ]
    }


def lint_sarif(said: Iterable[Located], version: str) -> dict[str, Any]:
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
                "results": [_result(one, ids) for one in said],
            }
        ],
    }


def _rule(code: str, title: str, why: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": why}}


def _result(one: Located, ids: list[str]) -> dict[str, Any]:
    code = one.code or "spec"
    where = f"{one.path}: " if one.path else ""
    return {
        "ruleId": code,
        "ruleIndex": ids.index(code),
        "level": one.severity,
        "message": {"text": f"{where}{one.message}"},
        "locations": [location(Source(one.file, one.line), one.column)] if one.file else [],
    }
