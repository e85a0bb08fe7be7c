"""A drift run as SARIF 2.1.0 (OASIS standard, 2020), for code scanning: each finding at the spec's line."""

from typing import Any
from urllib.parse import quote

from reconciler.core.address import Source
from reconciler.core.results.drift import Drift
from reconciler.core.results.finding import Finding
from reconciler.report.drift.text import unread_words
from reconciler.report.words import finding as finding_words
from reconciler.report.words.finding import message, remarks

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"critical": "error", "gained": "error", "lost": "warning", "metadata": "note"}
# GitHub sorts by it: above 9 is critical, above 7 high, above 4 medium.
_SCORES = {"critical": "9.5", "gained": "8.0", "lost": "5.0", "metadata": "2.0"}


def drift_sarif(drift: Drift, version: str) -> dict[str, Any]:
    """One run; what could not be looked at is a notification of the tool, and the run then not successful."""
    titles = finding_words.rules()
    rules = list(titles)
    unread = [_notification(f"{u.address} {unread_words(u)}", "warning", u.source) for u in drift.unread]
    failed = [
        _notification(f"{f.spec} failed: {text}", "error", None)
        for f in drift.failures
        for text in f.problems
    ]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "reconcile",
                        "semanticVersion": version,
                        "rules": [
                            {
                                "id": rule,
                                "shortDescription": {"text": text},
                                "properties": {"tags": ["security", "iam"]},
                            }
                            for rule, text in titles.items()
                        ],
                    }
                },
                "automationDetails": {"id": f"reconcile/drift/{drift.header.account}/"},
                "invocations": [
                    {
                        "executionSuccessful": not unread and not failed,
                        "toolExecutionNotifications": [*unread, *failed],
                    }
                ],
                "results": [_result(finding, rules, drift.home) for finding in drift.findings],
            }
        ],
    }


def _result(finding: Finding, rules: list[str], home: Source | None) -> dict[str, Any]:
    # Code scanning takes no result without a place.
    place = finding.source or home
    lines = (f"{finding.address}: {message(finding)}", *remarks(finding))
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [location(place)] if place else [],
        "partialFingerprints": {"reconcileFinding/v1": finding.id},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "severity": finding.severity,
            "origin": finding.origin,
        },
    }


def location(source: Source, column: int = 0) -> dict[str, Any]:
    """A line of a file below the root of the repository, or elsewhere; with its column where it is known."""
    where = {"uri": quote(source.file.replace("\\", "/")), "uriBaseId": "%SRCROOT%"}
    if source.file.startswith("/"):
        where = {"uri": f"file://{quote(source.file)}"}
    region = {"startLine": max(1, source.line)} | ({"startColumn": column} if column else {})
    return {"physicalLocation": {"artifactLocation": where, "region": region}}


def _notification(text: str, level: str, source: Source | None) -> dict[str, Any]:
    places = {"locations": [location(source)]} if source else {}
    return {"level": level, "message": {"text": text}, **places}
