"""Writes docs/lint.md from the rules; `make data` runs it, a test compares."""

from collections.abc import Iterator
from pathlib import Path

from reconciler.policy.lint.rules import GROUPS, RULES, LintRule

TARGET = Path(__file__).parent.parent / "docs" / "lint.md"
HEAD = Path(__file__).with_name("lint_introduction.md").read_text(encoding="utf-8")


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
