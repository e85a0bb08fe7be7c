"""Every whole spec that people are shown: README, docs, specs/ and specs/examples/."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
# README's overview of the language has placeholders for names.
_PLACEHOLDER = re.compile(r"\bNAME\b")


@dataclass(frozen=True)
class Example:
    """A spec, and where it stands; `folder` holds the files that it names."""

    name: str
    text: str
    folder: Path


def every_example() -> list[Example]:
    files = [*sorted((ROOT / "specs").glob("*.yaml")), *sorted((ROOT / "specs" / "examples").glob("*.yaml"))]
    examples = [Example(str(p.relative_to(ROOT)), p.read_text(encoding="utf-8"), p.parent) for p in files]
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for number, block in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8"))):
            text = _PLACEHOLDER.sub("Example", block)
            if text.startswith(("policies:", "roles:", "groups:", "users:", "oidc_providers:", "account:")):
                text = f"version: 1\nname: docs/fragment\n{text}"
            examples.append(Example(f"{page.name} {number}", text, ROOT))
    return examples
