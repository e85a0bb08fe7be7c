"""Documents that have little room left, and how to make some (IAM501)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from reconciler.policy import lint_codes
from reconciler.policy.document.document import as_list, compact
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, Subject

RULES = (
    LintRule(
        lint_codes.NEARLY_FULL_DOCUMENT,
        "Document with little room left",
        why="The next grant may not fit. White space does not count.",
        source="UG reference_iam-quotas",
        analyzer=("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"),
        severity="note",
    ),
)
_NEAR = 0.9


def check(subject: Subject) -> Iterator[LintFinding]:
    """One finding, on the whole document."""
    size, most = subject.document.size, subject.surroundings.most
    if most and is_near(size, most):
        ways = _ways(subject)
        advice = "; ".join(ways) if ways else "split it before it is full"
        yield LintFinding(lint_codes.NEARLY_FULL_DOCUMENT, (), f"{size} of {most} characters: {advice}")


def is_near(size: int, most: int) -> bool:
    """Whether so little is left that the next addition may not fit."""
    return size >= _NEAR * most


def _ways(subject: Subject) -> list[str]:
    """What would shrink it, by how many characters, the most first."""
    statements = [part.raw for part in subject.parts]
    savings = []
    sids = sum(len(f'"Sid":{compact(raw["Sid"])},') for raw in statements if "Sid" in raw)
    if sids:
        savings.append((sids, "its Sids"))
    for key in ("Action", "Resource"):
        saved = _merged(statements, key)
        if saved > 0:
            savings.append((saved, f"statements that differ in {key} only, written as one"))
    return [f"{what} would save {saved}" for saved, what in sorted(savings, reverse=True)]


def _merged(statements: list[dict[str, Any]], key: str) -> int:
    """How many characters are saved where statements that differ in one list only become one."""
    alike: dict[str, list[Any]] = defaultdict(list)
    for raw in statements:
        if key in raw:
            rest = {name: value for name, value in raw.items() if name not in (key, "Sid")}
            alike[json.dumps(rest, sort_keys=True)].append(raw)
    saved = 0
    for group in alike.values():
        if len(group) > 1:
            entries = list(dict.fromkeys(entry for raw in group for entry in as_list(raw[key])))
            joined = {**{k: v for k, v in group[0].items() if k != "Sid"}, key: entries}
            saved += sum(len(compact({k: v for k, v in raw.items() if k != "Sid"})) + 1 for raw in group)
            saved -= len(compact(joined)) + 1
    return saved
